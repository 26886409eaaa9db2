//! Booleans, sent as strings.

use scim_core::filter::{Filter, Literal};
use scim_core::patch::PatchOperation;
use scim_core::schema::{Attribute, AttributeRef, AttributeType, ResourceType, SchemaTarget};
use serde_json::{Map, Value};

use crate::quirk::Quirk;

/// Booleans as strings, which Entra ID sends unless its tenant URL contains `aadOptscim062020`.
///
/// ```json
/// { "op": "Replace", "path": "active", "value": "False" }
/// { "op": "Add", "path": "roles[primary eq \"True\"].value", "value": "admin" }
/// ```
///
/// mean
///
/// ```json
/// { "op": "Replace", "path": "active", "value": false }
/// { "op": "Add", "path": "roles[primary eq true].value", "value": "admin" }
/// ```
///
/// A string becomes a boolean if the schema defines the attribute as one: in bodies, PATCH operations, value paths and filters.
/// A `userName` `True` stays a string.
#[derive(Debug)]
pub struct StringBooleans;

impl Quirk for StringBooleans {
    fn rewrite_body(&self, resource_type: &ResourceType, body: &mut Map<String, Value>) {
        for (name, value) in body.iter_mut() {
            if let Some(attribute) = resource_type.attribute(name) {
                rewrite(attribute, value);
            } else if let Some(extension) = resource_type.extension(name) {
                rewrite_members(value, |name| extension.schema.attribute(name).map(AsRef::as_ref));
            }
        }
    }

    fn rewrite_operation(&self, resource_type: &ResourceType, operation: &mut PatchOperation) {
        let Some(path) = &mut operation.path else {
            if let Some(Value::Object(members)) = &mut operation.value {
                rewrite_named(resource_type, members);
            }
            return;
        };
        let target = resource_type.resolve_patch(path);
        if let (Some(SchemaTarget::Attribute(attribute)), Some(first)) = (&target, path.steps.first_mut())
            && let Some(filter) = &mut first.filter
        {
            rewrite_within(attribute, filter);
        }
        if let (Some(target), Some(value)) = (target, &mut operation.value) {
            rewrite_target(&target, value);
        }
    }

    fn rewrite_filter(&self, resource_type: &ResourceType, filter: &mut Filter) {
        match filter {
            Filter::Compare(path, _, literal) => {
                if resource_type
                    .resolve(path)
                    .is_some_and(|attribute| is_boolean(attribute.leaf()))
                {
                    rewrite_literal(literal);
                }
            }
            Filter::Element(path, inner) => {
                if let Some(attribute) = resource_type.resolve(path) {
                    rewrite_within(&attribute, inner);
                }
            }
            Filter::And(operands) | Filter::Or(operands) => {
                operands
                    .iter_mut()
                    .for_each(|operand| self.rewrite_filter(resource_type, operand));
            }
            Filter::Not(operand) => self.rewrite_filter(resource_type, operand),
            Filter::Present(_) => {}
        }
    }
}

/// Rewrites the filter of a value path, whose names are those of sub-attributes.
fn rewrite_within(attribute: &AttributeRef, filter: &mut Filter) {
    match filter {
        Filter::Compare(path, _, literal) => {
            if attribute
                .attribute
                .sub_attribute(&path.name)
                .is_some_and(|sub| is_boolean(sub))
            {
                rewrite_literal(literal);
            }
        }
        Filter::And(operands) | Filter::Or(operands) => {
            operands
                .iter_mut()
                .for_each(|operand| rewrite_within(attribute, operand));
        }
        Filter::Not(operand) => rewrite_within(attribute, operand),
        Filter::Present(_) | Filter::Element(..) => {}
    }
}

/// The members of a value without a path: names may be paths.
fn rewrite_named(resource_type: &ResourceType, members: &mut Map<String, Value>) {
    for (name, value) in members.iter_mut() {
        if let Ok(path) = name.parse()
            && let Some(target) = resource_type.resolve_patch(&path)
        {
            rewrite_target(&target, value);
        }
    }
}

fn rewrite_target(target: &SchemaTarget, value: &mut Value) {
    match target {
        SchemaTarget::Attribute(attribute) => rewrite(attribute.leaf(), value),
        SchemaTarget::Extension(schema) => {
            rewrite_members(value, |name| schema.attribute(name).map(AsRef::as_ref));
        }
        SchemaTarget::Resource => {}
    }
}

fn rewrite_members<'a>(value: &mut Value, attribute: impl Fn(&str) -> Option<&'a Attribute>) {
    for (name, value) in value.as_object_mut().into_iter().flatten() {
        if let Some(attribute) = attribute(name) {
            rewrite(attribute, value);
        }
    }
}

fn rewrite(attribute: &Attribute, value: &mut Value) {
    match value {
        Value::String(text) if is_boolean(attribute) => {
            if let Some(boolean) = boolean(text) {
                *value = Value::Bool(boolean);
            }
        }
        Value::Array(elements) => elements
            .iter_mut()
            .for_each(|element| rewrite(attribute, element)),
        Value::Object(_) => rewrite_members(value, |name| attribute.sub_attribute(name).map(AsRef::as_ref)),
        _ => {}
    }
}

fn rewrite_literal(literal: &mut Literal) {
    if let Literal::String(text) = literal
        && let Some(boolean) = boolean(text)
    {
        *literal = Literal::Boolean(boolean);
    }
}

fn is_boolean(attribute: &Attribute) -> bool {
    attribute.kind == AttributeType::Boolean
}

fn boolean(text: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .into_iter()
        .find(|(word, _)| text.eq_ignore_ascii_case(word))
        .map(|(_, boolean)| boolean)
}
