//! The place of a value, as messages name it: `name.givenName`, `urn:ietf:params:scim:…:User:manager.value`.

use std::fmt;

/// A name and what it is part of. It is written only in errors, so it costs nothing otherwise.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    within: Option<(&'a Place<'a>, char)>,
    name: &'a str,
}

impl<'a> Place<'a> {
    /// A place by itself, or one already written out.
    pub(crate) fn of(name: &'a str) -> Self {
        Self { within: None, name }
    }

    /// An attribute of the schema whose URI is this place.
    pub(super) fn colon(&'a self, name: &'a str) -> Self {
        Self {
            within: Some((self, ':')),
            name,
        }
    }

    /// A sub-attribute of the attribute at this place.
    pub(super) fn dot(&'a self, name: &'a str) -> Self {
        Self {
            within: Some((self, '.')),
            name,
        }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((outer, separator)) = self.within {
            write!(f, "{outer}{separator}")?;
        }
        f.write_str(self.name)
    }
}
