//! Schemas as data (RFC 7643 section 7): which attributes a resource has, and the characteristics of each.

mod builtin;
mod definition;
mod resource_type;
mod resource_types;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use definition::{Definition, DefinitionError, MAX_BYTES, ResourceTypesBuilder};
pub use resource_type::{AttributeRef, Extension, ResourceType, SchemaTarget};
pub use resource_types::ResourceTypes;

/// The schema URI of User (RFC 7643 section 4.1).
pub const USER_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The schema URI of Group (RFC 7643 section 4.2).
pub const GROUP_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The schema URI of the enterprise extension of User (RFC 7643 section 4.3).
pub const ENTERPRISE_USER_URN: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A schema: a URI and the definitions of its attributes.
///
/// Read from and written as the JSON of RFC 7643 section 7; `schemas` and `meta` are added where it is served.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Schema {
    /// The URI that `schemas` of a resource lists.
    pub id: String,
    /// The name for people: `User`.
    pub name: String,
    /// What resources of this schema are.
    #[serde(default)]
    pub description: String,
    /// The attributes, in the order in which they are shown.
    pub attributes: Vec<Arc<Attribute>>,
}

/// One attribute with all its characteristics (RFC 7643 section 2.2; the defaults are those given there).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    expecting = "an object such as `{\"name\": \"level\", \"type\": \"integer\"}`"
)]
pub struct Attribute {
    /// The name, in the spelling in which it is returned.
    pub name: String,
    /// The data type of a value.
    #[serde(rename = "type", default)]
    pub kind: AttributeType,
    /// Whether the attribute holds a list of values.
    #[serde(default)]
    pub multi_valued: bool,
    /// What the attribute means.
    #[serde(default)]
    pub description: String,
    /// Whether a resource must have a value.
    #[serde(default)]
    pub required: bool,
    /// Values that are suggested; others are allowed (RFC 7643 section 7).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canonical_values: Vec<String>,
    /// Whether strings that differ in case are different values.
    #[serde(default)]
    pub case_exact: bool,
    /// Who may write it, and when.
    #[serde(default)]
    pub mutability: Mutability,
    /// When it is part of an answer.
    #[serde(default)]
    pub returned: Returned,
    /// Among which resources a value is unique.
    #[serde(default)]
    pub uniqueness: Uniqueness,
    /// What a reference may point to: names of resource types, `external` or `uri`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reference_types: Vec<String>,
    /// The parts of a complex attribute.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sub_attributes: Vec<Arc<Attribute>>,
}

/// The data types of RFC 7643 section 2.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AttributeType {
    /// Unicode text.
    #[default]
    String,
    /// `true` or `false`.
    Boolean,
    /// A number with a fraction.
    Decimal,
    /// A whole number.
    Integer,
    /// A point in time, as RFC 3339 text.
    DateTime,
    /// Base64 text.
    Binary,
    /// A URI.
    Reference,
    /// An object of sub-attributes.
    Complex,
}

/// Who may write an attribute, and when (RFC 7643 section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mutability {
    /// Only the server.
    ReadOnly,
    /// Anyone at any time.
    #[default]
    ReadWrite,
    /// Anyone, once.
    Immutable,
    /// Anyone at any time; it can never be read.
    WriteOnly,
}

/// When an attribute is part of an answer (RFC 7643 section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Returned {
    /// In every answer, whatever was asked for.
    Always,
    /// In none.
    Never,
    /// Unless it was excluded, or others were asked for.
    #[default]
    Default,
    /// Only if it was asked for.
    Request,
}

/// Among which resources a value is unique (RFC 7643 section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Uniqueness {
    /// It need not be.
    #[default]
    None,
    /// Among all resources of the type on this connection.
    Server,
    /// Everywhere.
    Global,
}

impl Schema {
    /// The attribute of that name, compared without regard to case.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Arc<Attribute>> {
        find(&self.attributes, name)
    }
}

impl Attribute {
    /// A single-valued string of that name, with the defaults of RFC 7643 section 2.2.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind: AttributeType::default(),
            multi_valued: false,
            description: String::new(),
            required: false,
            canonical_values: Vec::new(),
            case_exact: false,
            mutability: Mutability::default(),
            returned: Returned::default(),
            uniqueness: Uniqueness::default(),
            reference_types: Vec::new(),
            sub_attributes: Vec::new(),
        }
    }

    /// The sub-attribute of that name, compared without regard to case.
    #[must_use]
    pub fn sub_attribute(&self, name: &str) -> Option<&Arc<Attribute>> {
        find(&self.sub_attributes, name)
    }

    /// Whether the attribute consists of sub-attributes.
    #[must_use]
    pub fn is_complex(&self) -> bool {
        self.kind == AttributeType::Complex
    }
}

/// The attribute of that name, compared without regard to case.
pub(crate) fn find<'a>(attributes: &'a [Arc<Attribute>], name: &str) -> Option<&'a Arc<Attribute>> {
    attributes
        .iter()
        .find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}
