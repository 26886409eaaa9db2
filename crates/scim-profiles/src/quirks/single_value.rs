//! A single complex value, sent as a string or a list.

use scim_core::patch::{Op, PatchOperation};
use scim_core::schema::{Attribute, AttributeRef, ResourceType, Schema, SchemaTarget};
use serde_json::{Map, Value, json};

use crate::quirk::Quirk;

/// `manager` as a plain id, as a list of one value, or emptied by an empty string.
///
/// ```json
/// { "op": "add", "path": "urn:…:enterprise:2.0:User:manager", "value": "2819c223" }
/// { "op": "add", "path": "urn:…:enterprise:2.0:User:manager", "value": [{ "value": "2819c223" }] }
/// ```
///
/// mean
///
/// ```json
/// { "op": "add", "path": "urn:…:enterprise:2.0:User:manager", "value": { "value": "2819c223" } }
/// ```
///
/// and
///
/// ```json
/// { "op": "replace", "path": "urn:…:enterprise:2.0:User:manager", "value": { "value": "" } }
/// { "op": "replace", "path": "urn:…:enterprise:2.0:User:manager", "value": "" }
/// { "op": "replace", "path": "urn:…:enterprise:2.0:User:manager.value", "value": "" }
/// ```
///
/// mean
///
/// ```json
/// { "op": "remove", "path": "urn:…:enterprise:2.0:User:manager" }
/// ```
///
/// The same applies to every single-valued complex attribute with a `value`, in bodies and PATCH operations.
#[derive(Debug)]
pub struct SingleValue;

impl Quirk for SingleValue {
    fn rewrite_body(&self, resource_type: &ResourceType, body: &mut Map<String, Value>) {
        for (name, value) in body.iter_mut() {
            match resource_type.extension(name) {
                Some(extension) => rewrite_members(&extension.schema, value),
                None => {
                    if let Some(attribute) = resource_type.attribute(name) {
                        rewrite(attribute, value);
                    }
                }
            }
        }
    }

    fn rewrite_operation(&self, resource_type: &ResourceType, operation: &mut PatchOperation) {
        match &operation.path {
            None => {
                if let Some(Value::Object(members)) = &mut operation.value {
                    rewrite_named(resource_type, members);
                }
            }
            Some(path) => match resource_type.resolve_patch(path) {
                Some(SchemaTarget::Attribute(attribute)) => rewrite_at(&attribute, operation),
                Some(SchemaTarget::Extension(schema)) => {
                    if let Some(value) = &mut operation.value {
                        rewrite_members(&schema, value);
                    }
                }
                Some(SchemaTarget::Resource) | None => {}
            },
        }
    }
}

/// The members of the object of an extension.
fn rewrite_members(schema: &Schema, value: &mut Value) {
    for (name, value) in value.as_object_mut().into_iter().flatten() {
        if let Some(attribute) = schema.attribute(name) {
            rewrite(attribute, value);
        }
    }
}

/// The members of a value without a path: names may be paths.
fn rewrite_named(resource_type: &ResourceType, members: &mut Map<String, Value>) {
    for (name, value) in members.iter_mut() {
        let Ok(path) = name.parse() else { continue };
        match resource_type.resolve_patch(&path) {
            Some(SchemaTarget::Attribute(attribute)) if attribute.sub.is_none() => {
                rewrite(&attribute.attribute, value)
            }
            Some(SchemaTarget::Extension(schema)) => rewrite_members(&schema, value),
            _ => {}
        }
    }
}

fn rewrite_at(attribute: &AttributeRef, operation: &mut PatchOperation) {
    if !is_single_value(&attribute.attribute) {
        return;
    }
    let empties = match (&attribute.sub, &mut operation.value) {
        (None, Some(value)) => {
            rewrite(&attribute.attribute, value);
            value.is_null()
        }
        (Some(sub), Some(value)) => sub.name == "value" && *value == json!(""),
        (_, None) => false,
    };
    if empties && let Some(path) = &mut operation.path {
        path.steps.truncate(1);
        operation.op = Op::Remove;
        operation.value = None;
    }
}

fn is_single_value(attribute: &Attribute) -> bool {
    attribute.is_complex() && !attribute.multi_valued && attribute.sub_attribute("value").is_some()
}

/// Rewrites the value of such an attribute; `null` if it stands for no value.
fn rewrite(attribute: &Attribute, value: &mut Value) {
    if !is_single_value(attribute) {
        return;
    }
    if let Value::Array(list) = value
        && list.len() <= 1
    {
        *value = list.pop().unwrap_or(Value::Null);
    }
    if let Value::String(id) = value {
        *value = json!({ "value": id });
    }
    if let Value::Object(members) = value {
        let id = members
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("value"));
        if id.is_some_and(|(_, id)| *id == json!("") || id.is_null()) {
            *value = Value::Null;
        }
    }
}
