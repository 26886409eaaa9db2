//! The authenticator.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jsonwebtoken::dangerous;
use scim_core::discovery::AuthenticationScheme;
use scim_service::authentication::{Attempt, Authenticator, Identity, Refusal};
use scim_service::connection::ConnectionKey;
use serde_json::Value;

use crate::claims::Claims;
use crate::trust::{Refused, Trust};

/// Authenticates requests that carry a JWT from an issuer that the connection [trusts](Trust).
///
/// A token authenticates the identity provider of the connection, not a user: its `sub` is not evaluated, and `/Me` is not
/// supported with it.
///
/// # Refusals
///
/// | the request has | [`Refusal`] | status |
/// |---|---|---|
/// | no `Authorization` header | `Missing` | 401 |
/// | another scheme, something other than a JWT, or a JWT whose header, key or signature is wrong | `Wrong` | 401 |
/// | a JWT for a connection without a trust | `Wrong` | 401 |
/// | a genuine token that has expired, is not valid yet, or has another `iss` or `aud` | `InvalidToken`, with the reason | 401 |
/// | a genuine token without a [required claim](Trust::with_required_claim) | `Insufficient`, with the claim | 403 |
/// | a token that cannot be checked because the keys cannot be fetched | `Undecided` | 503 |
///
/// Nothing of a token is logged but the reason of the refusal. Only `Wrong` counts as an attempt to guess.
///
/// # Examples
///
/// ```
/// use http::HeaderMap;
/// use http::header::AUTHORIZATION;
/// use scim_jwt::{JwtAuthenticator, KeySet, Trust};
/// use scim_service::authentication::{Attempt, Authenticator as _, Refusal};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let keys = KeySet::at("https://idp.example.com/oauth2/keys")?;
/// let trust = Trust::new("https://idp.example.com", "https://scim.example.com", keys);
/// let authenticator = JwtAuthenticator::new().with_trust("okta".parse()?, trust);
///
/// let (okta, azure) = ("okta".parse()?, "azure".parse()?);
/// let nothing = HeaderMap::new();
/// let refused = authenticator.authenticate(&Attempt::new(&okta, &nothing)).await;
/// assert!(matches!(refused, Err(Refusal::Missing)));
///
/// let secret = HeaderMap::from_iter([(AUTHORIZATION, "Bearer not-a-jwt".parse()?)]);
/// let refused = authenticator.authenticate(&Attempt::new(&okta, &secret)).await;
/// assert!(matches!(refused, Err(Refusal::Wrong)));
///
/// assert!(authenticator.schemes(&azure).is_empty()); // no issuer is trusted there
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct JwtAuthenticator {
    connections: BTreeMap<ConnectionKey, Vec<Trust>>,
}

impl JwtAuthenticator {
    /// Creates an authenticator that trusts no issuer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a trust to a connection. A connection may have several, such as one for each of its issuers: a token is accepted if
    /// one of them accepts it. A token is checked against the trusts in the issuer that it names, or against all if none is in
    /// that issuer; if all refuse it, the most specific refusal is returned.
    #[must_use]
    pub fn with_trust(mut self, connection: ConnectionKey, trust: Trust) -> Self {
        self.connections.entry(connection).or_default().push(trust);
        self
    }

    async fn accept(trusts: &[Trust], token: &str) -> Result<(), Refused> {
        if let [trust] = trusts {
            return trust.accept(token).await;
        }
        // not verified yet: it only selects the trusts, which verify it
        let claims = dangerous::insecure_decode_claims::<Claims>(token).unwrap_or_default();
        let issuer = claims.get("iss").and_then(Value::as_str);
        let is_named =
            |trust: &&Trust| issuer.is_some_and(|issuer| trust.issuers.iter().any(|it| it == issuer));
        let mut candidates: Vec<&Trust> = trusts.iter().filter(is_named).collect();
        if candidates.is_empty() {
            candidates = trusts.iter().collect();
        }
        let mut best = None;
        for trust in candidates {
            match trust.accept(token).await {
                Ok(()) => return Ok(()),
                Err(refused) if best.as_ref().is_none_or(|best| tells(&refused) > tells(best)) => {
                    best = Some(refused);
                }
                Err(_) => {}
            }
        }
        Err(best.unwrap_or_else(|| Refused::wrong("the connection trusts no issuer")))
    }
}

/// How specific a refusal is.
fn tells(refused: &Refused) -> u8 {
    match refused.refusal {
        Refusal::Insufficient { .. } => 3,
        Refusal::InvalidToken(_) => 2,
        Refusal::Undecided { .. } => 1,
        _ => 0,
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
        let trusts = self.connections.get(attempt.connection).ok_or(Refusal::Wrong)?;
        // a token without two dots may be a secret for another authenticator
        if token.bytes().filter(|byte| *byte == b'.').count() != 2 {
            return Err(Refusal::Wrong);
        }
        match Self::accept(trusts, &token).await {
            Ok(()) => Ok(Identity::provider()),
            Err(refused) => {
                tracing::info!(connection = %attempt.connection, reason = refused.reason, "a token was refused");
                Err(refused.refusal)
            }
        }
    }
}
