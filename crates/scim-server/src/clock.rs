//! The clock of the server.

use std::time::{SystemTime, UNIX_EPOCH};

use scim_core::time::Timestamp;

/// The current time. Times before 1970 count as 1970.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
