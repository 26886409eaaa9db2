//! Resource types (RFC 7643 section 6), and how a path is resolved against one.

use std::fmt;
use std::sync::Arc;

use super::{Attribute, AttributeType, Returned, Schema, builtin};
use crate::path::{AttributePath, PatchPath};

/// A kind of resource: its endpoint, its schema, the extensions it may carry.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceType {
    /// The name, `User`; it is also the id of the resource type and the `meta.resourceType` of its resources.
    pub name: String,
    /// What resources of this type are.
    pub description: String,
    /// The path below the base URL: `/Users`.
    pub endpoint: String,
    /// The schema that every resource of this type has.
    pub schema: Arc<Schema>,
    /// The schemas that a resource may have besides.
    pub extensions: Vec<Extension>,
}

/// A schema that extends a [`ResourceType`].
#[derive(Debug, Clone, PartialEq)]
pub struct Extension {
    /// The schema; its URI is the name of the object that holds its attributes.
    pub schema: Arc<Schema>,
    /// Whether every resource must have it.
    pub required: bool,
}

/// An attribute of a resource type: what a path turns out to name.
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeRef {
    /// The extension that defines it; `None` for the type's own schema and the common attributes.
    pub extension: Option<Arc<Schema>>,
    /// The attribute.
    pub attribute: Arc<Attribute>,
    /// The sub-attribute, if the path names one.
    pub sub: Option<Arc<Attribute>>,
}

/// What the first step of a PATCH path, or a key of a body, turns out to name.
#[derive(Debug, Clone, PartialEq)]
pub enum SchemaTarget {
    /// The object of an extension: its URI was the whole path.
    Extension(Arc<Schema>),
    /// The resource itself: the URI of the type's own schema was the whole path.
    Resource,
    /// An attribute, perhaps of an extension.
    Attribute(AttributeRef),
}

impl ResourceType {
    /// User with the enterprise extension (RFC 7643 sections 4.1 and 4.3), at `/Users`.
    #[must_use]
    pub fn user() -> Self {
        builtin::user()
    }

    /// Group (RFC 7643 section 4.2), at `/Groups`.
    #[must_use]
    pub fn group() -> Self {
        builtin::group()
    }

