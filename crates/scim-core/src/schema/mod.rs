//! Schemas as data (RFC 7643 section 7): the attributes of a resource and the characteristics of each.
//!
//! [`ResourceType::user`] and [`ResourceType::group`] are built in. [`ResourceTypes::builder`] reads extensions and more
//! resource types from JSON documents, and [`ResourceType::resolve`] finds the attribute that a path names.

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
/// It is serialized to, and deserialized from, the JSON of RFC 7643 section 7 without `schemas` and `meta`, which
/// [`to_json`](Self::to_json) adds.
///
/// A schema that is built by hand or deserialized is not checked; [`ResourceTypes::builder`] checks what it reads. Names are
/// looked up without regard to case, so of two attributes with the same name only the first is ever found.
///
/// ```
/// use scim_core::schema::{AttributeType, ResourceType};
///
/// let schema = ResourceType::user().schema;
/// let emails = schema.attribute("EMAILS").ok_or("no such attribute")?;
/// assert!(emails.multi_valued && emails.kind == AttributeType::Complex);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Schema {
    /// The URI of the schema, which `schemas` of a resource lists.
    pub id: String,
    /// The name for people, such as `User`.
    pub name: String,
    /// The description for people.
    #[serde(default)]
    pub description: String,
    /// The attributes, in the order in which a Schema document lists them.
    pub attributes: Vec<Arc<Attribute>>,
}

/// An attribute or sub-attribute with all its characteristics (RFC 7643 section 2.2, which also gives the defaults).
///
/// An attribute that is built by hand or deserialized is not checked; [`ResourceTypes::builder`] checks what it reads. Only an
/// attribute of type [`Complex`](AttributeType::Complex) has sub-attributes, and no sub-attribute is complex itself: no path
/// names what is deeper.
///
/// ```
/// use scim_core::schema::{Attribute, AttributeType};
///
/// let level = Attribute { kind: AttributeType::Integer, ..Attribute::named("level") };
/// let read: Attribute = serde_json::from_str(r#"{ "name": "level", "type": "integer" }"#)?;
/// assert_eq!(level, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    expecting = "an object such as `{\"name\": \"level\", \"type\": \"integer\"}`"
)]
pub struct Attribute {
    /// The name, in the spelling in which it is returned.
    pub name: String,
    /// The data type of a value: `type`.
    #[doc(alias = "type")]
    #[serde(rename = "type", default)]
    pub kind: AttributeType,
    /// Whether the attribute holds a list of values.
    #[serde(default)]
    pub multi_valued: bool,
    /// What the attribute means.
    #[serde(default)]
    pub description: String,
    /// Whether a value is required.
    #[serde(default)]
    pub required: bool,
    /// Suggested values; others are allowed (RFC 7643 section 7).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canonical_values: Vec<String>,
    /// Whether strings that differ in case are different values.
    #[serde(default)]
    pub case_exact: bool,
    /// Who may write the attribute, and when.
    #[serde(default)]
    pub mutability: Mutability,
    /// When the attribute is part of a response.
    #[serde(default)]
    pub returned: Returned,
    /// The resources among which a value is unique.
    #[serde(default)]
    pub uniqueness: Uniqueness,
    /// The targets of a reference: names of resource types, `external` or `uri`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reference_types: Vec<String>,
    /// The sub-attributes of a complex attribute; empty for all others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sub_attributes: Vec<Arc<Attribute>>,
}

/// The data type of an attribute (RFC 7643 section 2.3).
///
/// Exhaustive on purpose: code that handles values has to handle every type. A new variant is a new major version.
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

/// The mutability of an attribute: who may write it, and when (RFC 7643 section 7).
///
/// Exhaustive on purpose: code that writes attributes has to handle every case. A new variant is a new major version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mutability {
    /// Only the server writes it.
    ReadOnly,
    /// Clients write it at any time.
    #[default]
    ReadWrite,
    /// Clients write it once.
    Immutable,
    /// Clients write it at any time, and never read it.
    WriteOnly,
}

/// When an attribute is part of a response (RFC 7643 section 7).
///
/// Exhaustive on purpose: code that renders attributes has to handle every case. A new variant is a new major version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Returned {
    /// In every response, whatever the client requested.
    Always,
    /// In no response.
    Never,
    /// Unless the client excluded it, or requested other attributes.
    #[default]
    Default,
    /// Only if the client requested it.
    Request,
}

/// The resources among which a value of an attribute is unique (RFC 7643 section 7).
///
/// Exhaustive on purpose: a store has to enforce every case. A new variant is a new major version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Uniqueness {
    /// Values need not be unique.
    #[default]
    None,
    /// Unique among all resources of the type on this connection.
    Server,
    /// Unique everywhere. No [`Definition`] may ask for this.
    Global,
}

impl Schema {
    /// Returns the attribute `name`, compared without regard to case.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Arc<Attribute>> {
        find(&self.attributes, name)
    }
}

impl Attribute {
    /// Creates a single-valued string attribute with the defaults of RFC 7643 section 2.2.
    #[must_use]
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

    /// Returns the sub-attribute `name`, compared without regard to case.
    #[must_use]
    pub fn sub_attribute(&self, name: &str) -> Option<&Arc<Attribute>> {
        find(&self.sub_attributes, name)
    }

    /// Returns whether the attribute is of type [`Complex`](AttributeType::Complex).
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
