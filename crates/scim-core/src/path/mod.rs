//! Attribute paths: how a filter, `sortBy`, `attributes` and a PATCH operation name an attribute.
//!
//! Two forms: an [`AttributePath`] (`name.familyName`, RFC 7644 `attrPath`) and a [`PatchPath`]
//! (`emails[type eq "work"].value`, RFC 7644 `PATH`). Both are syntax only: whether a schema has such an
//! attribute is decided by [`ResourceType::resolve`](crate::schema::ResourceType::resolve).

mod parse;

use std::fmt;

use crate::filter::Filter;

pub(crate) use parse::{attribute_name, attribute_path};

/// The name of an attribute: an optional schema URN, a name, an optional sub-attribute
/// (RFC 7644 figure 1, `attrPath`).
///
/// Names keep the spelling they were sent in; they are compared without regard to case.
///
/// ```
/// use scim_core::path::AttributePath;
/// use scim_core::schema::ResourceType;
///
/// let path: AttributePath = "NAME.familyname".parse()?;
/// assert_eq!(path.to_string(), "NAME.familyname");
///
/// let user = ResourceType::user();
/// let attribute = user.resolve(&path).ok_or("no such attribute")?;
/// assert_eq!(attribute.to_string(), "name.familyName");
/// assert!(user.resolve(&AttributePath::of("shoeSize")).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AttributePath {
    /// The schema URN before the name, if there was one: `urn:ietf:params:scim:schemas:core:2.0:User`.
    pub urn: Option<String>,
    /// The attribute: `name`.
    pub name: String,
    /// Its sub-attribute: `familyName`.
    pub sub: Option<String>,
}

/// The target of a PATCH operation (RFC 7644 section 3.5.2, `PATH`).
///
/// The grammar here is a little wider than the RFC's: any number of steps, each with an optional filter.
/// A schema has at most two levels, so what is deeper is refused when it is resolved.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PatchPath {
    /// The schema URN before the first step, if there was one.
    pub urn: Option<String>,
    /// The attribute, then its sub-attribute; never empty.
    pub steps: Vec<PathStep>,
}

/// One step of a [`PatchPath`]: a name, and which of its values are meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PathStep {
    /// The name of the attribute.
    pub name: String,
    /// The value filter in brackets; without one, all values.
    pub filter: Option<Filter>,
}

impl AttributePath {
    /// A path of one name.
    pub fn of(name: impl Into<String>) -> Self {
        Self {
            urn: None,
            name: name.into(),
            sub: None,
        }
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(urn) = &self.urn {
            write!(f, "{urn}:")?;
        }
        f.write_str(&self.name)?;
        match &self.sub {
            Some(sub) => write!(f, ".{sub}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for PatchPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(urn) = &self.urn {
            write!(f, "{urn}:")?;
        }
        for (index, step) in self.steps.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            f.write_str(&step.name)?;
            if let Some(filter) = &step.filter {
                write!(f, "[{filter}]")?;
            }
        }
        Ok(())
    }
}
