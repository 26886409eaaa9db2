//! Profiles: what one kind of client needs.

use scim_core::filter::Filter;
use scim_core::patch::Patch;
use scim_core::resource::Tolerance;
use scim_core::schema::ResourceType;
use serde_json::{Map, Value};

use crate::quirk::Quirk;
use crate::{entra, okta, standard};

/// What one kind of client needs. Three are ready to use, and looked up by name; others are [made](Self::new):
///
/// ```
/// use scim_profiles::profile::Profile;
///
/// let names: Vec<&str> = Profile::all().iter().map(|profile| profile.name()).collect();
/// assert_eq!(names, ["standard", "okta", "entra"]);
/// assert!(Profile::named("Okta").is_none());
/// ```
#[derive(Debug)]
pub struct Profile {
    pub(crate) name: &'static str,
    pub(crate) quirks: &'static [&'static dyn Quirk],
    pub(crate) tolerance: Tolerance,
    pub(crate) behavior: Behavior,
}

/// How the server behaves where clients need different answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Behavior {
    /// What a PATCH of a group is answered with.
    pub group_patch_answer: PatchAnswer,
    /// How a group without members is shown.
    pub empty_members: EmptyMembers,
    /// What becomes of members that are no users of the connection.
    pub unknown_members: UnknownMembers,
    /// What POST of a user who is inactive or was deleted does.
    pub former_users: FormerUsers,
    /// Whether two groups may have the same `displayName`.
    pub group_names: GroupNames,
}

/// What a PATCH is answered with (RFC 7644 section 3.5.2). With `attributes` in the query it is always the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatchAnswer {
    /// 200 and the resource.
    Resource,
    /// 204 and nothing: what a client wants that changes a group with 10,000 members.
    NoContent,
}

/// How a group without members is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmptyMembers {
    /// Without `members`.
    Omit,
    /// With `"members": []`.
    Show,
}

/// What becomes of members that are no users of the connection, groups among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownMembers {
    /// 400 `invalidValue` naming them, and nothing changes.
    Refuse,
    /// They are skipped and logged; the others become members.
    Skip,
}

/// What POST of a user who is inactive or was deleted does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormerUsers {
    /// An inactive user is in the way (409 `uniqueness`); a deleted one is not, the new user gets a new id
    /// (RFC 7644 section 3.6).
    Conflict,
    /// The user comes back under the same id (201).
    Reactivate,
}

/// Whether two groups of a connection may have the same `displayName`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupNames {
    /// They may.
    Shared,
    /// They may not (409 `uniqueness`), whatever the case of its letters.
    Unique,
}

impl Profile {
    /// The profiles that are ready to use.
    pub fn all() -> &'static [&'static Self] {
        static ALL: [&Profile; 3] = [&standard::PROFILE, &okta::PROFILE, &entra::PROFILE];
        &ALL
    }

    /// One of your own. Start from the tolerance and the behaviour of another.
    ///
    /// ```
    /// use std::sync::LazyLock;
    ///
    /// use scim_profiles::profile::{GroupNames, Profile};
    /// use scim_profiles::quirks::string_booleans::StringBooleans;
    ///
    /// static JUMPCLOUD: LazyLock<Profile> = LazyLock::new(|| {
    ///     let mut behavior = Profile::standard().behavior();
    ///     behavior.group_names = GroupNames::Unique;
    ///     Profile::new("jumpcloud", &[&StringBooleans], *Profile::okta().tolerance(), behavior)
    /// });
    /// assert_eq!(JUMPCLOUD.name(), "jumpcloud");
    /// ```
    pub const fn new(
        name: &'static str,
        quirks: &'static [&'static dyn Quirk],
        tolerance: Tolerance,
        behavior: Behavior,
    ) -> Self {
        Self {
            name,
            quirks,
            tolerance,
            behavior,
        }
    }

    /// For any client that keeps to RFC 7643 and 7644.
    pub fn standard() -> &'static Self {
        &standard::PROFILE
    }

    /// For Okta.
    pub fn okta() -> &'static Self {
        &okta::PROFILE
    }

    /// For Microsoft Entra ID.
    pub fn entra() -> &'static Self {
        &entra::PROFILE
    }

    /// The profile of that name: `standard`, `okta` or `entra`.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().iter().copied().find(|profile| profile.name == name)
    }

    /// The name in a configuration.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Which departures from the RFCs are accepted.
    pub fn tolerance(&self) -> &Tolerance {
        &self.tolerance
    }

    /// How the server behaves towards the client.
    pub fn behavior(&self) -> Behavior {
        self.behavior
    }

    /// Rewrites the body of a POST or PUT into standard SCIM.
    pub fn rewrite_body(&self, resource_type: &ResourceType, body: &mut Map<String, Value>) {
        for quirk in self.quirks {
            quirk.body(resource_type, body);
        }
    }

    /// Whether there is anything to rewrite.
    pub fn has_quirks(&self) -> bool {
        !self.quirks.is_empty()
    }

    /// Rewrites the operations of a PATCH into standard SCIM.
    pub fn rewrite_patch(&self, resource_type: &ResourceType, patch: &mut Patch) {
        for quirk in self.quirks {
            for operation in &mut patch.operations {
                quirk.operation(resource_type, operation);
            }
        }
    }

    /// Rewrites a filter into standard SCIM.
    pub fn rewrite_filter(&self, resource_type: &ResourceType, filter: &mut Filter) {
        for quirk in self.quirks {
            quirk.filter(resource_type, filter);
        }
    }
}
