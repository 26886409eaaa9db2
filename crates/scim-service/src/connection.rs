//! Connections: one identity provider's way in.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

pub use scim_profiles::profile::Profile;

/// The name of a connection, which is part of its base URL: `okta` in `/v1/scim/v2/okta`.
///
/// 1 to 40 lower-case letters, digits and hyphens, beginning with a letter or digit. No underscore: Okta refuses
/// base URLs with one.
///
/// ```
/// use scim_service::connection::ConnectionKey;
///
/// assert!("okta".parse::<ConnectionKey>().is_ok());
/// assert!("my_idp".parse::<ConnectionKey>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct ConnectionKey(String);

/// The text is no [`ConnectionKey`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no connection name: use 1 to 40 lower-case letters, digits and hyphens")]
pub struct InvalidConnectionKey(String);

impl ConnectionKey {
    /// The name as text.
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
