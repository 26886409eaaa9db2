//! Profile `standard`: RFC 7643 and 7644 to the letter. Nothing is rewritten.

use scim_core::resource::Tolerance;

use crate::profile::{Behavior, EmptyMembers, FormerUsers, GroupNames, PatchAnswer, Profile, UnknownMembers};

pub(crate) static PROFILE: Profile = Profile {
    name: "standard",
    quirks: &[],
    tolerance: Tolerance::STRICT,
    behavior: Behavior {
        group_patch_answer: PatchAnswer::Resource,
        empty_members: EmptyMembers::Omit,
        unknown_members: UnknownMembers::Refuse,
        former_users: FormerUsers::Conflict,
        group_names: GroupNames::Shared,
    },
};
