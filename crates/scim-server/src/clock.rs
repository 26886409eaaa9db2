//! The one place that asks for the time of day.

use std::time::{SystemTime, UNIX_EPOCH};

use scim_core::time::Timestamp;

/// The time.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
