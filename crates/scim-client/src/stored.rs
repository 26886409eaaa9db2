//! Resources as the server has them, and pages of them.

use std::ops::{Deref, DerefMut};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::ClientError;

/// A resource as the server has it: with an id, and with the version that it was read at.
///
/// It derefs to the resource itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored<T> {
    id: String,
    version: Option<String>,
    location: Option<String>,
    resource: T,
}

/// A part of a list (RFC 7644 section 3.4.2, ListResponse).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// How many resources match, on all pages together; `None` where the server pages by cursor and does not count.
    pub total_results: Option<u64>,
    /// The number of the first resource of the page; the first of all is 1.
    pub start_index: Option<u64>,
    /// The cursor of the next page (RFC 9865); `None` on the last one, and where the server pages by number.
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
    /// The id that the server gave the resource.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The version, an entity tag as it stands in `ETag` or `meta.version`; `None` if the server has none or was asked to
    /// leave it out.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The URI of the resource, where it was told.
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// The resource alone.
    pub fn into_inner(self) -> T {
        self.resource
    }
}

impl<T: DeserializeOwned> Stored<T> {
    /// Reads the resource out of a document. The header wins: `groups` of a user may be part of the tag alone.
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
            next_cursor: list.next_cursor,
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
