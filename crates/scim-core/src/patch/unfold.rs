//! Operations on the resource as a whole, under the URI of its own schema.

use serde_json::{Map, Value};

use super::{Op, Patch, PatchOperation};
use crate::error::Error;
use crate::object::given_twice;
use crate::schema::{ResourceType, SchemaTarget};

impl Patch {
    /// Takes the URI of the own schema off: an operation at that path is one without a path, and what stands under it in a
    /// value stands beside the others (RFC 7644 section 3.10).
    ///
    /// # Errors
    ///
    /// 400 `invalidSyntax` where an attribute is given twice that way.
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
