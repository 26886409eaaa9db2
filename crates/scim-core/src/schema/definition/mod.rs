//! Resource types and schemas that are read from documents, in the form in which discovery serves them (RFC 7643
//! sections 6 and 7).
//!
//! A ResourceType document named `User` or `Group` adds its `schemaExtensions` to the built-in type; any other makes a
//! new type. Whatever is not valid is refused with the file, the path in it and the reason: what is accepted here, the rest
//! of the library relies on.

mod assemble;
mod attributes;
mod document;
mod names;

use std::fmt;

use super::ResourceTypes;

/// The most bytes that a document may have.
pub const MAX_BYTES: usize = 256 << 10;

/// A document that defines a schema or a resource type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Where it comes from, for error messages.
    pub file: String,
    /// Its JSON.
    pub text: String,
}

/// Why a document does not define anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{file}`{}: {reason}", At(.path))]
#[non_exhaustive]
pub struct DefinitionError {
    /// The document.
    pub file: String,
    /// Where in it, as `attributes[0].type`; empty for the whole.
    pub path: String,
    /// What is wrong.
    pub reason: String,
}

struct At<'a>(&'a str);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            "" => Ok(()),
            path => write!(f, " at `{path}`"),
        }
    }
}

impl ResourceTypes {
    /// User and Group, with the extensions and the other types that the documents define.
    ///
    /// ```
    /// use scim_core::schema::{Definition, ResourceTypes};
    ///
    /// let schema = r#"{
    ///     "id": "urn:example:params:scim:schemas:extension:badge:2.0:User",
    ///     "attributes": [{ "name": "number", "type": "string" }]
    /// }"#;
    /// let user = r#"{
    ///     "name": "User", "endpoint": "/Users", "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
    ///     "schemaExtensions": [
    ///         { "schema": "urn:example:params:scim:schemas:extension:badge:2.0:User", "required": false }
    ///     ]
    /// }"#;
    /// let types = ResourceTypes::defined(&[Definition::new("badge.json", schema)], &[Definition::new("user.json", user)])?;
    /// assert_eq!(types.user().extensions.len(), 2);
    /// # Ok::<(), scim_core::schema::DefinitionError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If a document is not what RFC 7643 sections 6 and 7 describe, contradicts another, or asks for something that is
    /// not supported.
    pub fn defined(schemas: &[Definition], resource_types: &[Definition]) -> Result<Self, DefinitionError> {
        assemble::assemble(schemas, resource_types)
    }
}

impl Definition {
    /// The text of a file, which may be part of the program: `Definition::new("badge.json", include_str!("badge.json"))`.
    pub fn new(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            text: text.into(),
        }
    }

    /// That something in it is not valid.
    fn refuse(&self, path: impl Into<String>, reason: impl Into<String>) -> DefinitionError {
        DefinitionError {
            file: self.file.clone(),
            path: path.into(),
            reason: reason.into(),
        }
    }
}
