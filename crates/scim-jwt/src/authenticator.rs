//! Which connection trusts whom.

use std::collections::BTreeMap;

use async_trait::async_trait;
use scim_core::discovery::AuthenticationScheme;
use scim_service::authentication::{Attempt, Authenticator, Identity, Refusal};
use scim_service::connection::ConnectionKey;

use crate::trust::Trust;

/// Lets in who shows an access token, a JWT, that the connection trusts.
///
/// A token stands for the identity provider of the connection, never for a user of it.
#[derive(Debug, Clone, Default)]
pub struct JwtAuthenticator {
    connections: BTreeMap<ConnectionKey, Trust>,
}

impl JwtAuthenticator {
    /// One that trusts nobody yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a connection that trusts somebody, in place of whom it trusted before.
    #[must_use]
    pub fn trusting(mut self, connection: ConnectionKey, trust: Trust) -> Self {
        self.connections.insert(connection, trust);
        self
    }
}

#[async_trait]
impl Authenticator for JwtAuthenticator {
    fn schemes(&self, connection: &ConnectionKey) -> Vec<AuthenticationScheme> {
        match self.connections.contains_key(connection) {
            true => vec![AuthenticationScheme::OAuthToken],
            false => Vec::new(),
        }
    }

    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Identity, Refusal> {
        let token = attempt.bearer_token()?;
        let trust = self.connections.get(attempt.connection).ok_or(Refusal::Wrong)?;
        // what has no dots may be a secret of another kind, and is none of ours
        if token.bytes().filter(|byte| *byte == b'.').count() != 2 {
            return Err(Refusal::Wrong);
        }
        match trust.accept(&token).await {
            Ok(()) => Ok(Identity::provider()),
            Err(refused) => {
                tracing::info!(connection = %attempt.connection, reason = refused.reason, "a token was refused");
                Err(refused.refusal)
            }
        }
    }
}
