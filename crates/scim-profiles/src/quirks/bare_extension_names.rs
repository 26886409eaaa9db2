//! Names of extension attributes without the URN of the extension.

use scim_core::filter::Filter;
use scim_core::patch::PatchOperation;
use scim_core::path::AttributePath;
use scim_core::schema::ResourceType;

use crate::quirk::Quirk;

/// Names of extension attributes without the URN of the extension.
///
/// Entra ID sends `manager` without the URN of the enterprise extension in the path of a PATCH operation, and in the filter by
/// which it checks a reference.
///
/// ```json
/// { "op": "Add", "path": "manager", "value": { "value": "2819c223" } }
/// ```
///
/// means
///
/// ```json
/// {
///   "op": "Add",
///   "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
///   "value": { "value": "2819c223" }
/// }
/// ```
///
/// and the same applies to `id eq "X" and manager eq "Y"`. A name that the resource type itself has is not changed, nor is one
/// that several extensions have.
#[derive(Debug)]
pub struct BareExtensionNames;

impl Quirk for BareExtensionNames {
    fn rewrite_operation(&self, resource_type: &ResourceType, operation: &mut PatchOperation) {
        if let Some(path) = &mut operation.path
            && path.urn.is_none()
            && let Some(first) = path.steps.first()
        {
            path.urn = extension_of(resource_type, &first.name);
        }
    }

    fn rewrite_filter(&self, resource_type: &ResourceType, filter: &mut Filter) {
        match filter {
            Filter::Present(path) | Filter::Compare(path, _, _) | Filter::Element(path, _) => {
                qualify(resource_type, path)
            }
            Filter::And(operands) | Filter::Or(operands) => {
                operands
                    .iter_mut()
                    .for_each(|operand| self.rewrite_filter(resource_type, operand));
            }
            Filter::Not(operand) => self.rewrite_filter(resource_type, operand),
        }
    }
}

fn qualify(resource_type: &ResourceType, path: &mut AttributePath) {
    if path.urn.is_none() {
        path.urn = extension_of(resource_type, &path.name);
    }
}

fn extension_of(resource_type: &ResourceType, name: &str) -> Option<String> {
    if resource_type.attribute(name).is_some() {
        return None;
    }
    let mut having = resource_type
        .extensions
        .iter()
        .filter(|extension| extension.schema.attribute(name).is_some());
    match (having.next(), having.next()) {
        (Some(extension), None) => Some(extension.schema.id.clone()),
        _ => None,
    }
}
