//! The service itself.

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
use scim_service::service::Service;

use crate::authenticate::{Authenticate, refuse};
use crate::body;

/// A SCIM service provider of one or more connections, as a tower service. Clones share everything.
pub struct ScimService<A> {
    service: Arc<Service>,
    authenticate: Arc<A>,
}

impl<A: Authenticate> ScimService<A> {
    /// That service, for those whom `authenticate` lets in.
    pub fn new(service: impl Into<Arc<Service>>, authenticate: A) -> Self {
        Self {
            service: service.into(),
            authenticate: Arc::new(authenticate),
        }
    }

    async fn answer<B>(self, request: Request<B>) -> Response<Bytes>
    where
        B: Body + Send,
        B::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        let (mut parts, body) = request.into_parts();
        let caller = match self.authenticate.authenticate(&parts).await {
            Ok(caller) => caller,
            Err(refusal) => return refusal,
        };
        // nothing behind authentication sees them
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
            Err(error) => refuse(&error),
        }
    }
}

impl<A> fmt::Debug for ScimService<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScimService")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

impl<A> Clone for ScimService<A> {
    fn clone(&self) -> Self {
        Self {
            service: Arc::clone(&self.service),
            authenticate: Arc::clone(&self.authenticate),
        }
    }
}

impl<A, B> tower_service::Service<Request<B>> for ScimService<A>
where
    A: Authenticate,
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
