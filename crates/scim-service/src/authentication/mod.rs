//! Authentication of requests (RFC 7644 section 2).
//!
//! An [`Authenticator`] decides from the headers of a request. Call it before you read the body, and send its [`Refusal`] to
//! the client. `scim-tower` and `scim-server` do so.
//!
//! | authenticator | accepts |
//! |---|---|
//! | [`FixedToken`] | one token, as Bearer (RFC 6750) |
//! | [`FixedPassword`] | one user name and password, as Basic (RFC 7617) |
//! | `scim_jwt` (another crate) | OAuth access tokens |
//! | [`Alternatives`] | what any of several authenticators accepts |
//! | your own | anything in the headers |

mod alternatives;
mod fixed_password;
mod fixed_token;
mod refusal;
mod secret_too_short;

use async_trait::async_trait;
use headers::authorization::{Basic, Bearer, Credentials};
use headers::{Authorization, Header as _};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use scim_core::discovery::AuthenticationScheme;

use crate::connection::ConnectionKey;
use crate::store::ResourceId;

pub use alternatives::Alternatives;
pub use fixed_password::FixedPassword;
pub use fixed_token::FixedToken;
pub use refusal::Refusal;
pub use secret_too_short::SecretTooShort;

/// Decides whether a request may access a connection.
///
/// Implement it with [`#[async_trait]`](macro@crate::async_trait):
///
/// ```
/// use scim_service::authentication::{Attempt, Authenticator, Identity, Refusal};
/// use scim_service::connection::ConnectionKey;
/// use scim_service::core::discovery::AuthenticationScheme;
///
/// /// Trusts a proxy that has verified a client certificate.
/// struct Certificates;
///
/// #[scim_service::async_trait]
/// impl Authenticator for Certificates {
///     fn schemes(&self, _: &ConnectionKey) -> Vec<AuthenticationScheme> {
///         Vec::new()
///     }
///
///     async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Identity, Refusal> {
///         let subject = attempt.headers.get("x-client-subject").ok_or(Refusal::Missing)?;
///         match subject.as_bytes() == attempt.connection.as_str().as_bytes() {
///             true => Ok(Identity::provider()),
///             false => Err(Refusal::Wrong),
///         }
///     }
/// }
/// ```
#[async_trait]
pub trait Authenticator: Send + Sync + 'static {
    /// The authentication schemes that this authenticator accepts on the connection. `/ServiceProviderConfig` lists them, and a
    /// 401 response has a challenge for each. Return an empty list if it accepts nothing on this connection, or if no SCIM
    /// scheme describes what it accepts.
    fn schemes(&self, connection: &ConnectionKey) -> Vec<AuthenticationScheme>;

    /// Returns the sender of a request.
    ///
    /// # Errors
    ///
    /// The [`Refusal`] that the client gets. [`Refusal::Wrong`] counts as an attempt to guess a credential.
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Identity, Refusal>;
}

/// The parts of a request that an [`Authenticator`] sees, before the body is read.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The connection that the path names.
    pub connection: &'a ConnectionKey,
    /// All headers of the request, including those with secrets.
    pub headers: &'a HeaderMap,
}

/// The sender of a request: an identity provider, or a user.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// The user that the credential belongs to: `/Me` is that user. `None` stands for the identity provider.
    pub user: Option<ResourceId>,
}

impl<'a> Attempt<'a> {
    /// Returns the attempt of a request with these headers to access a connection.
    #[must_use]
    pub fn new(connection: &'a ConnectionKey, headers: &'a HeaderMap) -> Self {
        Self { connection, headers }
    }

    /// Returns the bearer token of the `Authorization` header (RFC 6750 section 2.1).
    ///
    /// # Errors
    ///
    /// [`Refusal::Missing`] without an `Authorization` header; [`Refusal::Wrong`] for another scheme, or several such headers.
    pub fn bearer_token(&self) -> Result<String, Refusal> {
        let shown: Bearer = self.authorization()?;
        Ok(shown.token().trim().to_owned())
    }

    /// Returns the user name and password of the `Authorization` header with the scheme Basic (RFC 7617).
    ///
    /// # Errors
    ///
    /// As for [`bearer_token`](Self::bearer_token).
    pub fn basic_credentials(&self) -> Result<(String, String), Refusal> {
        let shown: Basic = self.authorization()?;
        Ok((shown.username().to_owned(), shown.password().to_owned()))
    }

    fn authorization<C: Credentials>(&self) -> Result<C, Refusal> {
        let mut values = self.headers.get_all(AUTHORIZATION).iter();
        let value = values.next().ok_or(Refusal::Missing)?;
        if values.next().is_some() {
            return Err(Refusal::Wrong);
        }
        let shown = Authorization::<C>::decode(&mut std::iter::once(value));
        shown.map(|shown| shown.0).map_err(|_| Refusal::Wrong)
    }
}

impl Identity {
    /// Returns the identity of the connection's identity provider.
    #[must_use]
    pub fn provider() -> Self {
        Self { user: None }
    }

    /// Returns the identity of a user of the connection.
    #[must_use]
    pub fn user(user: ResourceId) -> Self {
        Self { user: Some(user) }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn one_bearer_token_is_read() {
        let connection = "okta".parse().unwrap();
        let shown = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AUTHORIZATION, HeaderValue::from_static(value));
            }
            Attempt::new(&connection, &headers).bearer_token()
        };
        assert_eq!(shown(&["bEaRer  abc"]).unwrap(), "abc");
        assert!(matches!(shown(&[]), Err(Refusal::Missing)));
        for values in [&["Basic abc"][..], &["Bearer"], &["Bearer a", "Bearer a"]] {
            assert!(matches!(shown(values), Err(Refusal::Wrong)), "{values:?}");
        }
    }
}
