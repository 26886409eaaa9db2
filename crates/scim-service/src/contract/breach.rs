//! A rule that a store breaks.

use std::fmt;
use std::fmt::Debug;
use std::panic::Location;

use crate::store::StoreError;

/// What a store did instead of what a rule says.
#[derive(Debug)]
pub struct Breach {
    pub(super) expected: String,
    pub(super) found: String,
    /// Where the rule says so.
    pub(super) at: &'static Location<'static>,
}

/// What a rule comes to.
pub type Verdict<T = ()> = Result<T, Breach>;

impl Breach {
    /// Something else than expected.
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
        Self::new("the store does it", error)
    }
}

/// That what was found is what was expected.
#[track_caller]
pub(super) fn same<F: PartialEq<E> + Debug, E: Debug>(what: &str, found: F, expected: E) -> Verdict {
    match found == expected {
        true => Ok(()),
        false => Err(Breach::new(format!("{what}: {expected:?}"), found)),
    }
}

/// That it is so.
#[track_caller]
pub(super) fn holds(what: &str, holds: bool) -> Verdict {
    match holds {
        true => Ok(()),
        false => Err(Breach::new(what, "that it is not so")),
    }
}

/// That the store refuses with [`StoreError::Stale`].
#[track_caller]
pub(super) fn stale<T: Debug>(what: &str, result: Result<T, StoreError>) -> Verdict {
    match result {
        Err(StoreError::Stale) => Ok(()),
        other => Err(Breach::new(format!("{what} is refused as stale"), other)),
    }
}

/// That the store refuses with [`StoreError::NotUnique`], naming that attribute.
#[track_caller]
pub(super) fn taken<T: Debug>(what: &str, attribute: &'static str, result: Result<T, StoreError>) -> Verdict {
    match result {
        Err(StoreError::NotUnique(named)) if named == attribute => Ok(()),
        other => Err(Breach::new(
            format!("{what} is refused because `{attribute}` is taken"),
            other,
        )),
    }
}
