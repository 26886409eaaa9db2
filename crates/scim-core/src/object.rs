//! JSON objects as SCIM reads them: the names of members in any case (RFC 7643 section 2.1).

use std::fmt::Display;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::Error;

/// The member of that name. Most have the spelling of the schema, so the first look nearly always hits.
pub(crate) fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| {
        object
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

/// The same, where a second spelling of the name is not passed over.
///
/// # Errors
///
/// 400 `invalidSyntax` if the object has the name in several spellings.
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

/// That a message says which one it is (RFC 7644 section 3.1): `schemas` lists its URI.
///
/// # Errors
///
/// 400 `invalidSyntax` if it does not.
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

/// Names are not case-sensitive, so the same one may come twice in two spellings: which is meant, nobody knows.
pub(crate) fn given_twice(name: impl Display) -> Error {
    Error::invalid_syntax(format!("`{name}` is given twice, in different spellings"))
}

/// The text of what is JSON whatever it holds: its names are text, so there is nothing that could not be written.
pub(crate) fn text(object: &impl Serialize) -> String {
    serde_json::to_string(object).unwrap_or_default()
}
