//! Who may, and on whose behalf.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use scim_core::error::Error;
use scim_service::SCIM_JSON;
use scim_service::authentication::Refusal;
use scim_service::service::Caller;

/// Says on whose behalf a request comes: [`Mounted`](crate::Mounted) does for one connection, from any
/// [`Authenticator`](scim_service::authentication::Authenticator). A closure is one, if it need not wait for anything.
pub trait Authenticate: Send + Sync + 'static {
    /// The caller: the connection whose credential the request shows, the profile of it, and its base URL as the client
    /// sees it ([`PublicUrl`](scim_service::public_url::PublicUrl) finds that behind proxies).
    ///
    /// It is asked before any of the body is read.
    ///
    /// # Errors
    ///
    /// The answer that the client gets: [`Refusal::into_response`] makes it.
    fn authenticate(&self, request: &Parts) -> impl Future<Output = Result<Caller, Response<Bytes>>> + Send;
}

impl<F> Authenticate for F
where
    F: Fn(&Parts) -> Result<Caller, Refusal> + Send + Sync + 'static,
{
    fn authenticate(&self, request: &Parts) -> impl Future<Output = Result<Caller, Response<Bytes>>> + Send {
        // whatever the client may send, it is asked for both that every client knows
        std::future::ready(self(request).map_err(|refusal| refusal.into_response(&[])))
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
