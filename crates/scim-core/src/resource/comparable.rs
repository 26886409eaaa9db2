//! The form of a resource in which filters compare it, for stores that filter JSON.

use serde_json::{Map, Value};

use super::Resource;
use crate::schema::{Attribute, AttributeType};
use crate::text::fold;
use crate::time::Instant;

impl Resource {
    /// The resource with every value as it is compared: text [folded](crate::text::fold) unless `caseExact`, points in
    /// time as milliseconds since 1970; `null` and empty lists and objects left out.
    ///
    /// A store that keeps this beside the document translates every [`Condition`](crate::condition::Condition) into
    /// plain comparisons with its operands. `schemas` is part of it.
    pub fn comparable(&self) -> Map<String, Value> {
        let schemas = self.schemas().into_iter().map(Value::from).collect();
        let mut comparable = Map::from_iter([("schemas".to_owned(), Value::Array(schemas))]);
        for (name, value) in &self.attributes {
            let value = match self.resource_type.extension(name) {
                Some(extension) => object(value, |name| extension.schema.attribute(name).map(AsRef::as_ref)),
                None => match self.resource_type.attribute(name) {
                    Some(attribute) => comparable_value(attribute, value),
                    None => None,
                },
            };
            if let Some(value) = value {
                comparable.insert(name.clone(), value);
            }
        }
        comparable
    }
}

fn object<'a>(value: &Value, attribute: impl Fn(&str) -> Option<&'a Attribute>) -> Option<Value> {
    let members: Map<String, Value> = value
        .as_object()?
        .iter()
        .filter_map(|(name, value)| Some((name.clone(), comparable_value(attribute(name)?, value)?)))
        .collect();
    (!members.is_empty()).then_some(Value::Object(members))
}

/// The value as it is compared; nothing if it is no value.
pub(super) fn comparable_value(attribute: &Attribute, value: &Value) -> Option<Value> {
    match (attribute.kind, value) {
        (_, Value::Null) => None,
        (_, Value::Array(list)) => {
            let list: Vec<Value> = list
                .iter()
                .filter_map(|value| comparable_value(attribute, value))
                .collect();
            (!list.is_empty()).then_some(Value::Array(list))
        }
        (AttributeType::Complex, value) => {
            object(value, |name| attribute.sub_attribute(name).map(AsRef::as_ref))
        }
        (AttributeType::DateTime, Value::String(text)) => {
            Instant::parse(text).map(|instant| instant.as_millis().into())
        }
        (_, Value::String(text)) if !attribute.case_exact => Some(fold(text).into_owned().into()),
        (_, scalar) => Some(scalar.clone()),
    }
}
