//! One operation of a bulk request.

use std::fmt;

use serde_json::{Map, Value};

use super::reference;
use crate::object::member;
use crate::text::name_key;

/// One operation of a bulk request (RFC 7644 section 3.7), created by [`BulkRequest::parse`](super::BulkRequest::parse).
///
/// [`references`](Self::references) are collected by parsing: they do not follow later changes to `path` and `data`.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkOperation {
    /// The place of the operation in the request, counted from 1.
    pub number: usize,
    /// The HTTP method.
    pub method: BulkMethod,
    /// The client's name for the operation, `bulkId`. After parsing, every POST has a different one. A reference to one that
    /// several POSTs have means the last of them.
    #[doc(alias = "bulkId")]
    pub bulk_id: Option<String>,
    /// The version at which the client expects the resource, an entity tag.
    pub version: Option<String>,
    /// The path below the base URL, as it was sent: `/Users`, `/Users/2819c223`, `/Users/bulkId:qwerty`.
    pub path: String,
    /// The body of the operation. After parsing, POST, PUT and PATCH have one.
    pub data: Option<Map<String, Value>>,
    /// The `bulkId`s to which path and data refer, each once.
    pub(super) references: Vec<String>,
}

/// The HTTP method of a bulk operation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BulkMethod {
    /// Creates a resource.
    Post,
    /// Replaces a resource.
    Put,
    /// Changes a resource.
    Patch,
    /// Deletes a resource.
    Delete,
    /// A method that bulk does not support, as it was sent. [`BulkRequest::parse`](super::BulkRequest::parse) does not reject it.
    Other(String),
}

impl BulkOperation {
    /// Returns the `bulkId`s to which path and data refer, each once.
    #[must_use]
    pub fn references(&self) -> &[String] {
        &self.references
    }

    /// Returns the first segment of the path, such as `Users`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        let path = self.path.strip_prefix('/').unwrap_or(&self.path);
        path.split(['/', '?']).next().unwrap_or("")
    }

    /// Returns the `bulkId` in the path, such as `qwerty` in `/Users/bulkId:qwerty`.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        reference::in_path(&self.path)
    }

    /// The name that may be unique among new resources, as it is compared: `userName`, or else `displayName`.
    pub(super) fn name(&self) -> Option<String> {
        let data = self.data.as_ref()?;
        let name = member(data, "userName").or_else(|| member(data, "displayName"))?;
        name.as_str().map(name_key)
    }
}

impl BulkMethod {
    /// Returns the method `name`, read in any case.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let known = [Self::Post, Self::Put, Self::Patch, Self::Delete];
        known
            .into_iter()
            .find(|method| method.as_str().eq_ignore_ascii_case(name))
            .unwrap_or_else(|| Self::Other(name.to_owned()))
    }

    /// Returns the name of the method, such as `POST`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Other(name) => name,
        }
    }
}

impl fmt::Display for BulkMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
