//! Who may push.

use std::sync::Arc;

use anyhow::Context as _;
use scim_service::authentication::FixedToken;
use scim_service::connection::{ConnectionKey, Profile};
use scim_tower::Mounted;

/// The token of a connection: whoever shows it is the identity provider. `scim-jwt` takes tokens of an OAuth issuer instead.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) connection: ConnectionKey,
    profile: Profile,
    secret: FixedToken,
}

impl Token {
    pub(crate) fn new(connection: &str, profile: &str, secret: &str) -> anyhow::Result<Self> {
        Ok(Self {
            connection: connection.parse()?,
            profile: Profile::by_name(profile).with_context(|| format!("there is no profile `{profile}`"))?,
            secret: FixedToken::new(secret).with_context(|| format!("`{connection}`"))?,
        })
    }

    /// Where the connection is.
    pub(crate) fn path(&self) -> String {
        format!("/scim/v2/{}", self.connection)
    }

    /// The connection there. Behind a proxy, add `with_public_url`.
    pub(crate) fn mounted(self) -> Mounted {
        let path = self.path();
        Mounted::new(self.connection, self.profile, path, Arc::new(self.secret))
    }
}
