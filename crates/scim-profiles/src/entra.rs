//! Profile `entra`: Microsoft Entra ID's provisioning service, whether its tenant URL carries `aadOptscim062020` or not.
//!
//! Without that flag Entra sends booleans as strings, capitalised operations (which the core takes anyway), and removes members
//! by a list of values (which the core reads as it is meant). Adding to a value that is not there creates it.

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
