//! Who may speak for a connection (RFC 7644 section 2).
//!
//! An [`Authenticator`] decides from the headers of a request. Whoever owns the socket asks it before the body is read, and
//! gives its [`Refusal`] to the client. The simplest ones are a [`FixedToken`] (Bearer) and a [`FixedPassword`] (Basic); several
//! beside each other are [`Alternatives`].

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

/// Decides whether a request may speak for a connection.
///
/// ```
/// use async_trait::async_trait;
/// use scim_core::discovery::AuthenticationScheme;
/// use scim_service::authentication::{Attempt, Authenticator, Identity, Refusal};
/// use scim_service::connection::ConnectionKey;
///
/// /// Believes a proxy that has checked certificates of clients.
/// struct Certificates;
///
/// #[async_trait]
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
    /// In which ways clients of that connection can prove to this authenticator who they are: what `/ServiceProviderConfig`
    /// lists, and what a 401 asks for. Empty if this authenticator accepts nothing here, or if no scheme of SCIM describes what
    /// it accepts.
    fn schemes(&self, connection: &ConnectionKey) -> Vec<AuthenticationScheme>;

    /// Who sends a request.
    ///
    /// # Errors
    ///
    /// The [`Refusal`] that the client gets. [`Refusal::Wrong`] counts as an attempt to guess.
    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Identity, Refusal>;
}

/// A request as far as it is known before its body is read.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The connection that its path names.
    pub connection: &'a ConnectionKey,
    /// Its headers, those with secrets too.
    pub headers: &'a HeaderMap,
}

/// Who sends a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// The user whom the credential stands for, if it stands for one, and not for the identity provider: `/Me` is that user.
    pub user: Option<ResourceId>,
}

impl<'a> Attempt<'a> {
    /// A request to a connection.
    pub fn new(connection: &'a ConnectionKey, headers: &'a HeaderMap) -> Self {
        Self { connection, headers }
    }

    /// The token that it shows as Bearer (RFC 6750 section 2.1).
    ///
    /// # Errors
    ///
    /// [`Refusal::Missing`] without an `Authorization` header; [`Refusal::Wrong`] with one of another scheme, or with several.
    pub fn bearer_token(&self) -> Result<String, Refusal> {
        let shown: Bearer = self.authorization()?;
        Ok(shown.token().trim().to_owned())
    }

    /// The user name and the password that it shows as Basic (RFC 7617).
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
    /// The identity provider of the connection.
    pub fn provider() -> Self {
        Self { user: None }
    }

    /// A user of the connection.
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
