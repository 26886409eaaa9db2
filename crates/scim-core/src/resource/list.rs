//! Multi-valued attributes: at most one primary value, no value twice (RFC 7643 section 2.4).

use serde_json::{Map, Value};

use crate::schema::Attribute;
use crate::text::fold;

/// Makes a list what it must be: the same value is not in it twice, and only one is primary.
///
/// Of several primary values the one at `preferred` stays it, or else the last one.
pub(crate) fn settle(attribute: &Attribute, elements: &mut Vec<Value>, preferred: Option<usize>) {
    // most lists are of one value
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
            Some(twin) => overlay(twin, element),
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

/// What two values of a list have in common that are the same one, perhaps with other details: `type` and `value`. `None` without
/// a `value`.
pub(super) fn twin_identity(attribute: &Attribute, element: &Value) -> Option<String> {
    match element.get("value").is_some_and(Value::is_string) {
        true => identity(attribute, element),
        false => None,
    }
}

/// What makes two values the same: `type` and `value`; where there is no `value`, everything.
fn identity(attribute: &Attribute, element: &Value) -> Option<String> {
    let text = |name: &str| {
        let text = element.get(name)?.as_str()?;
        let is_exact = attribute.sub_attribute(name).is_some_and(|sub| sub.case_exact);
        Some(if is_exact { text.into() } else { fold(text) })
    };
    match element {
        Value::Object(_) => match text("value") {
            Some(value) => Some(format!("{}\0{value}", text("type").unwrap_or_default())),
            None => serde_json::to_string(element).ok(),
        },
        scalar => serde_json::to_string(scalar).ok(),
    }
}

/// What the later of two twins says goes on top of what the earlier one said.
fn overlay(twin: &mut Value, element: Value) {
    if let (Value::Object(twin), Value::Object(element)) = (twin, element) {
        let was_primary = twin.get("primary") == Some(&Value::Bool(true));
        merge(twin, element);
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
