//! Multi-valued attributes: at most one primary value, no value twice (RFC 7643 section 2.4).

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::schema::{Attribute, AttributeType};
use crate::text::fold;
use crate::time::Timestamp;

/// Normalizes a list: no value occurs twice, and at most one is primary.
///
/// Of several primary values, the one at `preferred` stays primary, or else the last one.
pub(crate) fn settle(attribute: &Attribute, elements: &mut Vec<Value>, preferred: Option<usize>) {
    // most lists have one value
    if elements.len() < 2 {
        return;
    }
    settle_primary(elements, preferred);
    let mut kept: Vec<Value> = Vec::with_capacity(elements.len());
    let mut seen: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    for element in elements.drain(..) {
        let twin = identity(attribute, &element).and_then(|identity| match seen.entry(identity) {
            std::collections::hash_map::Entry::Occupied(entry) => Some(*entry.get()),
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(kept.len());
                None
            }
        });
        match twin.and_then(|index| kept.get_mut(index)) {
            Some(twin) => overlay(attribute, twin, element),
            None => kept.push(element),
        }
    }
    *elements = kept;
}

fn settle_primary(elements: &mut [Value], preferred: Option<usize>) {
    let last = elements.iter().rposition(is_primary);
    let chosen = preferred
        .filter(|index| elements.get(*index).is_some_and(is_primary))
        .or(last);
    for (index, element) in elements.iter_mut().enumerate() {
        if Some(index) != chosen
            && is_primary(element)
            && let Some(members) = element.as_object_mut()
        {
            members.insert("primary".to_owned(), Value::Bool(false));
        }
    }
}

pub(crate) fn is_primary(element: &Value) -> bool {
    element.get("primary") == Some(&Value::Bool(true))
}

/// The identity of a value of a list, whatever its other details: `type` and `value`. `None` without a `value`.
pub(super) fn twin_identity(attribute: &Attribute, element: &Value) -> Option<String> {
    let part = |name: &str| comparison_key(attribute.sub_attribute(name)?, element.get(name)?);
    let value = part("value")?;
    Some(format!("{}\0{value}", part("type").unwrap_or_default()))
}

/// The identity of a value: `type` and `value`, or everything if it has no `value`.
fn identity(attribute: &Attribute, element: &Value) -> Option<String> {
    match element {
        Value::Object(members) => {
            twin_identity(attribute, element).or_else(|| Some(parts(attribute, members)))
        }
        scalar => comparison_key(attribute, scalar).map(Cow::into_owned),
    }
}

/// All that a value without a `value` holds, in the order of the schema, except for `primary`.
fn parts(attribute: &Attribute, members: &Map<String, Value>) -> String {
    let mut text = String::new();
    for sub in &attribute.sub_attributes {
        if let Some(value) = members.get(&sub.name).filter(|_| sub.name != "primary") {
            let value = comparison_key(sub, value).unwrap_or_else(|| value.to_string().into());
            text.extend([sub.name.as_str(), "\0", &value, "\0"]);
        }
    }
    text
}

