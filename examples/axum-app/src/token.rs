//! Who may push.

use std::sync::Arc;

use anyhow::Context as _;
use async_trait::async_trait;
use scim_core::discovery::AuthenticationScheme;
use scim_profiles::profile::Profile;
use scim_service::authentication::{Attempt, Authenticator, Identity, Refusal};
use scim_service::connection::ConnectionKey;
use scim_tower::Mounted;
use subtle::ConstantTimeEq as _;

/// The token of a connection: whoever shows it is the identity provider. `scim-jwt` takes tokens of an OAuth issuer instead.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) connection: ConnectionKey,
    profile: &'static Profile,
    secret: String,
}

impl Token {
    pub(crate) fn new(connection: &str, profile: &str, secret: String) -> anyhow::Result<Self> {
        anyhow::ensure!(secret.len() >= 16, "the token of `{connection}` is too short");
        Ok(Self {
            connection: connection.parse()?,
            profile: Profile::named(profile).with_context(|| format!("there is no profile `{profile}`"))?,
            secret,
        })
    }

    /// Where the connection is.
    pub(crate) fn path(&self) -> String {
        format!("/scim/v2/{}", self.connection)
    }

    /// The connection there. Behind a proxy, say `under` which URL clients see it.
    pub(crate) fn mounted(self) -> Mounted {
        let (connection, profile, path) = (self.connection.clone(), self.profile, self.path());
        Mounted::new(connection, profile, path, Arc::new(self))
    }
}

#[async_trait]
impl Authenticator for Token {
    fn schemes(&self, _: &ConnectionKey) -> Vec<AuthenticationScheme> {
        vec![AuthenticationScheme::BearerToken]
    }

    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Identity, Refusal> {
        let shown = attempt.bearer_token()?;
        match bool::from(shown.as_bytes().ct_eq(self.secret.as_bytes())) {
            true => Ok(Identity::provider()),
            false => Err(Refusal::Wrong),
        }
    }
}
