//! Several authenticators for one connection.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use scim_core::discovery::AuthenticationScheme;

use super::{Attempt, Authenticator, Identity, Refusal};
use crate::connection::ConnectionKey;

/// Accepts requests that any of several authenticators accepts.
///
/// The authenticators are called in order, until one accepts the request. If all reject it, the client gets the most specific
/// [`Refusal`]: an expired token says more than a wrong password.
///
/// ```
/// use scim_service::authentication::{Alternatives, FixedPassword, FixedToken};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let both = Alternatives::new()
///     .or(FixedToken::new("0123456789abcdef0123456789abcdef")?)
///     .or(FixedPassword::new("okta", "0123456789abcdef0123456789abcdef")?);
/// # let _ = both;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Alternatives(Vec<Arc<dyn Authenticator>>);

impl Alternatives {
    /// Returns an empty list of authenticators, which rejects every request.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an authenticator, which is called after those that were added before.
    pub fn or(mut self, authenticator: impl Authenticator + 'static) -> Self {
        self.0.push(Arc::new(authenticator));
        self
    }
}

impl FromIterator<Arc<dyn Authenticator>> for Alternatives {
    fn from_iter<I: IntoIterator<Item = Arc<dyn Authenticator>>>(authenticators: I) -> Self {
        Self(authenticators.into_iter().collect())
    }
}

impl fmt::Debug for Alternatives {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alternatives")
            .field("authenticators", &self.0.len())
            .finish()
    }
}

#[async_trait]
impl Authenticator for Alternatives {
    fn schemes(&self, connection: &ConnectionKey) -> Vec<AuthenticationScheme> {
        let mut schemes = Vec::new();
        for scheme in self.0.iter().flat_map(|one| one.schemes(connection)) {
            if !schemes.contains(&scheme) {
                schemes.push(scheme);
            }
        }
        schemes
    }

    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Identity, Refusal> {
        let mut best = Refusal::Missing;
        for authenticator in &self.0 {
            match authenticator.authenticate(attempt).await {
                Ok(identity) => return Ok(identity),
                Err(refusal) if refusal.tells() > best.tells() => best = refusal,
                Err(_) => {}
            }
        }
        Err(best)
    }
}
