//! Authentication by one user name and password.

use std::fmt;

use async_trait::async_trait;
use scim_core::discovery::AuthenticationScheme;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{Attempt, Authenticator, Identity, Refusal, SecretTooShort};
use crate::connection::ConnectionKey;

/// Authenticates the identity provider by one user name and password, sent as Basic (RFC 7617).
///
/// Okta calls it *Basic Auth*. It accepts the password on every connection for which it is called: use a separate one for each
/// connection. Combine it with a [`FixedToken`](super::FixedToken) as [`Alternatives`](super::Alternatives) to accept both.
///
/// It stores only SHA-256 hashes and compares them in constant time.
///
/// ```
/// use scim_service::authentication::{Attempt, Authenticator as _, FixedPassword, Identity};
/// use scim_service::http::HeaderMap;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let okta = FixedPassword::new("okta", "a-long-random-password")?;
/// assert!(FixedPassword::new("okta", "secret").is_err()); // too short
///
/// let connection = "okta".parse()?;
/// let mut headers = HeaderMap::new();
/// headers.insert("authorization", "Basic b2t0YTphLWxvbmctcmFuZG9tLXBhc3N3b3Jk".parse()?);
/// let identity = okta.authenticate(&Attempt::new(&connection, &headers)).await?;
/// assert_eq!(identity, Identity::provider());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct FixedPassword {
    user: [u8; 32],
    password: [u8; 32],
}

impl FixedPassword {
    /// Returns an authenticator that accepts this user name and password.
    ///
    /// # Errors
    ///
    /// [`SecretTooShort`] if the password has fewer than 16 bytes.
    pub fn new(user: &str, password: &str) -> Result<Self, SecretTooShort> {
        SecretTooShort::check("password", password)?;
        Ok(Self {
            user: Sha256::digest(user).into(),
            password: Sha256::digest(password).into(),
        })
    }
}

/// Without the hashes, which could be compared with others.
impl fmt::Debug for FixedPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FixedPassword")
    }
}

#[async_trait]
impl Authenticator for FixedPassword {
    fn schemes(&self, _: &ConnectionKey) -> Vec<AuthenticationScheme> {
        vec![AuthenticationScheme::HttpBasic]
    }

    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Identity, Refusal> {
        let (user, password) = attempt.basic_credentials()?;
        let user: [u8; 32] = Sha256::digest(user).into();
        let password: [u8; 32] = Sha256::digest(password).into();
        match bool::from(user.ct_eq(&self.user) & password.ct_eq(&self.password)) {
            true => Ok(Identity::provider()),
            false => Err(Refusal::Wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use http::HeaderMap;
    use http::header::AUTHORIZATION;

    use super::*;

    #[tokio::test]
    async fn who_shows_both_is_the_identity_provider() {
        let okta = FixedPassword::new("okta", "a-password-of-the:tests").unwrap();
        let connection = "okta".parse().unwrap();
        let ask = async |shown: Option<String>| {
            let mut headers = HeaderMap::new();
            if let Some(shown) = shown {
                headers.insert(AUTHORIZATION, shown.parse().unwrap());
            }
            okta.authenticate(&Attempt::new(&connection, &headers)).await
        };
        let basic = |shown: &str| Some(format!("Basic {}", STANDARD.encode(shown)));
        assert_eq!(
            ask(basic("okta:a-password-of-the:tests")).await.unwrap(),
            Identity::provider()
        );
        assert!(matches!(ask(None).await, Err(Refusal::Missing)));
        for wrong in [
            basic("okta:a-password-of-the"),
            basic("Okta:a-password-of-the:tests"),
            basic("a-password-of-the:tests"),
            Some("Bearer a-password-of-the:tests".to_owned()),
            Some("Basic %".to_owned()),
        ] {
            assert!(
                matches!(ask(wrong.clone()).await, Err(Refusal::Wrong)),
                "{wrong:?}"
            );
        }
        assert_eq!(okta.schemes(&connection), [AuthenticationScheme::HttpBasic]);
        let short = FixedPassword::new("okta", "fifteen-letters");
        assert_eq!(
            short.unwrap_err().to_string(),
            "the password must have at least 16 bytes"
        );
    }
}
