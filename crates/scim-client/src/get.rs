//! A read of one resource.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;

use http::header::IF_NONE_MATCH;
use serde::de::DeserializeOwned;

use crate::client::ScimClient;
use crate::error::ClientError;
use crate::exchange::{Answer, Request};
use crate::pending::Pending;
use crate::query::{ATTRIBUTES, EXCLUDED_ATTRIBUTES};
use crate::resources::stored;
use crate::stored::Stored;

/// A read of one resource that has not been sent yet. See [`Resources::get`](crate::Resources::get).
///
/// Nothing is sent until it is awaited. Awaiting returns a [`ClientError`] if the server rejects the request or no response
/// arrives. Paths, ids and versions that cannot be sent are reported then, too, as [`ClientError::Request`].
///
/// ```no_run
/// use scim_client::ScimClient;
///
/// # async fn example(client: ScimClient) -> Result<(), scim_client::ClientError> {
/// let group = client.groups().get("e9e30dba").excluded_attributes(["members"]).await?;
///
/// // later
/// match client.groups().get(group.id()).if_changed(&group).await? {
///     Some(group) => println!("now {}", group.display_name),
///     None => println!("unchanged"),
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until it is awaited"]
pub struct Get<R>(Pending<R>);

impl<R> Get<R> {
    pub(crate) fn new(
        client: ScimClient,
        request: Result<Request, ClientError>,
        read: fn(Answer) -> Result<R, ClientError>,
    ) -> Self {
        Self(Pending::new(client, request, read))
    }

    /// Limits the resource to these attributes; `id` is always returned (RFC 7644 section 3.9).
    pub fn attributes<P: Into<String>>(self, attributes: impl IntoIterator<Item = P>) -> Self {
        Self(self.0.attributes(ATTRIBUTES, attributes))
    }

    /// Leaves these attributes out, for example `members` of a large group (RFC 7644 section 3.9).
    pub fn excluded_attributes<P: Into<String>>(self, attributes: impl IntoIterator<Item = P>) -> Self {
        Self(self.0.attributes(EXCLUDED_ATTRIBUTES, attributes))
    }
}

impl<T: DeserializeOwned> Get<Stored<T>> {
    /// Reads the resource only if its version is not this one (`If-None-Match`, RFC 7644 section 3.14). The result is `None` if
    /// the version is the same.
    pub fn if_none_match(self, version: &str) -> Get<Option<Stored<T>>> {
        self.when_changed(Some(version))
    }

    /// Reads the resource only if its version is no longer that of `read`. The result is `None` if the version is the same. If
    /// `read` has no version, nothing is sent and the result is [`ClientError::Request`].
    pub fn if_changed<U>(self, read: &Stored<U>) -> Get<Option<Stored<T>>> {
        self.when_changed(read.version())
    }

    fn when_changed(self, version: Option<&str>) -> Get<Option<Stored<T>>> {
        let request = self.0.version(IF_NONE_MATCH, version);
        Get(request.read_by(|answer| match answer.status {
            304 => Ok(None),
            _ => stored(answer).map(Some),
        }))
    }
}

impl<R: 'static> IntoFuture for Get<R> {
    type Output = Result<R, ClientError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        self.0.send()
    }
}

impl<R> fmt::Debug for Get<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Get").finish_non_exhaustive()
    }
}
