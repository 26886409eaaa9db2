//! The result of a rule.

use std::fmt;
use std::fmt::Debug;
use std::panic::Location;

use crate::store::StoreError;

/// The violation of a rule: the expected and the actual result, and the location of the rule.
#[derive(Debug)]
pub struct Breach {
    pub(super) expected: String,
    pub(super) found: String,
    /// The location in the rule.
    pub(super) at: &'static Location<'static>,
}

/// The result of a rule: `Ok`, or the [`Breach`] that the store committed.
pub type Verdict<T = ()> = Result<T, Breach>;

impl Breach {
    /// Returns a breach with the expected and the actual result, at the location of the caller.
    #[must_use]
    #[track_caller]
    pub fn new(expected: impl Into<String>, found: impl Debug) -> Self {
        Self {
            expected: expected.into(),
            found: format!("{found:?}"),
            at: Location::caller(),
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, found, at } = self;
        write!(f, "expected: {expected}\n   found: {found}\n      at: {at}")
    }
}

impl std::error::Error for Breach {}

impl From<StoreError> for Breach {
    #[track_caller]
    fn from(error: StoreError) -> Self {
        Self::new("the call succeeds", error)
    }
}

/// Checks that what was found equals what was expected.
#[track_caller]
pub(super) fn same<F: PartialEq<E> + Debug, E: Debug>(what: &str, found: F, expected: E) -> Verdict {
    match found == expected {
        true => Ok(()),
        false => Err(Breach::new(format!("{what}: {expected:?}"), found)),
    }
}

/// Checks that a condition is true.
#[track_caller]
pub(super) fn holds(what: &str, holds: bool) -> Verdict {
    match holds {
        true => Ok(()),
        false => Err(Breach::new(what, false)),
    }
}

/// Checks that the store fails with [`StoreError::Stale`].
#[track_caller]
pub(super) fn stale<T: Debug>(what: &str, result: Result<T, StoreError>) -> Verdict {
    match result {
        Err(StoreError::Stale) => Ok(()),
        other => Err(Breach::new(format!("{what} fails with `Stale`"), other)),
    }
}

/// Checks that the store fails with [`StoreError::NotUnique`] and the name of the attribute.
#[track_caller]
pub(super) fn taken<T: Debug>(what: &str, attribute: &'static str, result: Result<T, StoreError>) -> Verdict {
    match result {
        Err(StoreError::NotUnique(named)) if named == attribute => Ok(()),
        other => Err(Breach::new(
            format!("{what} fails with `NotUnique(\"{attribute}\")`"),
            other,
        )),
    }
}
