//! From a BulkRequest message to operations.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{BULK_REQUEST_URN, BulkLimits, BulkMethod, BulkOperation, BulkRequest, reference};
use crate::error::Error;
use crate::object::{check_message, given_twice, only_member};

impl BulkRequest {
    /// Parses the body of a bulk request. Names are read in any case.
    ///
    /// An error in the message rejects it as a whole. An error in the `data` of an operation is found only when the operation is
    /// executed.
    ///
    /// ```
    /// use scim_core::bulk::{BULK_REQUEST_URN, BulkLimits, BulkRequest};
    /// use serde_json::json;
    ///
    /// # fn main() -> Result<(), scim_core::error::Error> {
    /// let message = json!({
    ///     "schemas": [BULK_REQUEST_URN],
    ///     "Operations": [{ "method": "DELETE", "path": "/Users/2819c223" }]
    /// });
    /// let message = message.as_object().cloned().unwrap_or_default();
    /// let request = BulkRequest::parse(message, &BulkLimits::default())?;
    /// assert_eq!(request.operations[0].endpoint(), "Users");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns 400 `invalidSyntax` if the body is not a BulkRequest message, nests `data` deeper than 128 levels, or has a name
    /// twice in different spellings; 400 `invalidValue` for an invalid `failOnErrors`, a POST without a `bulkId`, or a `bulkId` of
    /// two POSTs; 413 for more operations than the limit. The detail counts operations from 1.
    pub fn parse(mut body: Map<String, Value>, limits: &BulkLimits) -> Result<Self, Error> {
        check_message(&body, BULK_REQUEST_URN)?;
        let fail_on_errors = fail_on_errors(&body)?;
        let operations = match take(&mut body, "Operations")? {
            Some(Value::Array(operations)) => operations,
            Some(_) => return Err(Error::invalid_syntax("`Operations` must be a list of operations")),
            None => return Err(Error::invalid_syntax("`Operations` is missing")),
        };
        if operations.is_empty() {
            return Err(Error::invalid_syntax("`Operations` is empty"));
        }
        if operations.len() > limits.operations {
            return Err(Error::too_large(format!(
                "a bulk request may have {} operations, this one has {}",
                limits.operations,
                operations.len()
            )));
        }
        let parsed = (1_usize..).zip(operations).map(|(number, operation)| {
            parse_operation(number, operation)
                .map_err(|error| error.within(format_args!("operation {number}")))
        });
        let operations: Vec<BulkOperation> = parsed.collect::<Result<_, _>>()?;
        check_bulk_ids(&operations)?;
        Ok(Self {
            fail_on_errors,
            operations,
        })
    }
}

fn fail_on_errors(body: &Map<String, Value>) -> Result<Option<usize>, Error> {
    let Some(value) = only_member(body, "failOnErrors")?.filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let number = value.as_u64().filter(|number| *number > 0);
    match number {
        Some(number) => Ok(Some(usize::try_from(number).unwrap_or(usize::MAX))),
        None => Err(Error::invalid_value(
            "`failOnErrors` must be a whole number of at least 1",
        )),
    }
}

fn parse_operation(number: usize, operation: Value) -> Result<BulkOperation, Error> {
    let Value::Object(mut operation) = operation else {
        return Err(Error::invalid_syntax("must be an object"));
    };
    let missing = |name: &str| Error::invalid_syntax(format!("`{name}` is missing"));
    let method = text(&mut operation, "method")?.ok_or_else(|| missing("method"))?;
    let method = BulkMethod::named(&method);
    let path = text(&mut operation, "path")?.ok_or_else(|| missing("path"))?;
    let bulk_id = text(&mut operation, "bulkId")?;
    if method == BulkMethod::Post && bulk_id.is_none() {
        return Err(Error::invalid_value(
            "a POST needs a `bulkId`, a name of your choice for the new resource",
        ));
    }
    let data = match take(&mut operation, "data")? {
        None | Some(Value::Null) => None,
        Some(Value::Object(data)) => Some(data),
        Some(_) => return Err(Error::invalid_syntax("`data` must be an object")),
    };
    if data.is_none() && matches!(method, BulkMethod::Post | BulkMethod::Put | BulkMethod::Patch) {
        return Err(Error::invalid_syntax(format!(
            "`data` is missing, the body of the {method}"
        )));
    }
    let mut references = Vec::new();
    references.extend(reference::in_path(&path).map(str::to_owned));
    if let Some(data) = &data {
        reference::collect(data, &mut references)?;
    }
    references.sort_unstable();
    references.dedup();
    Ok(BulkOperation {
        number,
        method,
        bulk_id,
        version: text(&mut operation, "version")?,
        path,
        data,
        references,
    })
}

/// Only created resources can be referred to, so only the `bulkId`s of POSTs have to be unique.
fn check_bulk_ids(operations: &[BulkOperation]) -> Result<(), Error> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let creating = operations
        .iter()
        .filter(|operation| operation.method == BulkMethod::Post);
    for operation in creating {
        let bulk_id = operation.bulk_id.as_deref().unwrap_or_default();
        if let Some(first) = seen.insert(bulk_id, operation.number) {
            let shown: String = bulk_id.chars().take(100).collect();
            return Err(Error::invalid_value(format!(
                "operations {first} and {} have the same `bulkId` `{shown}`",
                operation.number
            )));
        }
    }
    Ok(())
}

/// Takes a string out of an operation; an empty one counts as missing.
fn text(operation: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Error> {
    match take(operation, name)? {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(_) => Err(Error::invalid_syntax(format!("`{name}` must be a string"))),
    }
}

fn take(object: &mut Map<String, Value>, name: &str) -> Result<Option<Value>, Error> {
    let mut spellings = object
        .iter_mut()
        .filter(|(key, _)| key.eq_ignore_ascii_case(name));
    match (spellings.next(), spellings.next()) {
        (_, Some(_)) => Err(given_twice(name)),
        (found, None) => Ok(found.map(|(_, value)| value.take())),
    }
}
