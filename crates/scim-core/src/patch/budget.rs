//! How much work one PATCH may be: operations, times the values of the lists that they go over.

use serde_json::Value;

use crate::condition::Condition;
use crate::error::Error;

/// How many values operations may look at, all in all: less than a second of work.
const LOOKS: usize = 4_000_000;

/// To find out whether a value is in a list twice takes as long as some looks at it.
pub(super) const TO_COMPARE: usize = 8;

/// What is left of the work that a PATCH may be.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Budget {
    pub(super) fn new() -> Self {
        Self(LOOKS)
    }

    /// Takes off what comes next.
    ///
    /// # Errors
    ///
    /// 413 if that is more than what is left.
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

/// How many comparisons a condition is made of.
pub(super) fn terms(condition: &Condition) -> usize {
    match condition {
        Condition::Present(_) | Condition::Compare(..) => 1,
        Condition::And(operands) | Condition::Or(operands) => operands.iter().map(terms).sum(),
        Condition::Not(operand) | Condition::Element(_, operand) => terms(operand),
    }
}

/// How many bytes are copied in the time of a look.
const BYTES: usize = 16;

/// How many looks it takes to copy a value.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len() / BYTES,
        Value::Array(elements) => elements.iter().map(size).sum::<usize>() + elements.len(),
        Value::Object(members) => members.values().map(size).sum::<usize>() + members.len(),
    }
}
