//! One token that somebody pasted into the console of an identity provider.

use std::fmt;

use async_trait::async_trait;
use scim_core::discovery::AuthenticationScheme;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{Attempt, Authenticator, Identity, Refusal, SecretTooShort};
use crate::connection::ConnectionKey;

/// Lets in whoever shows a token as Bearer (RFC 6750 section 2.1), as the identity provider, for any connection that it is
/// asked about: give each connection one of its own. Two of them as [`Alternatives`](super::Alternatives) are an old and a new
/// token.
///
/// It keeps no token, but a hash of it, and compares in a time that tells nothing of the token.
///
/// ```
/// use scim_service::authentication::{FixedToken, Identity};
///
/// let token = FixedToken::new("a-long-random-token")?;
/// assert!(FixedToken::new("secret").is_err()); // too short
/// # Ok::<(), scim_service::authentication::SecretTooShort>(())
/// ```
#[derive(Clone)]
pub struct FixedToken([u8; 32]);

/// Without what could be compared with others.
impl fmt::Debug for FixedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FixedToken")
    }
}

impl FixedToken {
    /// That token.
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
