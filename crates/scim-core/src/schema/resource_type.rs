//! Resource types (RFC 7643 section 6), and the resolution of paths.

use std::fmt;
use std::sync::Arc;

use super::{Attribute, AttributeType, Returned, Schema, builtin};
use crate::path::{AttributePath, PatchPath};

/// A resource type: an endpoint, a schema, and the extensions that its resources may have.
///
/// A type that is built or changed by hand is not checked; [`ResourceTypes::builder`](super::ResourceTypes::builder) checks what
/// it reads. Names and URIs are looked up without regard to case, so of two that are the same only the first is ever found.
///
/// ```
/// use scim_core::path::AttributePath;
/// use scim_core::schema::{ENTERPRISE_USER_URN, ResourceType};
///
/// let user = ResourceType::user();
/// let path: AttributePath = format!("{ENTERPRISE_USER_URN}:manager.value").parse()?;
/// let manager = user.resolve(&path).ok_or("no such attribute")?;
/// assert_eq!(manager.leaf().name, "value");
/// assert_eq!(manager.extension, Some(user.extensions[0].schema.clone()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceType {
    /// The name, such as `User`: also the id of the resource type, and the `meta.resourceType` of its resources.
    pub name: String,
    /// The description for people.
    pub description: String,
    /// The path below the base URL, such as `/Users`.
    pub endpoint: String,
    /// The schema that every resource of this type has.
    pub schema: Arc<Schema>,
    /// The extensions that a resource of this type has or may have.
    pub extensions: Vec<Extension>,
}

/// A schema that extends a [`ResourceType`]: `schemaExtensions` in RFC 7643 section 6.
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "schemaExtensions")]
pub struct Extension {
    /// The schema. Its URI is the name of the object that holds its attributes.
    pub schema: Arc<Schema>,
    /// Whether every resource of the type must have the extension.
    pub required: bool,
}

/// An attribute or sub-attribute of a resource type, as [`ResourceType::resolve`] returns it.
///
/// It prints as its canonical path.
///
/// ```
/// use scim_core::path::AttributePath;
/// use scim_core::schema::ResourceType;
///
/// let path: AttributePath = "EMAILS.primary".parse()?;
/// let primary = ResourceType::user().resolve(&path).ok_or("no such attribute")?;
/// assert_eq!(primary.to_string(), "emails.primary");
/// assert!(primary.is_primary() && primary.is("emails", Some("primary")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeRef {
    /// The extension that defines the attribute; `None` for the type's own schema and the common attributes.
    pub extension: Option<Arc<Schema>>,
    /// The attribute.
    pub attribute: Arc<Attribute>,
    /// The sub-attribute, if the path names one.
    pub sub: Option<Arc<Attribute>>,
}

/// The target of a PATCH path or of a member of a body, as [`ResourceType::resolve_patch`] returns it.
///
/// Exhaustive on purpose: code that writes a resource has to handle every target. A new variant is a new major version.
#[derive(Debug, Clone, PartialEq)]
pub enum SchemaTarget {
    /// The object of an extension: the path is the URI of the extension.
    Extension(Arc<Schema>),
    /// The resource itself: the path is the URI of the type's own schema.
    Resource,
    /// An attribute or sub-attribute, of the type itself or of an extension.
    Attribute(AttributeRef),
}

impl ResourceType {
    /// Returns the type User with the enterprise extension (RFC 7643 sections 4.1 and 4.3), at `/Users`.
    #[must_use]
    pub fn user() -> Self {
        builtin::user()
    }

    /// Returns the type Group (RFC 7643 section 4.2), at `/Groups`.
    #[must_use]
    pub fn group() -> Self {
        builtin::group()
    }

