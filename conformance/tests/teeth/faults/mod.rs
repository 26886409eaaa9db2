//! The faults, by what they break.

mod discovery;
mod kept;
mod lists;
mod patch;
mod patch_paths;
mod protocol;
mod providers;
mod users;
mod versions;

use crate::fault::Fault;

pub(crate) fn all() -> Vec<&'static Fault> {
    [
        patch::FAULTS,
        patch_paths::FAULTS,
        users::FAULTS,
        kept::FAULTS,
        lists::FAULTS,
        protocol::FAULTS,
        versions::FAULTS,
        discovery::FAULTS,
        providers::FAULTS,
    ]
    .into_iter()
    .flatten()
    .collect()
}
