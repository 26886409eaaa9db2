//! The tower service.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use scim_service::authentication::Refusal;
use scim_service::service::Service;

use crate::body;
use crate::resolve_caller::ResolveCaller;

/// A SCIM service provider as a tower service, for one connection or several.
///
/// It is always ready, never returns an error, and answers every refusal with a SCIM Error document. Clones share everything.
/// The path of a request must be the one below the base URL of the connection, such as `/Users/2819c223`.
///
/// # Examples
///
/// In axum, `nest_service` takes off the path under which the service is nested:
///
/// ```
/// use std::sync::Arc;
///
/// use axum::Router;
/// use scim_service::authentication::FixedToken;
/// use scim_service::connection::Profile;
/// use scim_service::{limits::Limits, service::Service, store::Store};
/// use scim_tower::{Mounted, ScimService};
///
/// fn routes(store: Arc<dyn Store>, token: &str) -> Result<Router, Box<dyn std::error::Error>> {
///     let service = Arc::new(Service::new(store, Limits::default()));
///     let token = Arc::new(FixedToken::new(token)?);
///     let okta = Mounted::new("okta".parse()?, Profile::okta(), "/scim/v2/okta", token);
///     Ok(Router::new().nest_service("/scim/v2/okta", ScimService::new(service, okta)))
/// }
/// ```
///
/// Elsewhere, call it; here with a closure that resolves the caller:
///
/// ```
/// use std::sync::Arc;
///
/// use bytes::Bytes;
/// use http::request::Parts;
/// use http::{Request, StatusCode};
/// use http_body_util::Full;
/// use scim_service::authentication::Refusal;
/// use scim_service::connection::Profile;
/// use scim_service::service::{Caller, Service};
/// use scim_tower::ScimService;
/// use tower_service::Service as _;
///
/// async fn ask(service: Arc<Service>) -> Result<StatusCode, Box<dyn std::error::Error>> {
///     let resolve = |request: &Parts| {
///         let connection = request.headers.get("x-tenant").ok_or(Refusal::Missing)?.to_str();
///         let connection = connection.map_err(|_| Refusal::Wrong)?.parse();
///         let connection = connection.map_err(|_| Refusal::UnknownConnection)?;
///         Ok(Caller::new(connection, Profile::standard(), "https://scim.example.com".to_owned()))
///     };
///     let mut scim = ScimService::new(service, resolve);
///     let request = Request::get("/Users").header("x-tenant", "acme").body(Full::new(Bytes::new()))?;
///     Ok(scim.call(request).await?.status())
/// }
/// ```
pub struct ScimService<R> {
    service: Arc<Service>,
    resolve_caller: Arc<R>,
}

impl<R: ResolveCaller> ScimService<R> {
    /// Serves `service` to the callers that `resolve_caller` authenticates.
    #[must_use]
    pub fn new(service: impl Into<Arc<Service>>, resolve_caller: R) -> Self {
        Self {
            service: service.into(),
            resolve_caller: Arc::new(resolve_caller),
        }
    }

    async fn answer<B>(self, request: Request<B>) -> Response<Bytes>
    where
        B: Body + Send,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        let (mut parts, body) = request.into_parts();
        let caller = match self.resolve_caller.resolve_caller(&parts).await {
            Ok(caller) => caller,
            Err(refusal) => return refusal,
        };
        // the service gets no secrets
        for secret in [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION] {
            parts.headers.remove(secret);
        }
        let limit = self.service.limits().body_bytes_at(parts.uri.path());
        match body::read(&parts.headers, body, limit).await {
            Ok(body) => {
                self.service
                    .handle(&caller, Request::from_parts(parts, body))
                    .await
            }
            Err(error) => Refusal::Other(error).into_response(&[]),
        }
    }
}

impl<R> fmt::Debug for ScimService<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScimService")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

impl<R> Clone for ScimService<R> {
    fn clone(&self) -> Self {
        Self {
            service: Arc::clone(&self.service),
            resolve_caller: Arc::clone(&self.resolve_caller),
        }
    }
}

impl<R, B> tower_service::Service<Request<B>> for ScimService<R>
where
    R: ResolveCaller,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move { Ok(service.answer(request).await.map(Full::new)) })
    }
}
