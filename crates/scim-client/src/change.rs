//! A change to a resource that may depend on its version.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;

use http::header::IF_MATCH;

use crate::client::ScimClient;
use crate::error::ClientError;
use crate::exchange::{Answer, Request};
use crate::pending::Pending;
use crate::query::{ATTRIBUTES, EXCLUDED_ATTRIBUTES};
use crate::stored::Stored;

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
pub struct Change<R>(Pending<R>);

impl<R> Change<R> {
    pub(crate) fn new(
        client: ScimClient,
        request: Result<Request, ClientError>,
        read: fn(Answer) -> Result<R, ClientError>,
    ) -> Self {
        Self(Pending::new(client, request, read))
    }

    /// Makes the change only if the resource still has this version (`If-Match`): an entity tag as the server sent it,
    /// `W/"…"`. Otherwise the result is an error for which
    /// [`is_precondition_failed`](ClientError::is_precondition_failed) is true.
    pub fn if_match(self, version: &str) -> Self {
        Self(self.0.header(IF_MATCH, version))
    }

    /// Makes the change only if the resource still has the version at which `read` was read. If `read` has no version, nothing
    /// is sent and the result is [`ClientError::Request`].
    pub fn if_unchanged<T>(self, read: &Stored<T>) -> Self {
        Self(self.0.version(IF_MATCH, read.version()))
    }

    /// Limits the returned resource to these attributes; `id` is always returned (RFC 7644 section 3.9). The change itself is
    /// not affected.
    pub fn attributes<P: Into<String>>(self, attributes: impl IntoIterator<Item = P>) -> Self {
        Self(self.0.attributes(ATTRIBUTES, attributes))
    }

    /// Leaves these attributes out of the returned resource, for example `members` of a large group (RFC 7644 section 3.9).
    /// The change itself is not affected.
    pub fn excluded_attributes<P: Into<String>>(self, attributes: impl IntoIterator<Item = P>) -> Self {
        Self(self.0.attributes(EXCLUDED_ATTRIBUTES, attributes))
    }
}

impl<R: 'static> IntoFuture for Change<R> {
    type Output = Result<R, ClientError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        self.0.send()
    }
}

impl<R> fmt::Debug for Change<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change").finish_non_exhaustive()
    }
}
