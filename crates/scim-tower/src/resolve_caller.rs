//! Who sends a request.

use bytes::Bytes;
use http::Response;
use http::request::Parts;
use scim_service::authentication::Refusal;
use scim_service::service::Caller;

/// Authenticates a request and determines its [`Caller`]: the connection, the profile and the base URL.
///
/// | implementation | for |
/// |---|---|
/// | [`Mounted`](crate::Mounted) | one connection at one path, with any [`Authenticator`](scim_service::authentication::Authenticator) |
/// | a closure `Fn(&Parts) -> Result<Caller, Refusal>` | several connections behind one service, without waiting for IO |
/// | your own | several connections, with waiting |
///
/// # Examples
///
/// An implementation that reads the connection from a header of a gateway, which has authenticated the client:
///
/// ```
/// use std::collections::BTreeMap;
///
/// use bytes::Bytes;
/// use http::Response;
/// use http::request::Parts;
/// use scim_service::authentication::Refusal;
/// use scim_service::connection::Profile;
/// use scim_service::service::Caller;
/// use scim_tower::{ResolveCaller, ScimService};
///
/// /// The profile of each connection.
/// struct Gateway(BTreeMap<String, Profile>);
///
/// impl Gateway {
///     fn caller(&self, request: &Parts) -> Result<Caller, Refusal> {
///         let name = request.headers.get("x-tenant").ok_or(Refusal::Missing)?;
///         let name = name.to_str().map_err(|_| Refusal::Wrong)?;
///         let profile = self.0.get(name).cloned().ok_or(Refusal::UnknownConnection)?;
///         let connection = name.parse().map_err(|_| Refusal::UnknownConnection)?;
///         Ok(Caller::new(connection, profile, format!("https://scim.example.com/{name}")))
///     }
/// }
///
/// impl ResolveCaller for Gateway {
///     async fn resolve_caller(&self, request: &Parts) -> Result<Caller, Response<Bytes>> {
///         // a real one may wait for a database here
///         self.caller(request).map_err(|refusal| refusal.into_response(&[]))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let gateway = Gateway(BTreeMap::from([("okta".to_owned(), Profile::okta())]));
/// let (parts, ()) = http::Request::get("/Users").header("x-tenant", "okta").body(()).unwrap().into_parts();
/// let caller = gateway.resolve_caller(&parts).await.unwrap();
/// assert_eq!(caller.base_url, "https://scim.example.com/okta");
/// # }
/// ```
///
/// The same as a closure: `ScimService::new(service, move |request: &Parts| gateway.caller(request))`.
pub trait ResolveCaller: Send + Sync + 'static {
    /// Returns the caller of a request: its connection, the profile of that connection, and the base URL of the connection as
    /// the client sees it ([`PublicUrl`](scim_service::public_url::PublicUrl) determines that URL behind proxies).
    ///
    /// It runs before any of the body is read.
    ///
    /// # Errors
    ///
    /// The response that the client gets, as made by [`Refusal::into_response`].
    fn resolve_caller(&self, request: &Parts)
    -> impl Future<Output = Result<Caller, Response<Bytes>>> + Send;
}

impl<F> ResolveCaller for F
where
    F: Fn(&Parts) -> Result<Caller, Refusal> + Send + Sync + 'static,
{
    fn resolve_caller(
        &self,
        request: &Parts,
    ) -> impl Future<Output = Result<Caller, Response<Bytes>>> + Send {
        // the schemes are unknown here, so a 401 asks for both that every client knows
        std::future::ready(self(request).map_err(|refusal| refusal.into_response(&[])))
    }
}
