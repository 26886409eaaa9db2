//! Statements that have been deferred.

use std::fmt;

use scim_service::store::StoreError;
use sea_orm::Statement;

use super::Expected;
use crate::error::Trouble;

/// The statements that a transaction runs at its commit, or before its next statement.
pub(crate) struct Pending {
    pub(super) statements: Vec<Statement>,
    /// The number of rows that each of them must change.
    pub(super) expected: Expected,
    /// Converts the error of one of them.
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
