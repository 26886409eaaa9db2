//! Profile `entra`: Microsoft Entra ID's provisioning service, with and without `aadOptscim062020` in its tenant URL.
//!
//! Without that flag, Entra sends booleans as strings and capitalized operations, and removes members by a list of values;
//! `scim-core` accepts the latter two from any client. Adding to a value that does not exist creates it.

use std::sync::LazyLock;

use scim_core::resource::Tolerance;

use crate::profile::{Behavior, EmptyMembers, FormerUsers, GroupNames, PatchAnswer, Profile, UnknownMembers};
use crate::quirks::bare_extension_names::BareExtensionNames;
use crate::quirks::{single_value::SingleValue, string_booleans::StringBooleans};

pub(crate) static PROFILE: LazyLock<Profile> = LazyLock::new(|| {
    Profile::builder("entra")
        .quirk(BareExtensionNames)
        .quirk(StringBooleans)
        .quirk(SingleValue)
        .tolerance(Tolerance::LENIENT)
        .behavior(Behavior {
            group_patch_answer: PatchAnswer::NoContent,
            empty_members: EmptyMembers::Show,
            unknown_members: UnknownMembers::Skip,
            former_users: FormerUsers::Reactivate,
            group_names: GroupNames::Unique,
        })
        .build()
});
