//! The kind of a resource.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// The kind of a resource: user, group, or another resource type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// A user (RFC 7643 section 4.1).
    User,
    /// A group (RFC 7643 section 4.2).
    Group,
    /// A resource of a custom type (RFC 7643 section 6).
    Other(ResourceTypeId),
}

/// The `name` of a resource type other than User and Group, interned: cheap to copy and compare.
///
/// ```
/// use scim_service::store::ResourceTypeId;
///
/// assert_eq!(ResourceTypeId::of("Device"), ResourceTypeId::of("Device"));
/// assert_eq!(ResourceTypeId::of("Device").as_str(), "Device");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceTypeId(&'static str);

/// All interned names. They are few, and live as long as the process.
static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

impl ResourceTypeId {
    /// Returns the id of the type with this name. Names are never freed: pass configured names only, never client input.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = names.get(name) {
            return Self(known);
        }
        let kept: &'static str = Box::leak(name.into());
        names.insert(kept);
        Self(kept)
    }

    /// The name of the resource type.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl Kind {
    /// The name of the resource type, which is the `meta.resourceType` of its resources.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::Other(id) => id.as_str(),
        }
    }
}

impl fmt::Display for ResourceTypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for ResourceTypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResourceTypeId({:?})", self.0)
    }
}
