//! The documents as they are written, before anything in them is checked.

use std::sync::Arc;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::{Definition, DefinitionError, MAX_BYTES};
use crate::schema::{Attribute, Schema};

/// A Schema document (RFC 7643 section 7).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SchemaDocument {
    schemas: Option<Vec<String>>,
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
    attributes: Vec<Arc<Attribute>>,
    #[serde(rename = "meta")]
    _meta: Option<IgnoredAny>,
}

/// A ResourceType document (RFC 7643 section 6).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ResourceTypeDocument {
    schemas: Option<Vec<String>>,
    pub(super) id: Option<String>,
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
    pub(super) endpoint: String,
    pub(super) schema: String,
    #[serde(default)]
    pub(super) schema_extensions: Vec<ExtensionDocument>,
    #[serde(rename = "meta")]
    _meta: Option<IgnoredAny>,
}

/// One of `schemaExtensions`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExtensionDocument {
    pub(super) schema: String,
    pub(super) required: bool,
}

impl Definition {
    pub(super) fn schema(&self) -> Result<Schema, DefinitionError> {
        let document: SchemaDocument = self.read()?;
        self.check_kind(document.schemas.as_deref(), crate::discovery::SCHEMA_URN)?;
        Ok(Schema {
            id: document.id,
            name: document.name,
            description: document.description,
            attributes: document.attributes,
        })
    }

    pub(super) fn resource_type(&self) -> Result<ResourceTypeDocument, DefinitionError> {
        let document: ResourceTypeDocument = self.read()?;
        self.check_kind(document.schemas.as_deref(), crate::discovery::RESOURCE_TYPE_URN)?;
        Ok(document)
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, DefinitionError> {
        if self.text.len() > MAX_BYTES {
            return Err(self.refuse("", format!("the file is larger than {MAX_BYTES} bytes")));
        }
        let mut json = serde_json::Deserializer::from_str(&self.text);
        let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            let path = if path == "." { String::new() } else { path };
            self.refuse(path, error.into_inner().to_string())
        })?;
        match json.end() {
            Ok(()) => Ok(read),
            Err(error) => Err(self.refuse("", error.to_string())),
        }
    }

    /// `schemas` may be left out; where it is there, it says what the document is.
    fn check_kind(&self, schemas: Option<&[String]>, urn: &str) -> Result<(), DefinitionError> {
        match schemas {
            Some(listed) if !listed.iter().any(|listed| listed.eq_ignore_ascii_case(urn)) => {
                Err(self.refuse("schemas", format!("must list `{urn}`")))
            }
            _ => Ok(()),
        }
    }
}
