//! Profile `standard`: RFC 7643 and RFC 7644 without deviations. Nothing is rewritten.

use std::sync::LazyLock;

use crate::profile::Profile;

pub(crate) static PROFILE: LazyLock<Profile> = LazyLock::new(|| Profile::builder("standard").build());
