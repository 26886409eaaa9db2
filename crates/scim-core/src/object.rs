//! JSON objects whose members have names in any case (RFC 7643 section 2.1).

use std::fmt::Display;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::Error;

/// The member `name`. Most names have the spelling of the schema, so the first lookup nearly always finds it.
pub(crate) fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| {
        object
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

/// The only member `name`.
///
/// # Errors
///
/// Returns 400 `invalidSyntax` if the object has the name in several spellings.
pub(crate) fn only_member<'a>(
    object: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a Value>, Error> {
    let mut named = object.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
    match (named.next(), named.next()) {
        (_, Some(_)) => Err(given_twice(name)),
        (found, None) => Ok(found.map(|(_, value)| value)),
    }
}

/// Checks that `schemas` of a message lists its URI (RFC 7644 section 3.1).
///
/// # Errors
///
/// Returns 400 `invalidSyntax` if it does not.
pub(crate) fn check_message(body: &Map<String, Value>, urn: &str) -> Result<(), Error> {
    let schemas = only_member(body, "schemas")?.and_then(Value::as_array);
    let is_it = |listed: &Value| {
        listed
            .as_str()
            .is_some_and(|listed| listed.eq_ignore_ascii_case(urn))
    };
    match schemas.is_some_and(|schemas| schemas.iter().any(is_it)) {
        true => Ok(()),
        false => Err(Error::invalid_syntax(format!("`schemas` must be `[\"{urn}\"]`"))),
    }
}

/// The error that a name occurs in two spellings. Names are not case-sensitive, so either could be meant.
pub(crate) fn given_twice(name: impl Display) -> Error {
    Error::invalid_syntax(format!("`{name}` is given twice, in different spellings"))
}

/// The text of a value whose names are all strings, so that serialization cannot fail.
pub(crate) fn text(object: &impl Serialize) -> String {
    serde_json::to_string(object).unwrap_or_default()
}
