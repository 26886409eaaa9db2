//! Profile `okta`: catalog apps, which PATCH, and apps of the App Integration Wizard, which PUT everything.
//!
//! Okta never deletes a user, so a returning user is inactive and keeps the same id. A PUT contains what GET returned, including
//! `id`, `meta` and `groups`: `scim-core` ignores what only the server writes. Renaming a group sends its `id` in the value of a
//! PATCH, which `scim-core` ignores, too.

use std::sync::LazyLock;

use scim_core::resource::Tolerance;

use crate::profile::{Behavior, EmptyMembers, FormerUsers, GroupNames, PatchAnswer, Profile, UnknownMembers};
use crate::quirks::{single_value::SingleValue, string_booleans::StringBooleans};

pub(crate) static PROFILE: LazyLock<Profile> = LazyLock::new(|| {
    Profile::builder("okta")
        .quirk(StringBooleans)
        .quirk(SingleValue)
        .tolerance(Tolerance::LENIENT)
        .behavior(Behavior {
            group_patch_answer: PatchAnswer::NoContent,
            empty_members: EmptyMembers::Omit,
            unknown_members: UnknownMembers::Skip,
            former_users: FormerUsers::Reactivate,
            group_names: GroupNames::Unique,
        })
        .build()
});