    /// Returns the attributes that every resource has: `schemas`, `id`, `externalId`, `meta` (RFC 7643 section 3.1).
    #[must_use]
    pub fn common_attributes() -> &'static [Arc<Attribute>] {
        builtin::common_attributes()
    }

    /// Iterates over the type's own schema, then those of its extensions.
    pub fn schemas(&self) -> impl Iterator<Item = &Arc<Schema>> {
        let extensions = self.extensions.iter().map(|extension| &extension.schema);
        std::iter::once(&self.schema).chain(extensions)
    }

    /// Returns whether a document of this type may hold values that are returned `never` or on `request` (RFC 7643 section 7),
    /// which a response without a projection omits. The own attributes of User and Group do not count, because `password`
    /// is not stored and members are not part of the document.
    #[doc(hidden)]
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

    /// Returns the extension with the URI `urn`, compared without regard to case.
    #[must_use]
    pub fn extension(&self, urn: &str) -> Option<&Extension> {
        self.extensions
            .iter()
            .find(|extension| extension.schema.id.eq_ignore_ascii_case(urn))
    }

    /// Returns the attribute `name` among the common ones and those of the type's own schema, compared without regard to case.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Arc<Attribute>> {
        Self::common_attributes()
            .iter()
            .find(|attribute| attribute.name.eq_ignore_ascii_case(name))
            .or_else(|| self.schema.attribute(name))
    }

    /// Returns the attribute that a path names, or `None` if this type has no such attribute.
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

    /// Returns what a PATCH path names, its filters ignored, or `None` if this type has nothing of that name.
    ///
    /// A path that is the URI of a schema names the object of that extension, or the resource itself.
    ///
    /// ```
    /// use scim_core::path::PatchPath;
    /// use scim_core::schema::{ResourceType, SchemaTarget, USER_URN};
    ///
    /// let user = ResourceType::user();
    /// let path: PatchPath = USER_URN.parse()?;
    /// assert_eq!(user.resolve_patch(&path), Some(SchemaTarget::Resource));
    /// let path: PatchPath = r#"emails[type eq "work"].value"#.parse()?;
    /// assert!(matches!(user.resolve_patch(&path), Some(SchemaTarget::Attribute(email)) if email.to_string() == "emails.value"));
    /// # Ok::<(), scim_core::filter::ParseError>(())
    /// ```
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

    /// Returns what the URI of a schema names: an extension, or the resource itself.
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
    /// Returns the definition that applies to a value: that of the sub-attribute, or else of the attribute.
    #[must_use]
    pub fn leaf(&self) -> &Attribute {
        self.sub.as_deref().unwrap_or(&self.attribute)
    }

    /// Returns whether this is the `primary` of a multi-valued attribute. A value without `primary` is not the primary one
    /// (RFC 7643 section 2.4).
    #[must_use]
    pub fn is_primary(&self) -> bool {
        let sub = self.sub.as_deref();
        self.attribute.multi_valued
            && sub.is_some_and(|sub| sub.name == "primary" && sub.kind == AttributeType::Boolean)
    }

    /// Returns the attribute narrowed to the sub-attribute `sub`.
    #[must_use]
    pub fn with_sub(&self, sub: Arc<Attribute>) -> Self {
        Self {
            sub: Some(sub),
            ..self.clone()
        }
    }

    /// Returns the name of the attribute, without its sub-attribute; `None` if an extension defines it.
    #[must_use]
    pub fn core_name(&self) -> Option<&str> {
        match self.extension {
            None => Some(&self.attribute.name),
            Some(_) => None,
        }
    }

    /// Returns whether this is the attribute `name` of the type itself, with exactly the sub-attribute `sub`.
    ///
    /// Names are compared exactly, in the spelling of the schema.
    #[must_use]
    pub fn is(&self, name: &str, sub: Option<&str>) -> bool {
        self.core_name() == Some(name) && self.sub.as_ref().map(|sub| sub.name.as_str()) == sub
    }
}

impl fmt::Display for AttributeRef {
    /// Writes the canonical path: `name.familyName`, `urn:…:enterprise:2.0:User:manager.value`.
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
