//! The evaluation of conditions (RFC 7644 section 3.4.2.2).

use serde_json::{Map, Value};

use super::{Comparison, Condition, Operand};
use crate::filter::CompareOp;
use crate::object::member;
use crate::schema::AttributeRef;
use crate::text::fold;
use crate::time::Timestamp;

impl Condition {
    /// Returns whether the resource meets this condition.
    ///
    /// Every translation of a condition keeps these rules:
    ///
    /// - A multi-valued attribute matches if one of its values does.
    /// - `ne` matches if one of the values differs, and also if the attribute has no value.
    /// - All other comparisons with an attribute without a value are false, except that a missing `primary` compares as `false`.
    /// - `pr` is false for a missing value, `null`, an empty string, an empty list, and a complex value without any
    ///   sub-attribute.
    /// - Text is compared by code point, folded unless the attribute is `caseExact`; `gt` and `lt` likewise.
    /// - A value path matches if one value satisfies the whole inner filter; `not` inside it applies to that value.
    ///
    /// ```
    /// use scim_core::filter::Filter;
    /// use scim_core::schema::ResourceType;
    /// use serde_json::json;
    ///
    /// let barbara = json!({ "userName": "bjensen", "emails": [{ "type": "home", "value": "babs@example.com" }] });
    /// let barbara = barbara.as_object().cloned().unwrap_or_default();
    /// let matches = |filter: &str| -> Result<bool, scim_core::error::Error> {
    ///     Ok(filter.parse::<Filter>()?.resolve(&ResourceType::user())?.matches(&barbara))
    /// };
    /// assert!(matches(r#"userName eq "BJENSEN" and emails co "@example.com""#)?);
    /// assert!(!matches(r#"emails[type eq "work" and value co "@example.com"]"#)?);
    /// # Ok::<(), scim_core::error::Error>(())
    /// ```
    #[must_use]
    pub fn matches(&self, resource: &Map<String, Value>) -> bool {
        match self {
            Self::And(operands) => operands.iter().all(|operand| operand.matches(resource)),
            Self::Or(operands) => operands.iter().any(|operand| operand.matches(resource)),
            Self::Not(operand) => !operand.matches(resource),
            Self::Element(attribute, inner) => {
                values(attribute_value(resource, attribute)).any(|element| inner.matches_element(element))
            }
            Self::Present(attribute) => present(attribute, values(attribute_value(resource, attribute))),
            Self::Compare(attribute, comparison) => compares(
                attribute,
                comparison,
                values(attribute_value(resource, attribute)),
            ),
        }
    }

    /// Returns whether one value of a multi-valued attribute meets this inner condition of a value path, which
    /// [`Filter::resolve_within`](crate::filter::Filter::resolve_within) returns.
    #[must_use]
    pub fn matches_element(&self, element: &Value) -> bool {
        match self {
            Self::And(operands) => operands.iter().all(|operand| operand.matches_element(element)),
            Self::Or(operands) => operands.iter().any(|operand| operand.matches_element(element)),
            Self::Not(operand) => !operand.matches_element(element),
            Self::Element(_, inner) => inner.matches_element(element),
            Self::Present(attribute) => present(attribute, std::iter::once(element)),
            Self::Compare(attribute, comparison) => compares(attribute, comparison, std::iter::once(element)),
        }
    }
}

fn attribute_value<'a>(resource: &'a Map<String, Value>, attribute: &AttributeRef) -> Option<&'a Value> {
    let container = match &attribute.extension {
        Some(schema) => member(resource, &schema.id)?.as_object()?,
        None => resource,
    };
    member(container, &attribute.attribute.name)
}

/// The values of an attribute: those of a list, or the single one. `null` is no value (RFC 7643 section 2.5).
fn values(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let (list, single) = match value {
        Some(Value::Array(list)) => (Some(list), None),
        other => (None, other),
    };
    let values = list.into_iter().flatten().chain(single);
    values.filter(|value| !value.is_null())
}

/// The part of a value that the path names: a sub-attribute or the value itself.
fn leaves<'a>(attribute: &AttributeRef, value: &'a Value) -> impl Iterator<Item = &'a Value> {
    let leaf = match (&attribute.sub, value) {
        (Some(sub), Value::Object(object)) => member(object, &sub.name),
        (Some(sub), scalar) if sub.name == "value" => Some(scalar),
        (Some(_), _) => None,
        (None, value) => Some(value),
    };
    values(leaf)
}

/// The part of a value that is compared. A missing `primary` is `false` (RFC 7643 section 2.4).
fn compared<'a>(attribute: &AttributeRef, value: &'a Value) -> impl Iterator<Item = &'a Value> {
    static NO: Value = Value::Bool(false);
    let mut leaves = leaves(attribute, value).peekable();
    let assumed = (leaves.peek().is_none() && attribute.is_primary()).then_some(&NO);
    leaves.chain(assumed)
}

fn present<'a>(attribute: &AttributeRef, mut elements: impl Iterator<Item = &'a Value>) -> bool {
    elements.any(|element| leaves(attribute, element).any(has_content))
}

fn has_content(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => list.iter().any(has_content),
        Value::Object(object) => object.values().any(is_assigned),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn is_assigned(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(list) => list.iter().any(is_assigned),
        Value::Object(object) => object.values().any(is_assigned),
        Value::String(_) | Value::Bool(_) | Value::Number(_) => true,
    }
}

fn compares<'a>(
    attribute: &AttributeRef,
    comparison: &Comparison,
    elements: impl Iterator<Item = &'a Value>,
) -> bool {
    let mut none = true;
    for leaf in elements.flat_map(|element| compared(attribute, element)) {
        none = false;
        if holds(comparison, leaf) {
            return true;
        }
    }
    none && comparison.op == CompareOp::NotEqual
}

fn holds(Comparison { op, operand }: &Comparison, value: &Value) -> bool {
    match (operand, value) {
        (Operand::Exact(expected), Value::String(text)) => text_holds(*op, text, expected),
        (Operand::Folded(expected), Value::String(text)) => text_holds(*op, &fold(text), expected),
        (Operand::Number(expected), Value::Number(number)) => number
            .as_f64()
            .is_some_and(|number| order_holds(*op, &number, expected)),
        (Operand::Boolean(expected), Value::Bool(value)) => order_holds(*op, value, expected),
        (Operand::Timestamp(expected), Value::String(text)) => {
            Timestamp::parse(text).is_some_and(|instant| order_holds(*op, &instant, expected))
        }
        _ => *op == CompareOp::NotEqual,
    }
}

fn text_holds(op: CompareOp, text: &str, expected: &str) -> bool {
    match op {
        CompareOp::Contains => text.contains(expected),
        CompareOp::StartsWith => text.starts_with(expected),
        CompareOp::EndsWith => text.ends_with(expected),
        _ => order_holds(op, text, expected),
    }
}

fn order_holds<T: PartialOrd + ?Sized>(op: CompareOp, left: &T, right: &T) -> bool {
    match op {
        CompareOp::Equal => left == right,
        CompareOp::NotEqual => left != right,
        CompareOp::Greater => left > right,
        CompareOp::GreaterOrEqual => left >= right,
        CompareOp::Less => left < right,
        CompareOp::LessOrEqual => left <= right,
        CompareOp::Contains | CompareOp::StartsWith | CompareOp::EndsWith => false,
    }
}
