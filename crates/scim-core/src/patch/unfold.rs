//! Operations under the URI of the resource type's own schema.

use serde_json::{Map, Value};

use super::{Op, Patch, PatchOperation};
use crate::error::Error;
use crate::object::given_twice;
use crate::schema::{ResourceType, SchemaTarget};

impl Patch {
    /// Removes the URI of the resource type's own schema from operations (RFC 7644 section 3.10): an operation with that path
    /// becomes one without a path, and the members of an object under that URI become members of the value.
    ///
    /// [`apply`](Self::apply) and [`take_members`](Self::take_members) understand both forms. Code that reads the operations itself
    /// calls this first.
    ///
    /// ```
    /// use scim_core::patch::{PATCH_OP_URN, Patch, PatchLimits};
    /// use scim_core::resource::Tolerance;
    /// use scim_core::schema::{ResourceType, USER_URN};
    /// use serde_json::json;
    ///
    /// let operation = json!({ "op": "add", "path": USER_URN, "value": { "title": "Tour Guide" } });
    /// let body = json!({ "schemas": [PATCH_OP_URN], "Operations": [operation] });
    /// let body = body.as_object().cloned().unwrap_or_default();
    /// let mut patch = Patch::parse(&body, &PatchLimits::default(), &Tolerance::STRICT)?;
    /// patch.unfold(&ResourceType::user())?;
    /// assert_eq!(patch.operations[0].path, None);
    /// # Ok::<(), scim_core::error::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns 400 `invalidSyntax` where an attribute is given twice that way. The patch is then incomplete and must not be
    /// applied.
    pub fn unfold(&mut self, resource_type: &ResourceType) -> Result<(), Error> {
        for operation in &mut self.operations {
            unfold(operation, resource_type)
                .map_err(|error| error.within(format_args!("operation {}", operation.number)))?;
        }
        Ok(())
    }
}

fn unfold(operation: &mut PatchOperation, resource_type: &ResourceType) -> Result<(), Error> {
    let Some(Value::Object(members)) = &mut operation.value else {
        return Ok(());
    };
    if let Some(path) = &operation.path {
        let is_whole = resource_type.resolve_patch(path) == Some(SchemaTarget::Resource);
        if !is_whole || operation.op == Op::Remove {
            return Ok(());
        }
        operation.path = None;
    }
    let urn = &resource_type.schema.id;
    if !members.keys().any(|name| name.eq_ignore_ascii_case(urn)) {
        return Ok(());
    }
    let mut unfolded = Map::new();
    for (name, value) in std::mem::take(members) {
        let (inner, outer) = match value {
            Value::Object(inner) if name.eq_ignore_ascii_case(urn) => (inner, None),
            value => (Map::new(), Some((name, value))),
        };
        for (name, value) in inner.into_iter().chain(outer) {
            if unfolded.contains_key(&name) {
                return Err(given_twice(name));
            }
            unfolded.insert(name, value);
        }
    }
    *members = unfolded;
    Ok(())
}
