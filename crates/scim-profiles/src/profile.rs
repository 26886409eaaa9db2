//! Profiles of clients: [`Profile`] and its [`Behavior`].

use std::sync::Arc;

use scim_core::filter::Filter;
use scim_core::patch::Patch;
use scim_core::resource::Tolerance;
use scim_core::schema::ResourceType;
use serde_json::{Map, Value};

use crate::quirk::Quirk;
use crate::{entra, okta, standard};

/// The treatment of one kind of client: quirks, tolerance and behavior.
///
/// Three profiles are built in: [`standard`](Self::standard), [`okta`](Self::okta) and [`entra`](Self::entra); the
/// [front page](crate#comparison) compares them. [`Profile::builder`] and [`Profile::to_builder`] make others. A profile is
/// cheap to clone.
///
/// ```
/// use scim_profiles::profile::{GroupNames, Profile};
///
/// // a client like Okta, whose groups may share a name
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

/// A builder of a [`Profile`]; see [`Profile::builder`].
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

/// The behavior of the server where clients need different responses.
///
/// ```
/// use scim_profiles::profile::{Behavior, PatchAnswer};
///
/// let brief = Behavior::STANDARD.with_group_patch_answer(PatchAnswer::NoContent);
/// assert_eq!(brief.group_names, Behavior::STANDARD.group_names);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Behavior {
    /// The response to a PATCH of a group. [`PatchAnswer::Resource`] by default.
    pub group_patch_answer: PatchAnswer,
    /// The `members` of a group without members. [`EmptyMembers::Omit`] by default.
    pub empty_members: EmptyMembers,
    /// The treatment of members that are not users of the connection. [`UnknownMembers::Refuse`] by default.
    pub unknown_members: UnknownMembers,
    /// The effect of a POST of an inactive or deleted user. [`FormerUsers::Conflict`] by default.
    pub former_users: FormerUsers,
    /// Whether groups may have the same `displayName`. [`GroupNames::Shared`] by default.
    pub group_names: GroupNames,
}

/// The response to a PATCH of a group (RFC 7644 section 3.5.2). With `attributes` in the query, it is always the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatchAnswer {
    /// 200 with the resource.
    Resource,
    /// 204 without a body, which suits clients that change groups with thousands of members.
    NoContent,
}

/// The `members` of a group without members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmptyMembers {
    /// The group has no `members`.
    Omit,
    /// The group has `"members": []`.
    Show,
}

/// The treatment of members that are not users of the connection, such as unknown ids and groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownMembers {
    /// The request is rejected with 400 `invalidValue`, which names them.
    Refuse,
    /// They are skipped and logged; the others become members.
    Skip,
}

/// The effect of a POST of a user who is inactive or was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormerUsers {
    /// An inactive user is a conflict (409 `uniqueness`). A deleted one is not: the new user gets a new id (RFC 7644 section
    /// 3.6).
    Conflict,
    /// The user is restored under the same id (201).
    Reactivate,
}

/// Whether groups of a connection may have the same `displayName`.
///
/// It is exhaustive on purpose: a store must handle both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupNames {
    /// Groups may have the same name.
    Shared,
    /// Group names are unique, regardless of case (409 `uniqueness`).
    Unique,
}

impl Behavior {
    /// The behavior of the profile `standard`, which follows RFC 7644: a PATCH returns the resource, `members` of empty groups
    /// are omitted, unknown members are rejected, former users are a conflict, and groups may share names.
    pub const STANDARD: Self = Self {
        group_patch_answer: PatchAnswer::Resource,
        empty_members: EmptyMembers::Omit,
        unknown_members: UnknownMembers::Refuse,
        former_users: FormerUsers::Conflict,
        group_names: GroupNames::Shared,
    };

    /// Sets [`group_patch_answer`](Self::group_patch_answer).
    #[must_use]
    pub const fn with_group_patch_answer(mut self, answer: PatchAnswer) -> Self {
        self.group_patch_answer = answer;
        self
    }

    /// Sets [`empty_members`](Self::empty_members).
    #[must_use]
    pub const fn with_empty_members(mut self, empty: EmptyMembers) -> Self {
        self.empty_members = empty;
        self
    }

    /// Sets [`unknown_members`](Self::unknown_members).
    #[must_use]
    pub const fn with_unknown_members(mut self, unknown: UnknownMembers) -> Self {
        self.unknown_members = unknown;
        self
    }

    /// Sets [`former_users`](Self::former_users).
    #[must_use]
    pub const fn with_former_users(mut self, former: FormerUsers) -> Self {
        self.former_users = former;
        self
    }

    /// Sets [`group_names`](Self::group_names).
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

    /// Sets the deviations from the RFCs that are accepted.
    pub fn tolerance(mut self, tolerance: Tolerance) -> Self {
        self.0.tolerance = tolerance;
        self
    }

