//! One user name and password that somebody typed into the console of an identity provider.

use std::fmt;

use async_trait::async_trait;
use scim_core::discovery::AuthenticationScheme;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{Attempt, Authenticator, Identity, Refusal, SecretTooShort};
use crate::connection::ConnectionKey;

/// Lets in whoever shows a user name and a password as Basic (RFC 7617), as the identity provider, for any connection that it is
/// asked about: give each connection one of its own. It is what Okta calls *Basic Auth*. Beside a
/// [`FixedToken`](super::FixedToken) as [`Alternatives`](super::Alternatives), clients may take either.
///
/// It keeps hashes alone, and compares in a time that tells nothing of what it keeps.
///
/// ```
/// use scim_service::authentication::FixedPassword;
///
/// let okta = FixedPassword::new("okta", "a-long-random-password")?;
/// assert!(FixedPassword::new("okta", "secret").is_err()); // too short
/// # Ok::<(), scim_service::authentication::SecretTooShort>(())
/// ```
#[derive(Clone)]
pub struct FixedPassword {
    user: [u8; 32],
    password: [u8; 32],
}

impl FixedPassword {
    /// That user name and that password.
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

/// Without what could be compared with others.
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
