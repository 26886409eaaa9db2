//! The name of a connection ([`ConnectionKey`]) and its [`Profile`].
//!
//! A connection is the tenant: an identity provider with its own URL, credentials and profile. It cannot see what another
//! connection provisions.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

pub use scim_profiles::profile::Profile;

/// The name of a connection, which is part of its base URL: `okta` in `/v1/scim/v2/okta`.
///
/// It consists of 1 to 40 lower-case ASCII letters, digits and hyphens, and starts with a letter or digit. Underscores are not
/// allowed because Okta rejects base URLs that contain one.
///
/// ```
/// use scim_service::connection::ConnectionKey;
///
/// let okta: ConnectionKey = "okta".parse()?;
/// assert_eq!(okta.as_str(), "okta");
/// assert!("my_idp".parse::<ConnectionKey>().is_err());
/// # Ok::<(), scim_service::connection::InvalidConnectionKey>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct ConnectionKey(String);

/// The error of parsing a text that is not a valid [`ConnectionKey`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a connection name: use 1 to 40 lower-case letters, digits and hyphens")]
pub struct InvalidConnectionKey(String);

impl ConnectionKey {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ConnectionKey {
    type Err = InvalidConnectionKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let suits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_key = (1..=40).contains(&text.len()) && text.bytes().all(suits) && !text.starts_with('-');
        match is_key {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidConnectionKey(text.to_owned())),
        }
    }
}

impl fmt::Display for ConnectionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