    /// The attributes that every resource has: `schemas`, `id`, `externalId`, `meta` (RFC 7643 section 3.1).
    #[must_use]
    pub fn common_attributes() -> &'static [Arc<Attribute>] {
        builtin::common_attributes()
    }

    /// Its own schema, then those of its extensions.
    pub fn schemas(&self) -> impl Iterator<Item = &Arc<Schema>> {
        let extensions = self.extensions.iter().map(|extension| &extension.schema);
        std::iter::once(&self.schema).chain(extensions)
    }

    /// Whether a document of this type may hold values that an answer without projection does not: what is returned
    /// `never` or on `request` (RFC 7643 section 7). The own attributes of User and Group are not among them, as `password`
    /// is not kept and members are not part of the document.
    #[must_use]
    pub fn hides_values(&self) -> bool {
        let is_built_in = matches!(self.schema.id.as_str(), super::USER_URN | super::GROUP_URN);
        let hidden =
            |attribute: &Arc<Attribute>| matches!(attribute.returned, Returned::Never | Returned::Request);
        self.schemas()
            .skip(usize::from(is_built_in))
            .flat_map(|schema| &schema.attributes)
            .any(|attribute| hidden(attribute) || attribute.sub_attributes.iter().any(hidden))
    }

    /// The extension with that URI, compared without regard to case.
    #[must_use]
    pub fn extension(&self, urn: &str) -> Option<&Extension> {
        self.extensions
            .iter()
            .find(|extension| extension.schema.id.eq_ignore_ascii_case(urn))
    }

    /// The attribute of that name among the common ones and those of the type's own schema.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Arc<Attribute>> {
        Self::common_attributes()
            .iter()
            .find(|attribute| attribute.name.eq_ignore_ascii_case(name))
            .or_else(|| self.schema.attribute(name))
    }

    /// The attribute that a path names, or `None` if this type has no such attribute.
    #[must_use]
    pub fn resolve(&self, path: &AttributePath) -> Option<AttributeRef> {
        let (extension, attribute) = self.find(path.urn.as_deref(), &path.name)?;
        let sub = match &path.sub {
            Some(name) => Some(attribute.sub_attribute(name)?.clone()),
            None => None,
        };
        Some(AttributeRef {
            extension,
            attribute,
            sub,
        })
    }

    /// What a PATCH path names, its filters left aside; `None` if this type has nothing of that name.
    ///
    /// A path that is the URI of a schema names the object of that extension, or the resource itself.
    #[must_use]
    pub fn resolve_patch(&self, path: &PatchPath) -> Option<SchemaTarget> {
        let (first, rest) = path.steps.split_first()?;
        if let (Some(urn), [], None) = (&path.urn, rest, &first.filter)
            && let Some(target) = self.schema_named(&format!("{urn}:{}", first.name))
        {
            return Some(target);
        }
        let (extension, attribute) = self.find(path.urn.as_deref(), &first.name)?;
        let sub = match rest {
            [] => None,
            [step] => Some(attribute.sub_attribute(&step.name)?.clone()),
            _ => return None,
        };
        Some(SchemaTarget::Attribute(AttributeRef {
            extension,
            attribute,
            sub,
        }))
    }

    /// What a URI names as a whole: an extension, or the resource.
    #[must_use]
    pub fn schema_named(&self, urn: &str) -> Option<SchemaTarget> {
        if self.schema.id.eq_ignore_ascii_case(urn) {
            return Some(SchemaTarget::Resource);
        }
        self.extension(urn)
            .map(|extension| SchemaTarget::Extension(extension.schema.clone()))
    }

    fn find(&self, urn: Option<&str>, name: &str) -> Option<(Option<Arc<Schema>>, Arc<Attribute>)> {
        match urn {
            None => Some((None, self.attribute(name)?.clone())),
            Some(urn) if self.schema.id.eq_ignore_ascii_case(urn) => {
                Some((None, self.attribute(name)?.clone()))
            }
            Some(urn) => {
                let schema = &self.extension(urn)?.schema;
                Some((Some(schema.clone()), schema.attribute(name)?.clone()))
            }
        }
    }
}

impl AttributeRef {
    /// The definition that decides about a value: that of the sub-attribute, or else of the attribute.
    #[must_use]
    pub fn leaf(&self) -> &Attribute {
        self.sub.as_deref().unwrap_or(&self.attribute)
    }

    /// Whether it says of one of several values that it is the primary one. A value that does not have it is not (RFC 7643
    /// section 2.4).
    #[must_use]
    pub fn is_primary(&self) -> bool {
        let sub = self.sub.as_deref();
        self.attribute.multi_valued
            && sub.is_some_and(|sub| sub.name == "primary" && sub.kind == AttributeType::Boolean)
    }

    /// The same attribute, narrowed to a sub-attribute.
    #[must_use]
    pub fn with_sub(&self, sub: Arc<Attribute>) -> Self {
        Self {
            sub: Some(sub),
            ..self.clone()
        }
    }

    /// The name of the attribute, if it is one of the type's own or a common one, without sub-attribute.
    #[must_use]
    pub fn core_name(&self) -> Option<&str> {
        match self.extension {
            None => Some(&self.attribute.name),
            Some(_) => None,
        }
    }

    /// Whether this is the core attribute `name`, with sub-attribute `sub`.
    #[must_use]
    pub fn is(&self, name: &str, sub: Option<&str>) -> bool {
        self.core_name() == Some(name) && self.sub.as_ref().map(|sub| sub.name.as_str()) == sub
    }
}

/// The canonical path: `name.familyName`, `urn:…:enterprise:2.0:User:manager.value`.
impl fmt::Display for AttributeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.extension {
            write!(f, "{}:", schema.id)?;
        }
        f.write_str(&self.attribute.name)?;
        match &self.sub {
            Some(sub) => write!(f, ".{}", sub.name),
            None => Ok(()),
        }
    }
}
