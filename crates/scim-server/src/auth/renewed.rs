//! Credentials that were made just now.

use std::sync::Arc;

use async_trait::async_trait;
use scim_core::discovery::AuthenticationScheme;
use scim_service::authentication::{Attempt, Authenticator, Identity, Refusal};
use scim_service::connection::ConnectionKey;

use super::registry::{MAX_AGE_OF_A_MISS, Registry};

/// Asks the registry again after it has read new credentials.
///
/// It comes after all other authenticators: reading takes a while, and a request that another one accepts must not wait for it.
pub(crate) struct Renewed(pub(crate) Arc<Registry>);

#[async_trait]
impl Authenticator for Renewed {
    fn schemes(&self, _: &ConnectionKey) -> Vec<AuthenticationScheme> {
        // the registry itself names them
        Vec::new()
    }

    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Identity, Refusal> {
        self.0.decide(attempt, MAX_AGE_OF_A_MISS).await
    }
}
