//! JSON objects as SCIM reads them: the names of members in any case (RFC 7643 section 2.1).

use serde_json::{Map, Value};

/// The member of that name. Most have the spelling of the schema, so the first look nearly always hits.
pub(crate) fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| {
        object
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}
