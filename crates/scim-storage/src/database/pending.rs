//! Statements that are still to be run.

use std::fmt;

use scim_service::store::StoreError;
use sea_orm::Statement;

use super::Expected;
use crate::error::Trouble;

/// The last that a transaction does, if nothing comes after it: it is run at the commit, or before the next statement.
pub(crate) struct Pending {
    pub(super) statements: Vec<Statement>,
    /// How many rows each of them changes.
    pub(super) expected: Expected,
    /// What a failure of one of them means.
    pub(super) failure: Box<dyn Fn(Trouble) -> StoreError + Send + Sync>,
}

impl Pending {
    pub(super) fn new(
        statements: Vec<Statement>,
        expected: Expected,
        failure: impl Fn(Trouble) -> StoreError + Send + Sync + 'static,
    ) -> Self {
        Self {
            statements,
            expected,
            failure: Box::new(failure),
        }
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("statements", &self.statements.len())
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}
