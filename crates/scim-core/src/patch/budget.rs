//! The limit on the work of a PATCH: operations times the values of the lists that they look at.

use serde_json::Value;

use crate::condition::Condition;
use crate::error::Error;

/// The maximum number of values that the operations look at in total: less than a second of work.
const LOOKS: usize = 4_000_000;

/// The number of looks that finding the duplicates of one value costs.
pub(super) const TO_COMPARE: usize = 8;

/// The remaining work of a PATCH.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Budget {
    pub(super) fn new() -> Self {
        Self(LOOKS)
    }

    /// Subtracts the next piece of work.
    ///
    /// # Errors
    ///
    /// Returns 413 if it exceeds the remaining work.
    pub(super) fn spend(&mut self, looks: usize) -> Result<(), Error> {
        self.0 = self.0.checked_sub(looks).ok_or_else(|| {
            Error::too_large(format!(
                "it goes over a long list, and the operations before it did so often: a request may look at {LOOKS} values of \
                 lists; send this operation and those that follow in another request"
            ))
        })?;
        Ok(())
    }
}

/// The number of comparisons of a condition.
pub(super) fn terms(condition: &Condition) -> usize {
    match condition {
        Condition::Present(_) | Condition::Compare(..) => 1,
        Condition::And(operands) | Condition::Or(operands) => operands.iter().map(terms).sum(),
        Condition::Not(operand) | Condition::Element(_, operand) => terms(operand),
    }
}

/// The number of bytes that are copied in the time of one look.
const BYTES: usize = 16;

/// The number of looks that copying a value costs.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len() / BYTES,
        Value::Array(elements) => elements.iter().map(size).sum::<usize>() + elements.len(),
        Value::Object(members) => members.values().map(size).sum::<usize>() + members.len(),
    }
}