    /// Sets the behavior of the server.
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
    /// Returns the built-in profiles: `standard`, `okta` and `entra`.
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

    /// Returns a builder of a profile without quirks, with [`Tolerance::STRICT`] and [`Behavior::STANDARD`].
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

    /// Returns a builder with the quirks, tolerance and behavior of this profile, and another name.
    pub fn to_builder(&self, name: impl Into<String>) -> ProfileBuilder {
        ProfileBuilder(Parts {
            name: name.into(),
            ..Parts::clone(&self.0)
        })
    }

    /// Returns the profile `standard`, for clients that follow RFC 7643 and RFC 7644.
    #[must_use]
    pub fn standard() -> Self {
        standard::PROFILE.clone()
    }

    /// Returns the profile `okta`, for Okta's catalog apps (PATCH) and apps of the App Integration Wizard (PUT).
    #[must_use]
    pub fn okta() -> Self {
        okta::PROFILE.clone()
    }

    /// Returns the profile `entra`, for Microsoft Entra ID's provisioning service, with and without `aadOptscim062020`.
    #[must_use]
    pub fn entra() -> Self {
        entra::PROFILE.clone()
    }

    /// Returns the built-in profile with this name, in lower case: `standard`, `okta` or `entra`.
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

    /// The name of the profile, as in a configuration.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The deviations from the RFCs that are accepted.
    #[must_use]
    pub fn tolerance(&self) -> &Tolerance {
        &self.0.tolerance
    }

    /// The behavior of the server towards the client.
    #[must_use]
    pub fn behavior(&self) -> Behavior {
        self.0.behavior
    }

    /// Rewrites the body of a POST or PUT into standard SCIM.
    pub fn rewrite_body(&self, resource_type: &ResourceType, body: &mut Map<String, Value>) {
        for quirk in &self.0.quirks {
            quirk.rewrite_body(resource_type, body);
        }
    }

    /// Whether the profile has quirks, so that requests may be rewritten.
    #[must_use]
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

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use scim_core::resource::Leniency;

    use super::*;

    const FRONT_PAGE: &str = include_str!("lib.rs");

    /// A cell of the comparison on the front page.
    fn cell(first: &str, column: usize) -> &'static str {
        let start = format!("//! | [`{first}`]: ");
        let row = FRONT_PAGE.lines().find(|line| line.starts_with(&start));
        let row = row.unwrap_or_else(|| panic!("`{first}` is not on the front page"));
        row.trim_end_matches(" |").split(" | ").nth(column + 2).unwrap()
    }

    fn quirks(profile: &Profile) -> Vec<String> {
        let quirks = profile.0.quirks.iter();
        quirks.map(|quirk| format!("{quirk:?}")).collect()
    }

    /// The cells that a profile should have.
    fn expected(profile: &Profile) -> Vec<(&'static str, String)> {
        let names = quirks(profile);
        let has = |quirk: &'static str| {
            let has = names.iter().any(|name| name == quirk);
            (quirk, if has { "yes" } else { "–" }.to_owned())
        };
        let accepts = |leniency: Leniency| {
            let accepts = leniency.tolerates();
            if accepts { "accepted" } else { "error" }.to_owned()
        };
        let code = |value: &dyn Debug| format!("`{value:?}`");
        let (tolerance, behavior) = (profile.tolerance(), profile.behavior());
        vec![
            has("BareExtensionNames"),
            has("StringBooleans"),
            has("SingleValue"),
            ("read_only_paths", accepts(tolerance.read_only_paths)),
            ("unknown_paths", accepts(tolerance.unknown_paths)),
            ("unmatched_paths", accepts(tolerance.unmatched_paths)),
            ("malformed_references", accepts(tolerance.malformed_references)),
            ("missing_patch_schemas", accepts(tolerance.missing_patch_schemas)),
            ("group_patch_answer", code(&behavior.group_patch_answer)),
            ("empty_members", code(&behavior.empty_members)),
            ("unknown_members", code(&behavior.unknown_members)),
            ("former_users", code(&behavior.former_users)),
            ("group_names", code(&behavior.group_names)),
        ]
    }

    #[test]
    fn the_front_page_compares_the_profiles_as_they_are() {
        for (column, profile) in Profile::all().enumerate() {
            for (first, expected) in expected(&profile) {
                assert_eq!(cell(first, column), expected, "{first} of {}", profile.name());
            }
            let known = quirks(&profile)
                .into_iter()
                .filter(|name| FRONT_PAGE.contains(&format!("| [`{name}`]: ")));
            assert_eq!(
                known.count(),
                quirks(&profile).len(),
                "quirks of {}",
                profile.name()
            );
        }
    }
}
