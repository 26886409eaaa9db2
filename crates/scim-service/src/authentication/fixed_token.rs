//! Authentication by one bearer token.

use std::fmt;

use async_trait::async_trait;
use scim_core::discovery::AuthenticationScheme;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{Attempt, Authenticator, Identity, Refusal, SecretTooShort};
use crate::connection::ConnectionKey;

/// Authenticates the identity provider by one token, sent as Bearer (RFC 6750 section 2.1).
///
/// It accepts the token on every connection for which it is called: use a separate one for each connection. To rotate a token,
/// combine the old and the new one as [`Alternatives`](super::Alternatives).
///
/// It stores only a SHA-256 hash of the token and compares it in constant time.
///
/// ```
/// use scim_service::authentication::{Attempt, Authenticator as _, FixedToken, Identity};
/// use scim_service::http::HeaderMap;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let token = FixedToken::new("a-long-random-token")?;
/// assert!(FixedToken::new("secret").is_err()); // too short
///
/// let connection = "okta".parse()?;
/// let mut headers = HeaderMap::new();
/// headers.insert("authorization", "Bearer a-long-random-token".parse()?);
/// let identity = token.authenticate(&Attempt::new(&connection, &headers)).await?;
/// assert_eq!(identity, Identity::provider());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct FixedToken([u8; 32]);

/// Without the hash, which could be compared with others.
impl fmt::Debug for FixedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FixedToken")
    }
}

impl FixedToken {
    /// Returns an authenticator that accepts this token.
    ///
    /// # Errors
    ///
    /// [`SecretTooShort`] if the token has fewer than 16 bytes.
    pub fn new(token: &str) -> Result<Self, SecretTooShort> {
        SecretTooShort::check("token", token)?;
        Ok(Self(Sha256::digest(token).into()))
    }
}

#[async_trait]
impl Authenticator for FixedToken {
    fn schemes(&self, _: &ConnectionKey) -> Vec<AuthenticationScheme> {
        vec![AuthenticationScheme::BearerToken]
    }

    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Identity, Refusal> {
        let shown: [u8; 32] = Sha256::digest(attempt.bearer_token()?).into();
        match bool::from(shown.ct_eq(&self.0)) {
            true => Ok(Identity::provider()),
            false => Err(Refusal::Wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::AUTHORIZATION;

    use super::*;

    #[tokio::test]
    async fn who_shows_the_token_is_the_identity_provider() {
        let token = FixedToken::new("a-token-of-the-tests").unwrap();
        let connection = "okta".parse().unwrap();
        let ask = async |shown: Option<&str>| {
            let mut headers = HeaderMap::new();
            if let Some(shown) = shown {
                headers.insert(AUTHORIZATION, shown.parse().unwrap());
            }
            token.authenticate(&Attempt::new(&connection, &headers)).await
        };
        assert_eq!(
            ask(Some("Bearer a-token-of-the-tests")).await.unwrap(),
            Identity::provider()
        );
        assert!(matches!(ask(None).await, Err(Refusal::Missing)));
        for wrong in [
            "Bearer a-token-of-the-test",
            "Bearer a-token-of-the-tests2",
            "Basic a-token-of-the-tests",
        ] {
            assert!(matches!(ask(Some(wrong)).await, Err(Refusal::Wrong)), "{wrong}");
        }
        let short = FixedToken::new("fifteen-letters").unwrap_err();
        assert_eq!(short.to_string(), "the token must have at least 16 bytes");
    }
}
