//! One operation of a bulk request.

use std::fmt;

use serde_json::{Map, Value};

use super::reference;
use crate::object::member;
use crate::text::name_key;

/// One operation of a bulk request (RFC 7644 section 3.7).
#[derive(Debug, Clone, PartialEq)]
pub struct BulkOperation {
    /// Its place in the request, counted from 1.
    pub number: usize,
    /// What is done.
    pub method: BulkMethod,
    /// What the client calls the operation. Every POST has one, and no other POST has the same.
    pub bulk_id: Option<String>,
    /// The version that the client expects the resource to be at, an entity tag.
    pub version: Option<String>,
    /// The path below the base URL, as it was sent: `/Users`, `/Users/2819c223`, `/Users/bulkId:qwerty`.
    pub path: String,
    /// What the body of a request of its own would be. POST, PUT and PATCH have it.
    pub data: Option<Map<String, Value>>,
    /// The bulkIds that path and data refer to, each once.
    pub(super) references: Vec<String>,
}

/// What an operation does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BulkMethod {
    /// Creates a resource.
    Post,
    /// Replaces one.
    Put,
    /// Changes one.
    Patch,
    /// Deletes one.
    Delete,
    /// A method that a bulk request cannot have, as it was sent.
    Other(String),
}

impl BulkOperation {
    /// The bulkIds that path and data refer to, each once.
    #[must_use]
    pub fn references(&self) -> &[String] {
        &self.references
    }

    /// The first segment of the path: `Users`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        let path = self.path.strip_prefix('/').unwrap_or(&self.path);
        path.split(['/', '?']).next().unwrap_or("")
    }

    /// The bulkId of the resource that the path names, where it names one by that.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        reference::in_path(&self.path)
    }

    /// What may not be there twice among new resources: `userName`, or else `displayName`, as it is compared.
    pub(super) fn name(&self) -> Option<String> {
        let data = self.data.as_ref()?;
        let name = member(data, "userName").or_else(|| member(data, "displayName"))?;
        name.as_str().map(name_key)
    }
}

impl BulkMethod {
    /// The method of that name, in any case.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let known = [Self::Post, Self::Put, Self::Patch, Self::Delete];
        known
            .into_iter()
            .find(|method| method.as_str().eq_ignore_ascii_case(name))
            .unwrap_or_else(|| Self::Other(name.to_owned()))
    }

    /// The name of the method.
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
