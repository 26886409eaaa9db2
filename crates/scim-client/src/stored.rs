//! Resources of a server, and pages of them.

use std::ops::{Deref, DerefMut};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::ClientError;

/// A resource that was read from a server, with its id and version.
///
/// It dereferences to the resource: `stored.user_name` is the field of a [`User`](crate::resource::user::User).
#[derive(Debug, Clone, PartialEq)]
pub struct Stored<T> {
    id: String,
    version: Option<String>,
    location: Option<String>,
    resource: T,
}

/// A page of a list (`ListResponse`, RFC 7644 section 3.4.2).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The number of resources on all pages together; `None` if the server pages by cursor and does not count.
    pub total_results: Option<u64>,
    /// The index of the first resource of the page, counted from 1.
    pub start_index: Option<u64>,
    /// The cursor of the next page (RFC 9865), for [`Query::cursor`](crate::Query::cursor); `None` on the last page, and if the
    /// server pages by index.
    pub next_cursor: Option<String>,
    /// The resources of the page.
    pub resources: Vec<Stored<T>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListResponse {
    total_results: Option<u64>,
    start_index: Option<u64>,
    next_cursor: Option<String>,
    #[serde(rename = "Resources", default)]
    resources: Option<Vec<Value>>,
}

impl<T> Stored<T> {
    /// Returns the id that the server assigned.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the version: the entity tag of `ETag` or else `meta.version`. `None` if the server has no versions, or the request
    /// excluded `meta` and the response has no `ETag`.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// Returns the URI of the resource, `meta.location`.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// Returns the resource without id and version.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.resource
    }
}

impl<T: DeserializeOwned> Stored<T> {
    /// Reads a resource from a document. The header comes before `meta.version`, which need not depend on `groups` of a user.
    pub(crate) fn read(document: Value, etag: Option<String>) -> Result<Self, ClientError> {
        let text = |pointer| {
            document
                .pointer(pointer)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let id = text("/id").ok_or_else(|| ClientError::Decode("the resource has no `id`".to_owned()))?;
        Ok(Self {
            id,
            version: etag.or_else(|| text("/meta/version")),
            location: text("/meta/location"),
            resource: decode(document)?,
        })
    }
}

impl<T: DeserializeOwned> Page<T> {
    pub(crate) fn read(document: Value) -> Result<Self, ClientError> {
        let list: ListResponse = decode(document)?;
        let resources = list.resources.unwrap_or_default();
        let resources = resources.into_iter().map(|resource| Stored::read(resource, None));
        Ok(Self {
            total_results: list.total_results,
            start_index: list.start_index,
            // an empty cursor would be the first page again
            next_cursor: list.next_cursor.filter(|cursor| !cursor.is_empty()),
            resources: resources.collect::<Result<_, _>>()?,
        })
    }
}

pub(crate) fn decode<T: DeserializeOwned>(document: Value) -> Result<T, ClientError> {
    serde_json::from_value(document).map_err(|error| ClientError::Decode(error.to_string()))
}

impl<T> Deref for Stored<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.resource
    }
}

impl<T> DerefMut for Stored<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.resource
    }
}