/// A key that is the same for equal values; `None` for complex ones.
pub(super) fn comparison_key<'v>(attribute: &Attribute, value: &'v Value) -> Option<Cow<'v, str>> {
    match value {
        Value::String(text) if attribute.kind == AttributeType::DateTime => {
            let instant = Timestamp::parse(text).map(|instant| instant.as_millis().to_string());
            Some(instant.map_or(text.into(), Cow::Owned))
        }
        Value::String(text) if attribute.case_exact => Some(text.into()),
        Value::String(text) => Some(fold(text)),
        // a float could not tell all integers of 64 bits apart; -0.0 is 0.0
        Value::Number(number) => Some(match number.as_i64() {
            Some(integer) => integer.to_string().into(),
            None => (number.as_f64()? + 0.0).to_string().into(),
        }),
        Value::Bool(is) => Some(is.to_string().into()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Merges the later of two equal values into the earlier one.
fn overlay(attribute: &Attribute, twin: &mut Value, element: Value) {
    if let (Value::Object(twin), Value::Object(element)) = (twin, element) {
        let was_primary = twin.get("primary") == Some(&Value::Bool(true));
        merge_lists(attribute, twin, element);
        if was_primary {
            twin.insert("primary".to_owned(), Value::Bool(true));
        }
    }
}

pub(crate) fn merge(target: &mut Map<String, Value>, source: Map<String, Value>) {
    for (name, value) in source {
        target.insert(name, value);
    }
}

/// Merges values that are added (RFC 7644 section 3.5.2.1): lists become longer.
pub(crate) fn merge_lists(
    attribute: &Attribute,
    target: &mut Map<String, Value>,
    source: Map<String, Value>,
) {
    for (name, value) in source {
        match (attribute.sub_attribute(&name), target.get_mut(&name), value) {
            (Some(sub), Some(Value::Array(list)), Value::Array(added)) => {
                list.extend(added);
                settle(sub, list, None);
            }
            (_, _, value) => {
                target.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ResourceType;
    use serde_json::json;

    fn settled(elements: Value, preferred: Option<usize>) -> Value {
        let emails = ResourceType::user().attribute("emails").cloned().unwrap();
        let mut elements = elements.as_array().cloned().unwrap();
        settle(&emails, &mut elements, preferred);
        Value::Array(elements)
    }

    #[test]
    fn the_last_primary_stays_primary() {
        let list = json!([{"value": "a", "primary": true}, {"value": "b", "primary": true}]);
        assert_eq!(
            settled(list.clone(), None),
            json!([{"value": "a", "primary": false}, {"value": "b", "primary": true}])
        );
        assert_eq!(
            settled(list, Some(0)),
            json!([{"value": "a", "primary": true}, {"value": "b", "primary": false}])
        );
    }

    #[test]
    fn values_are_the_same_by_their_type() {
        let list = |kind, is_exact, elements: Value| {
            let attribute = Attribute {
                kind,
                case_exact: is_exact,
                multi_valued: true,
                ..Attribute::named("list")
            };
            let mut elements = elements.as_array().cloned().unwrap();
            settle(&attribute, &mut elements, None);
            Value::Array(elements)
        };
        assert_eq!(
            list(AttributeType::String, false, json!(["a", "A"])),
            json!(["a"])
        );
        assert_eq!(
            list(AttributeType::String, true, json!(["a", "A", "a"])),
            json!(["a", "A"])
        );
        assert_eq!(
            list(AttributeType::Integer, false, json!([80, 443, 80])),
            json!([80, 443])
        );
        let large = json!([9_007_199_254_740_992_i64, 9_007_199_254_740_993_i64]);
        assert_eq!(list(AttributeType::Integer, false, large.clone()), large);
        assert_eq!(
            list(AttributeType::Decimal, false, json!([0.0, -0.0, 0, 1.5, 1.5])),
            json!([0.0, 1.5])
        );
        assert_eq!(
            list(
                AttributeType::DateTime,
                false,
                json!(["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00"])
            ),
            json!(["2026-01-01T00:00:00Z"])
        );
    }

    #[test]
    fn numbers_of_one_type_are_kept_once() {
        let part = |kind, name: &str| {
            std::sync::Arc::new(Attribute {
                kind,
                ..Attribute::named(name)
            })
        };
        let ports = Attribute {
            kind: AttributeType::Complex,
            multi_valued: true,
            sub_attributes: vec![
                part(AttributeType::Integer, "value"),
                part(AttributeType::String, "type"),
            ],
            ..Attribute::named("ports")
        };
        let mut elements = vec![
            json!({"value": 80, "type": "http"}),
            json!({"value": 80, "type": "proxy"}),
            json!({"value": 80, "type": "HTTP"}),
        ];
        settle(&ports, &mut elements, None);
        assert_eq!(
            elements,
            [
                json!({"value": 80, "type": "HTTP"}),
                json!({"value": 80, "type": "proxy"})
            ]
        );
    }

    #[test]
    fn the_same_type_and_value_is_kept_once() {
        assert_eq!(
            settled(
                json!([
                    {"type": "work", "value": "A@x"},
                    {"type": "home", "value": "a@x"},
                    {"type": "Work", "value": "a@x", "display": "A"}
                ]),
                None
            ),
            json!([{"type": "Work", "value": "a@x", "display": "A"}, {"type": "home", "value": "a@x"}])
        );
    }
}
