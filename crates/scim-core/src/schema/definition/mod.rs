//! Resource types and schemas read from documents, in the form in which discovery serves them (RFC 7643
//! sections 6 and 7).
//!
//! A ResourceType document named `User` or `Group` adds its `schemaExtensions` to the built-in type; any other defines a
//! new type. What is not valid is rejected with the file, the path in it and the reason. The rest of the library relies on
//! what is accepted here.

mod assemble;
mod attributes;
mod document;
mod names;

use std::fmt;

use super::ResourceTypes;

/// The maximum size of the text of a [`Definition`], in bytes: 256 KiB.
pub const MAX_BYTES: usize = 256 << 10;

/// A JSON document that defines a schema (RFC 7643 section 7) or a resource type (section 6).
///
/// Nothing is parsed until [`ResourceTypesBuilder::build`], which also decides what the document has to be. An attribute has
/// the defaults of RFC 7643 section 2.2: only `name` is required. `schemas` and `meta` are optional.
///
/// ```
/// use scim_core::schema::{Definition, ResourceTypes};
///
/// let schema = Definition::new("device-schema.json", r#"{
///     "id": "urn:example:params:scim:schemas:devices:2.0:Device",
///     "attributes": [
///         { "name": "serialNumber", "required": true, "caseExact": true, "uniqueness": "server" },
///         { "name": "bought", "type": "dateTime" }
///     ]
/// }"#);
/// let device = Definition::new("device.json", r#"{
///     "name": "Device",
///     "endpoint": "/Devices",
///     "schema": "urn:example:params:scim:schemas:devices:2.0:Device"
/// }"#);
/// let types = ResourceTypes::builder().schema(schema).resource_type(device).build()?;
/// assert_eq!(types.others()[0].endpoint, "/Devices");
/// # Ok::<(), scim_core::schema::DefinitionError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The name of the file, which error messages repeat. Nothing is read from it.
    pub file: String,
    /// The JSON text; at most [`MAX_BYTES`]. A byte order mark is ignored.
    pub text: String,
}

/// An error in a [`Definition`]: the file, the path in it, and the reason.
///
/// ```
/// use scim_core::schema::{Definition, ResourceTypes};
///
/// let schema = Definition::new("badge.json", r#"{ "id": "urn:example:badge:2.0:User", "attributes": [{ "name": "1" }] }"#);
/// let error = ResourceTypes::builder().schema(schema).build().unwrap_err();
/// assert_eq!((error.file.as_str(), error.path.as_str()), ("badge.json", "attributes[0].name"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{file}`{}: {reason}", At(.path))]
#[non_exhaustive]
pub struct DefinitionError {
    /// The [`file`](Definition::file) of the definition.
    pub file: String,
    /// The place in the document, such as `attributes[0].type`; empty for the document as a whole.
    pub path: String,
    /// The reason, in words for the author of the document.
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

/// Collects [`Definition`]s and builds [`ResourceTypes`] from them; created by [`ResourceTypes::builder`].
///
/// The order of calls does not matter: all schemas are read before all resource types. Among the resource types, the order of
/// calls is the order of [`ResourceTypes::others`].
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct ResourceTypesBuilder {
    schemas: Vec<Definition>,
    resource_types: Vec<Definition>,
}

impl ResourceTypes {
    /// Starts a builder that reads more resource types and extensions of User and Group from documents.
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
    /// let types = ResourceTypes::builder()
    ///     .schema(Definition::new("badge.json", schema))
    ///     .resource_type(Definition::new("user.json", user))
    ///     .build()?;
    /// assert_eq!(types.user().extensions.len(), 2);
    /// # Ok::<(), scim_core::schema::DefinitionError>(())
    /// ```
    pub fn builder() -> ResourceTypesBuilder {
        ResourceTypesBuilder::default()
    }
}

impl ResourceTypesBuilder {
    /// Adds a Schema document (RFC 7643 section 7).
    pub fn schema(self, definition: Definition) -> Self {
        self.schemas([definition])
    }

    /// Adds several Schema documents (RFC 7643 section 7).
    pub fn schemas(mut self, definitions: impl IntoIterator<Item = Definition>) -> Self {
        self.schemas.extend(definitions);
        self
    }

    /// Adds a ResourceType document (RFC 7643 section 6). One named `User` or `Group` extends the built-in type.
    pub fn resource_type(self, definition: Definition) -> Self {
        self.resource_types([definition])
    }

    /// Adds several ResourceType documents (RFC 7643 section 6).
    pub fn resource_types(mut self, definitions: impl IntoIterator<Item = Definition>) -> Self {
        self.resource_types.extend(definitions);
        self
    }

    /// Reads the documents and checks them against each other.
    ///
    /// # Errors
    ///
    /// Returns the first [`DefinitionError`] where a document is larger than [`MAX_BYTES`], is not what RFC 7643 sections 6 and
    /// 7 describe, contradicts another document, is a schema that no resource type uses, or asks for something that is not
    /// supported.
    pub fn build(self) -> Result<ResourceTypes, DefinitionError> {
        assemble::assemble(&self.schemas, &self.resource_types)
    }
}

impl Definition {
    /// Creates a definition from the name of a file and its text, which may be part of the program:
    /// `Definition::new("badge.json", include_str!("badge.json"))`.
    #[must_use]
    pub fn new(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            text: text.into(),
        }
    }

    /// The error that something in the document is not valid.
    fn refuse(&self, path: impl Into<String>, reason: impl Into<String>) -> DefinitionError {
        DefinitionError {
            file: self.file.clone(),
            path: path.into(),
            reason: reason.into(),
        }
    }
}
