//! Profiles: what one kind of client needs.

use std::sync::Arc;

use scim_core::filter::Filter;
use scim_core::patch::Patch;
use scim_core::resource::Tolerance;
use scim_core::schema::ResourceType;
use serde_json::{Map, Value};

use crate::quirk::Quirk;
use crate::{entra, okta, standard};

/// How the server treats one kind of client.
///
/// Three are built in: [`standard`](Self::standard), [`okta`](Self::okta) and [`entra`](Self::entra); the [front page](crate)
/// compares them. [`Profile::builder`] and [`Profile::to_builder`] make others. A profile is cheap to clone.
///
/// ```
/// use scim_profiles::profile::{GroupNames, Profile};
///
/// // a client that does what Okta does, and lets two groups have one name
/// let okta = Profile::okta();
/// let jumpcloud = okta
///     .to_builder("jumpcloud")
///     .behavior(okta.behavior().with_group_names(GroupNames::Shared))
///     .build();
/// assert_eq!(jumpcloud.name(), "jumpcloud");
/// assert_eq!(jumpcloud.tolerance(), okta.tolerance());
/// ```
#[derive(Debug, Clone)]
pub struct Profile(Arc<Parts>);

/// Makes a [`Profile`]; see [`Profile::builder`].
#[derive(Debug, Clone)]
#[must_use]
pub struct ProfileBuilder(Parts);

#[derive(Debug, Clone)]
struct Parts {
    name: String,
    quirks: Vec<Arc<dyn Quirk>>,
    tolerance: Tolerance,
    behavior: Behavior,
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

impl Behavior {
    /// What RFC 7644 says, and the behavior of the `standard` profile: resources in full, groups without members without
    /// `members`, unknown members refused, former users in the way, group names shared.
    pub const STANDARD: Self = Self {
        group_patch_answer: PatchAnswer::Resource,
        empty_members: EmptyMembers::Omit,
        unknown_members: UnknownMembers::Refuse,
        former_users: FormerUsers::Conflict,
        group_names: GroupNames::Shared,
    };

    /// The same with another [`group_patch_answer`](Self::group_patch_answer).
    #[must_use]
    pub const fn with_group_patch_answer(mut self, answer: PatchAnswer) -> Self {
        self.group_patch_answer = answer;
        self
    }

    /// The same with other [`empty_members`](Self::empty_members).
    #[must_use]
    pub const fn with_empty_members(mut self, empty: EmptyMembers) -> Self {
        self.empty_members = empty;
        self
    }

    /// The same with other [`unknown_members`](Self::unknown_members).
    #[must_use]
    pub const fn with_unknown_members(mut self, unknown: UnknownMembers) -> Self {
        self.unknown_members = unknown;
        self
    }

    /// The same with other [`former_users`](Self::former_users).
    #[must_use]
    pub const fn with_former_users(mut self, former: FormerUsers) -> Self {
        self.former_users = former;
        self
    }

    /// The same with other [`group_names`](Self::group_names).
    #[must_use]
    pub const fn with_group_names(mut self, names: GroupNames) -> Self {
        self.group_names = names;
        self
    }
}

impl Default for Behavior {
    /// [`Behavior::STANDARD`].
    fn default() -> Self {
        Self::STANDARD
    }
}

impl ProfileBuilder {
    /// Adds a quirk. Quirks are applied in the order in which they were added.
    pub fn quirk(mut self, quirk: impl Quirk) -> Self {
        self.0.quirks.push(Arc::new(quirk));
        self
    }

    /// Sets which departures from the RFCs are accepted.
    pub fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.0.tolerance = tolerance;
        self
    }

    /// Sets how the server behaves.
    pub fn behavior(mut self, behavior: Behavior) -> Self {
        self.0.behavior = behavior;
        self
    }

    /// Returns the profile.
    #[must_use]
    pub fn build(self) -> Profile {
        Profile(Arc::new(self.0))
    }
}

impl Profile {
    /// The built-in profiles: `standard`, `okta` and `entra`.
    ///
    /// ```
    /// use scim_profiles::profile::Profile;
    ///
    /// let names: Vec<String> = Profile::all().map(|profile| profile.name().to_owned()).collect();
    /// assert_eq!(names, ["standard", "okta", "entra"]);
    /// ```
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::standard(), Self::okta(), Self::entra()].into_iter()
    }

    /// Begins a profile of your own, with no quirks, [`Tolerance::STRICT`] and [`Behavior::STANDARD`].
    ///
    /// ```
    /// use scim_core::resource::Tolerance;
    /// use scim_profiles::profile::Profile;
    /// use scim_profiles::quirks::string_booleans::StringBooleans;
    ///
    /// let lenient = Profile::builder("lenient")
    ///     .quirk(StringBooleans)
    ///     .tolerance(Tolerance::LENIENT)
    ///     .build();
    /// assert!(lenient.has_quirks());
    /// ```
    pub fn builder(name: impl Into<String>) -> ProfileBuilder {
        ProfileBuilder(Parts {
            name: name.into(),
            quirks: Vec::new(),
            tolerance: Tolerance::STRICT,
            behavior: Behavior::STANDARD,
        })
    }

    /// Begins a profile with the quirks, tolerance and behavior of this one, under another name.
    pub fn to_builder(&self, name: impl Into<String>) -> ProfileBuilder {
        ProfileBuilder(Parts {
            name: name.into(),
            ..Parts::clone(&self.0)
        })
    }

    /// The profile `standard`: for clients that keep to RFC 7643 and 7644.
    #[must_use]
    pub fn standard() -> Self {
        standard::PROFILE.clone()
    }

    /// The profile `okta`: for Okta's catalog apps (PATCH) and apps of the App Integration Wizard (PUT).
    #[must_use]
    pub fn okta() -> Self {
        okta::PROFILE.clone()
    }

    /// The profile `entra`: for Microsoft Entra ID's provisioning service, with and without `aadOptscim062020`.
    #[must_use]
    pub fn entra() -> Self {
        entra::PROFILE.clone()
    }

    /// The built-in profile with this name, in lower case: `standard`, `okta` or `entra`.
    ///
    /// ```
    /// use scim_profiles::profile::Profile;
    ///
    /// assert!(Profile::by_name("okta").is_some());
    /// assert!(Profile::by_name("Okta").is_none());
    /// ```
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::all().find(|profile| profile.name() == name)
    }

    /// The name, as in a configuration.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Which departures from the RFCs are accepted.
    pub fn tolerance(&self) -> &Tolerance {
        &self.0.tolerance
    }

    /// How the server behaves towards the client.
    pub fn behavior(&self) -> Behavior {
        self.0.behavior
    }

    /// Rewrites the body of a POST or PUT into standard SCIM.
    pub fn rewrite_body(&self, resource_type: &ResourceType, body: &mut Map<String, Value>) {
        for quirk in &self.0.quirks {
            quirk.rewrite_body(resource_type, body);
        }
    }

    /// Whether there is anything to rewrite.
    pub fn has_quirks(&self) -> bool {
        !self.0.quirks.is_empty()
    }

    /// Rewrites the operations of a PATCH into standard SCIM.
    pub fn rewrite_patch(&self, resource_type: &ResourceType, patch: &mut Patch) {
        for quirk in &self.0.quirks {
            for operation in &mut patch.operations {
                quirk.rewrite_operation(resource_type, operation);
            }
        }
    }

    /// Rewrites a filter into standard SCIM.
    pub fn rewrite_filter(&self, resource_type: &ResourceType, filter: &mut Filter) {
        for quirk in &self.0.quirks {
            quirk.rewrite_filter(resource_type, filter);
        }
    }
}
