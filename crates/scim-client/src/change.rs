//! A change of a resource that may depend on its version.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;

use http::header::IF_MATCH;

use crate::client::ScimClient;
use crate::error::ClientError;
use crate::exchange::{Answer, Request};
use crate::stored::Stored;

/// A change that is made when it is awaited, at whatever version the resource is, or only at one (RFC 7644 section 3.14).
///
/// ```no_run
/// use scim_client::ScimClient;
///
/// # async fn example(client: ScimClient) -> Result<(), scim_client::ClientError> {
/// let users = client.users();
/// let mut user = users.get("2819c223").await?;
/// user.title = Some("Tour Guide".to_owned());
/// match users.replace(user.id(), &user).if_unchanged(&user).await {
///     Err(error) if error.is_precondition_failed() => println!("somebody else was faster"),
///     result => println!("now at {:?}", result?.version()),
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent before it is awaited"]
pub struct Change<R> {
    client: ScimClient,
    request: Result<Request, ClientError>,
    read: fn(Answer) -> Result<R, ClientError>,
}

impl<R> Change<R> {
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

    /// Only if the resource is at that version still (`If-Match`): an entity tag as it was read, `W/"…"`. Otherwise the result
    /// is an error that [`is_precondition_failed`](ClientError::is_precondition_failed).
    pub fn if_match(mut self, version: &str) -> Self {
        self.request = self.request.and_then(|request| request.header(IF_MATCH, version));
        self
    }

    /// Only if the resource is as it was read. If it was read without a version, nothing is sent and the result is
    /// [`ClientError::Request`].
    pub fn if_unchanged<T>(mut self, read: &Stored<T>) -> Self {
        match read.version() {
            Some(version) => return self.if_match(version),
            None if self.request.is_ok() => {
                let wrong = "the resource was read without a version, so that it cannot be told whether it has changed";
                self.request = Err(ClientError::Request(wrong.to_owned()));
            }
            None => {}
        }
        self
    }
}

impl<R: 'static> IntoFuture for Change<R> {
    type Output = Result<R, ClientError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { (self.read)(self.request?.send(&self.client.0).await?) })
    }
}

impl<R> fmt::Debug for Change<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change").finish_non_exhaustive()
    }
}
