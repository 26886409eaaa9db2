//! Attribute paths, with which a filter, `sortBy`, `attributes` and a PATCH operation name an attribute.
//!
//! There are two forms: an [`AttributePath`] (`name.familyName`, RFC 7644 `attrPath`) and a [`PatchPath`]
//! (`emails[type eq "work"].value`, RFC 7644 `PATH`). Both are syntax only;
//! [`ResourceType::resolve`](crate::schema::ResourceType::resolve) finds the attribute in a schema.

mod parse;

use std::fmt;

use crate::filter::Filter;

pub(crate) use parse::{attribute_name, attribute_path};

/// The path of an attribute: an optional schema URN, a name, an optional sub-attribute (RFC 7644 figure 1, `attrPath`).
///
/// Names keep the spelling in which they were sent, and are compared without regard to case when the path is resolved.
///
/// A path that is built by hand is not checked. One with a name that is not an `ATTRNAME` names no attribute of any schema, and
/// prints as text that is parsed as another path or not at all.
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
#[doc(alias = "attrPath")]
pub struct AttributePath {
    /// The schema URN before the name, such as `urn:ietf:params:scim:schemas:core:2.0:User`.
    pub urn: Option<String>,
    /// The attribute, such as `name`.
    pub name: String,
    /// The sub-attribute, such as `familyName`.
    pub sub: Option<String>,
}

/// The path of a PATCH operation (RFC 7644 section 3.5.2, `PATH`).
///
/// The grammar is slightly wider than the RFC's: any number of steps, each with an optional filter. A schema has at most two
/// levels, so a deeper path is rejected when it is resolved.
///
/// ```
/// use scim_core::path::PatchPath;
///
/// let path: PatchPath = r#"emails[type eq "work"].value"#.parse()?;
/// assert_eq!(path.steps[0].name, "emails");
/// assert_eq!(path.steps[0].filter, Some(r#"type eq "work""#.parse()?));
/// assert_eq!(path.steps[1].name, "value");
/// # Ok::<(), scim_core::filter::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[doc(alias = "PATH")]
pub struct PatchPath {
    /// The schema URN before the first step.
    pub urn: Option<String>,
    /// The attribute, then its sub-attribute; never empty in a parsed path. A path without steps names nothing: it resolves to
    /// `None`, and PATCH treats it as an unknown attribute (400 `invalidPath`, unless tolerated).
    pub steps: Vec<PathStep>,
}

/// One step of a [`PatchPath`]: a name and an optional filter that selects values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PathStep {
    /// The name of the attribute.
    pub name: String,
    /// The filter in brackets (`valFilter`); `None` selects all values.
    pub filter: Option<Filter>,
}

impl AttributePath {
    /// Creates a path of one name, which is not checked.
    #[must_use]
    pub fn of(name: impl Into<String>) -> Self {
        Self {
            urn: None,
            name: name.into(),
            sub: None,
        }
    }
}

impl fmt::Display for AttributePath {
    /// Writes the path as it is sent.
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
    /// Writes the path as it is sent, its filters in canonical form.
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
