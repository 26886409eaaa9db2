//! Profile `okta`: catalog apps, which PATCH, and apps of the App Integration Wizard, which PUT everything.
//!
//! Okta never deletes a user, so a user who comes back is inactive and gets the same id. A PUT holds what GET returned, `id`,
//! `meta` and `groups` among it: the core passes over what only the server writes. Renaming a group sends its `id` in the
//! value of a PATCH, which the core passes over likewise.

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
