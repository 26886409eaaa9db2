//! The document of a resource: `schemas`, and extensions.

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// Writes a resource with a `schemas` that lists the schema of its type and each extension that it has.
pub(super) fn serialize<S: Serializer>(
    schema: &str,
    attributes: serde_json::Result<Value>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let attributes = match attributes.map_err(serde::ser::Error::custom)? {
        Value::Object(attributes) => attributes,
        _ => Map::new(),
    };
    let extensions = attributes.keys().filter(|name| is_urn(name));
    let schemas: Vec<Value> = std::iter::once(schema)
        .chain(extensions.map(String::as_str))
        .map(Value::from)
        .collect();
    let mut document = Map::with_capacity(attributes.len() + 1);
    document.insert("schemas".to_owned(), Value::Array(schemas));
    document.extend(attributes);
    document.serialize(serializer)
}

/// The extension under a URN.
pub(super) fn extension<T: DeserializeOwned>(
    other: &Map<String, Value>,
    urn: &str,
) -> Option<serde_json::Result<T>> {
    let (_, extension) = other.iter().find(|(name, _)| name.eq_ignore_ascii_case(urn))?;
    Some(T::deserialize(extension))
}

fn is_urn(name: &str) -> bool {
    name.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("urn:"))
}
