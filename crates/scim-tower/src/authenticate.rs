//! Who may, and on whose behalf.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use scim_core::error::Error;
use scim_service::SCIM_JSON;
use scim_service::service::Caller;

/// Says on whose behalf a request comes. A closure is one, if it need not wait for anything.
pub trait Authenticate: Send + Sync + 'static {
    /// The caller: the connection whose credential the request shows, the profile of it, and its base URL as the client
    /// sees it ([`PublicUrl`](scim_service::public_url::PublicUrl) finds that behind proxies).
    ///
    /// It is asked before any of the body is read.
    ///
    /// # Errors
    ///
    /// The [`Refusal`] that the client gets.
    fn authenticate(&self, request: &Parts) -> impl Future<Output = Result<Caller, Refusal>> + Send;
}

impl<F> Authenticate for F
where
    F: Fn(&Parts) -> Result<Caller, Refusal> + Send + Sync + 'static,
{
    fn authenticate(&self, request: &Parts) -> impl Future<Output = Result<Caller, Refusal>> + Send {
        std::future::ready(self(request))
    }
}

/// Why a request is not let in.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// It shows no credential of the connection (401). Say the same whatever is wrong with what it shows.
    Unauthorized,
    /// There is no such connection (404).
    UnknownConnection,
    /// Anything else, such as 503 where credentials cannot be looked up.
    Other(Error),
}

/// The schemes that `/ServiceProviderConfig` lists (RFC 7235 section 4.1).
const CHALLENGES: [&str; 2] = [r#"Basic realm="scim", charset="UTF-8""#, r#"Bearer realm="scim""#];

impl Refusal {
    pub(crate) fn into_response(self) -> Response<Bytes> {
        match self {
            Self::Unauthorized => {
                let mut response = refuse(&Error::plain(
                    401,
                    "the credentials of this connection are missing or wrong",
                ));
                for challenge in CHALLENGES {
                    let challenge = HeaderValue::from_static(challenge);
                    response.headers_mut().append(WWW_AUTHENTICATE, challenge);
                }
                response
            }
            Self::UnknownConnection => refuse(&Error::not_found("there is no connection of this name")),
            Self::Other(error) => refuse(&error),
        }
    }
}

/// The answer that carries an error (RFC 7644 section 3.12).
pub(crate) fn refuse(error: &Error) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(error.to_json().to_string()));
    *response.status_mut() =
        StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(SCIM_JSON));
    response
}
