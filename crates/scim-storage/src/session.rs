//! Running statements, in a transaction or outside of one.

use std::future::Future;

use scim_service::store::StoreError;
use sea_orm::StatementBuilder;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult,
};

use crate::error::store_error;

/// Where statements run: a writer in its transaction, a reader straight on the pool.
pub(crate) enum Session {
    Reading(DatabaseConnection),
    Writing(DatabaseTransaction),
}

impl Session {
    pub(crate) fn backend(&self) -> DbBackend {
        match self {
            Self::Reading(connection) => connection.get_database_backend(),
            Self::Writing(transaction) => transaction.get_database_backend(),
        }
    }

    pub(crate) async fn all(
        &self,
        statement: &(impl StatementBuilder + Sync),
    ) -> Result<Vec<QueryResult>, StoreError> {
        match self {
            Self::Reading(connection) => kept(connection.query_all(statement)).await,
            Self::Writing(transaction) => kept(transaction.query_all(statement)).await,
        }
    }

    pub(crate) async fn one(
        &self,
        statement: &(impl StatementBuilder + Sync),
    ) -> Result<Option<QueryResult>, StoreError> {
        match self {
            Self::Reading(connection) => kept(connection.query_one(statement)).await,
            Self::Writing(transaction) => kept(transaction.query_one(statement)).await,
        }
    }

    /// Runs a statement that changes rows, and says how many.
    pub(crate) async fn execute(
        &self,
        statement: &(impl StatementBuilder + Sync),
    ) -> Result<u64, StoreError> {
        Ok(self
            .try_execute(statement)
            .await
            .map_err(store_error)?
            .rows_affected())
    }

    /// The same, for callers who know what a failure means.
    pub(crate) async fn try_execute(
        &self,
        statement: &(impl StatementBuilder + Sync),
    ) -> Result<ExecResult, DbErr> {
        match self {
            Self::Reading(connection) => connection.execute(statement).await,
            Self::Writing(transaction) => transaction.execute(statement).await,
        }
    }
}

async fn kept<T>(result: impl Future<Output = Result<T, DbErr>>) -> Result<T, StoreError> {
    result.await.map_err(store_error)
}
