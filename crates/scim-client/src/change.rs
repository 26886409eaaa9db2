//! A change to a resource that may depend on its version.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;

use http::header::IF_MATCH;

use crate::client::ScimClient;
use crate::error::ClientError;
use crate::exchange::{Answer, Request};
use crate::query::{ATTRIBUTES, EXCLUDED_ATTRIBUTES, paths};
use crate::stored::Stored;

pub(crate) const UNVERSIONED: &str =
    "the resource was read without a version, so the request cannot depend on one";

/// A replacement, PATCH or deletion that has not been sent yet.
///
/// Nothing is sent until it is awaited. Without a condition the server makes the change whatever the version of the resource;
/// [`if_unchanged`](Self::if_unchanged) and [`if_match`](Self::if_match) make it depend on the version (RFC 7644 section 3.14).
///
/// Awaiting returns a [`ClientError`] if the server rejects the request or no response arrives. Paths, ids and versions that
/// cannot be sent are reported then, too, as [`ClientError::Request`].
///
/// ```no_run
/// use scim_client::ScimClient;
///
/// # async fn example(client: ScimClient) -> Result<(), scim_client::ClientError> {
/// let users = client.users();
/// let mut user = users.get("2819c223").await?;
/// user.title = Some("Tour Guide".to_owned());
/// match users.replace(user.id(), &user).if_unchanged(&user).await {
///     Err(error) if error.is_precondition_failed() => println!("another client was faster"),
///     result => println!("now at {:?}", result?.version()),
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until it is awaited"]
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

    /// Makes the change only if the resource still has this version (`If-Match`): an entity tag as the server sent it,
    /// `W/"…"`. Otherwise the result is an error for which
    /// [`is_precondition_failed`](ClientError::is_precondition_failed) is true.
    pub fn if_match(mut self, version: &str) -> Self {
        self.request = self.request.and_then(|request| request.header(IF_MATCH, version));
        self
    }

    /// Makes the change only if the resource still has the version at which `read` was read. If `read` has no version, nothing
    /// is sent and the result is [`ClientError::Request`].
    pub fn if_unchanged<T>(mut self, read: &Stored<T>) -> Self {
        match read.version() {
            Some(version) => return self.if_match(version),
            None if self.request.is_ok() => {
                self.request = Err(ClientError::Request(UNVERSIONED.to_owned()));
            }
            None => {}
        }
        self
    }

    /// Limits the returned resource to these attributes; `id` is always returned (RFC 7644 section 3.9). The change itself is
    /// not affected.
    pub fn attributes<P: Into<String>>(self, attributes: impl IntoIterator<Item = P>) -> Self {
        self.parameter(ATTRIBUTES, attributes.into_iter().map(Into::into).collect())
    }

    /// Leaves these attributes out of the returned resource, for example `members` of a large group (RFC 7644 section 3.9).
    /// The change itself is not affected.
    pub fn excluded_attributes<P: Into<String>>(self, attributes: impl IntoIterator<Item = P>) -> Self {
        self.parameter(
            EXCLUDED_ATTRIBUTES,
            attributes.into_iter().map(Into::into).collect(),
        )
    }

    fn parameter(mut self, name: &str, attributes: Vec<String>) -> Self {
        self.request = self
            .request
            .and_then(|request| Ok(request.parameter(name, paths(&attributes)?)));
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
