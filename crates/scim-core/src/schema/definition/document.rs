//! The documents as they are written, before their content is checked.

use std::sync::Arc;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::{Definition, DefinitionError, MAX_BYTES};
use crate::schema::{Attribute, AttributeType, Schema};

/// A Schema document (RFC 7643 section 7).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
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
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object")]
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
#[serde(
    deny_unknown_fields,
    expecting = "an object such as `{\"schema\": \"urn:…\", \"required\": false}`"
)]
pub(super) struct ExtensionDocument {
    pub(super) schema: String,
    pub(super) required: bool,
}

/// References and binary data are compared exactly (RFC 7643 sections 2.3.6 and 2.3.7), whatever a file says.
fn exact(attribute: Arc<Attribute>) -> Arc<Attribute> {
    let mut attribute = Arc::unwrap_or_clone(attribute);
    attribute.case_exact |= matches!(attribute.kind, AttributeType::Reference | AttributeType::Binary);
    attribute.sub_attributes = attribute.sub_attributes.into_iter().map(exact).collect();
    Arc::new(attribute)
}

impl Definition {
    pub(super) fn schema(&self) -> Result<Schema, DefinitionError> {
        self.check_form("endpoint", "a resource type", "resource_types")?;
        let document: SchemaDocument = self.read()?;
        self.check_kind(document.schemas.as_deref(), crate::discovery::SCHEMA_URN)?;
        Ok(Schema {
            id: document.id,
            name: document.name,
            description: document.description,
            attributes: document.attributes.into_iter().map(exact).collect(),
        })
    }

    pub(super) fn resource_type(&self) -> Result<ResourceTypeDocument, DefinitionError> {
        self.check_form("attributes", "a schema", "schemas")?;
        let document: ResourceTypeDocument = self.read()?;
        self.check_kind(document.schemas.as_deref(), crate::discovery::RESOURCE_TYPE_URN)?;
        Ok(document)
    }

    /// Checks that this is a JSON object of the expected kind. One of the other kind has the member `foreign`.
    fn check_form(&self, foreign: &str, kind: &str, setting: &str) -> Result<(), DefinitionError> {
        if self.text.len() > MAX_BYTES {
            return Err(self.refuse("", format!("the file is larger than {MAX_BYTES} bytes")));
        }
        if self.json().trim().is_empty() {
            return Err(self.refuse("", "the file is empty"));
        }
        let value: Value = serde_json::from_str(self.json())
            .map_err(|error| self.refuse("", format!("this is not JSON: {error}")))?;
        let Some(members) = value.as_object() else {
            return Err(self.refuse("", "this is not a JSON object"));
        };
        if members.contains_key("Resources") {
            return Err(self.refuse(
                "Resources",
                "this is a list: save each of its resources in a file of its own",
            ));
        }
        match members.contains_key(foreign) {
            true => Err(self.refuse(foreign, format!("this is {kind}: name the file in `{setting}`"))),
            false => Ok(()),
        }
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, DefinitionError> {
        let mut json = serde_json::Deserializer::from_str(self.json());
        serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            let path = if path == "." { String::new() } else { path };
            self.refuse(path, in_words(&error.into_inner().to_string()))
        })
    }

    /// The text without the byte order mark that some editors put before it.
    fn json(&self) -> &str {
        self.text.strip_prefix('\u{feff}').unwrap_or(&self.text)
    }

    /// Checks `schemas`, which is optional.
    fn check_kind(&self, schemas: Option<&[String]>, urn: &str) -> Result<(), DefinitionError> {
        match schemas {
            Some(listed) if !listed.iter().any(|listed| listed.eq_ignore_ascii_case(urn)) => {
                Err(self.refuse("schemas", format!("must list `{urn}`")))
            }
            _ => Ok(()),
        }
    }
}

/// Translates a message of the JSON library into the terms of JSON.
fn in_words(message: &str) -> String {
    if let Some((found, expected)) = message
        .strip_prefix("invalid type: ")
        .and_then(|mismatch| mismatch.split_once(", expected "))
    {
        let found = match found {
            "map" => "an object",
            "sequence" => "a list",
            "null" => "`null`, which is to be left out",
            found => found,
        };
        let expected =
            expected
                .replacen("a sequence", "a list", 1)
                .replacen("a boolean", "`true` or `false`", 1);
        return format!("found {found}, expected {expected}");
    }
    // the file is JSON, so a string was expected and something else was found
    if message.starts_with("expected value") {
        return message.replacen("expected value", "expected a word in quotes", 1);
    }
    message
        .replacen("unknown variant", "unknown value", 1)
        .replacen("unknown field", "unknown member", 1)
        .replacen("missing field", "missing member", 1)
        .replacen("duplicate field", "duplicate member", 1)
}
