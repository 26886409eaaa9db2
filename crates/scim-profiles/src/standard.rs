//! Profile `standard`: RFC 7643 and 7644 to the letter. Nothing is rewritten.

use std::sync::LazyLock;

use crate::profile::Profile;

pub(crate) static PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile::builder("standard").build());
