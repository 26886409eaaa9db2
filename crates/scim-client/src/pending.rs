//! A request that has not been sent yet, and how its answer is read.

use std::pin::Pin;

use http::HeaderName;

use crate::client::ScimClient;
use crate::error::ClientError;
use crate::exchange::{Answer, Request};
use crate::query::paths;

pub(crate) const UNVERSIONED: &str =
    "the resource was read without a version, so the request cannot depend on one";

/// What [`Get`](crate::Get) and [`Change`](crate::Change) have in common. What cannot be sent is kept until it is awaited.
pub(crate) struct Pending<R> {
    client: ScimClient,
    request: Result<Request, ClientError>,
    read: fn(Answer) -> Result<R, ClientError>,
}

impl<R> Pending<R> {
    pub(crate) fn new(
        client: ScimClient,
        request: Result<Request, ClientError>,
        read: fn(Answer) -> Result<R, ClientError>,
    ) -> Self {
        Self {
            client,
            request,
            read,
        }
    }

    /// The same request, whose answer is read in another way.
    pub(crate) fn read_by<S>(self, read: fn(Answer) -> Result<S, ClientError>) -> Pending<S> {
        Pending::new(self.client, self.request, read)
    }

    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.request = self.request.and_then(|request| request.header(name, value));
        self
    }

    /// With the version in a header; without one, nothing is sent.
    pub(crate) fn version(mut self, name: HeaderName, version: Option<&str>) -> Self {
        match version {
            Some(version) => return self.header(name, version),
            None => {
                self.request = self
                    .request
                    .and(Err(ClientError::Request(UNVERSIONED.to_owned())))
            }
        }
        self
    }

    /// With a query parameter that lists attributes.
    pub(crate) fn attributes<P: Into<String>>(
        mut self,
        name: &str,
        attributes: impl IntoIterator<Item = P>,
    ) -> Self {
        let attributes: Vec<String> = attributes.into_iter().map(Into::into).collect();
        self.request = self
            .request
            .and_then(|request| Ok(request.parameter(name, paths(&attributes)?)));
        self
    }
}

impl<R: 'static> Pending<R> {
    pub(crate) fn send(self) -> Pin<Box<dyn Future<Output = Result<R, ClientError>> + Send>> {
        Box::pin(async move { (self.read)(self.request?.send(&self.client.0).await?) })
    }
}
