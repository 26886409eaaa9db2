//! From a PatchOp message to operations.

use serde_json::{Map, Value};

use super::{Op, PATCH_OP_URN, Patch, PatchLimits, PatchOperation};
use crate::error::Error;
use crate::object::{check_message, only_member};
use crate::path::PatchPath;
use crate::resource::Tolerance;

impl Patch {
    /// Parses the body of a PATCH request (RFC 7644 section 3.5.2). Names and operations are read in any case.
    ///
    /// ```
    /// use scim_core::patch::{Op, PATCH_OP_URN, Patch, PatchLimits};
    /// use scim_core::resource::Tolerance;
    /// use serde_json::json;
    ///
    /// let body = json!({ "schemas": [PATCH_OP_URN], "Operations": [{ "op": "Remove", "path": "title" }] });
    /// let body = body.as_object().cloned().unwrap_or_default();
    /// let patch = Patch::parse(&body, &PatchLimits::default(), &Tolerance::STRICT)?;
    /// assert_eq!(patch.operations[0].op, Op::Remove);
    /// # Ok::<(), scim_core::error::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns 400 `invalidSyntax` if the body is not a PatchOp message, 400 `invalidPath` if a path cannot be parsed, 400
    /// `noTarget` for a `remove` without a path, 400 `invalidValue` for an `add` or `replace` without a value, and 413 for more
    /// operations than the limit. The detail counts operations from 1.
    pub fn parse(
        body: &Map<String, Value>,
        limits: &PatchLimits,
        tolerance: &Tolerance,
    ) -> Result<Self, Error> {
        check_schemas(body, tolerance)?;
        let operations = only_member(body, "Operations")?
            .ok_or_else(|| Error::invalid_syntax("`Operations` is missing"))?
            .as_array()
            .ok_or_else(|| Error::invalid_syntax("`Operations` must be a list of operations"))?;
        if operations.is_empty() {
            return Err(Error::invalid_syntax("`Operations` is empty"));
        }
        if operations.len() > limits.operations {
            return Err(Error::too_large(format!(
                "a PATCH may have {} operations, this one has {}",
                limits.operations,
                operations.len()
            )));
        }
        let numbered = operations.iter().enumerate();
        let operations = numbered.map(|(index, operation)| {
            parse_operation(index + 1, operation, limits)
                .map_err(|error| error.within(format_args!("operation {}", index + 1)))
        });
        Ok(Self {
            operations: operations.collect::<Result<_, _>>()?,
        })
    }
}

fn check_schemas(body: &Map<String, Value>, tolerance: &Tolerance) -> Result<(), Error> {
    match only_member(body, "schemas")? {
        None | Some(Value::Null) if tolerance.missing_patch_schemas.tolerates() => Ok(()),
        _ => check_message(body, PATCH_OP_URN),
    }
}

fn parse_operation(number: usize, operation: &Value, limits: &PatchLimits) -> Result<PatchOperation, Error> {
    let operation = operation
        .as_object()
        .ok_or_else(|| Error::invalid_syntax("must be an object"))?;
    let op = match only_member(operation, "op")? {
        Some(Value::String(op)) => parse_op(op)?,
        Some(_) => return Err(Error::invalid_syntax("`op` must be a string")),
        None => return Err(Error::invalid_syntax("`op` is missing")),
    };
    let path = match only_member(operation, "path")? {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) if path.is_empty() => None,
        Some(Value::String(path)) => {
            Some(PatchPath::parse(path, &limits.path).map_err(|error| error.into_invalid_path())?)
        }
        Some(_) => return Err(Error::invalid_path("`path` must be a string")),
    };
    let value = only_member(operation, "value")?.cloned();
    match (op, &path, &value) {
        (Op::Remove, None, _) => Err(Error::no_target("`remove` needs a `path`")),
        (Op::Add | Op::Replace, _, None) => {
            Err(Error::invalid_value(format!("`{}` needs a `value`", op.as_str())))
        }
        _ => Ok(PatchOperation {
            number,
            op,
            path,
            value,
        }),
    }
}

fn parse_op(op: &str) -> Result<Op, Error> {
    [Op::Add, Op::Remove, Op::Replace]
        .into_iter()
        .find(|known| known.as_str().eq_ignore_ascii_case(op))
        .ok_or_else(|| {
            Error::invalid_syntax(format!(
                "unknown `op` `{op}`, expected `add`, `remove` or `replace`"
            ))
        })
}
