//! Where a transaction begins and where it ends; nowhere else.

use scim_service::store::{Access, StoreError};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, QueryResult, SqliteTransactionMode,
    StatementBuilder, TransactionOptions, TransactionTrait,
};

use crate::error::{broken, failure};
use crate::store::Pools;

/// What the statements of one transaction run on.
#[derive(Debug)]
pub(crate) enum Session {
    /// Every statement by itself, on whatever connection is free: a read needs no `BEGIN` to be consistent.
    Reading(DatabaseConnection),
    /// All statements in one transaction of the database, which is rolled back when this is dropped.
    Writing(DatabaseTransaction),
}

impl Session {
    pub(crate) async fn begin(database: &Pools, access: Access) -> Result<Self, StoreError> {
        if access == Access::Read {
            return Ok(Self::Reading(database.readers.clone()));
        }
        // a transaction that began by reading could not be made to write after somebody else wrote
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = database.writer.begin_with_options(options).await;
        transaction.map(Self::Writing).map_err(failure)
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Reading(_) => Ok(()),
            Self::Writing(transaction) => transaction.commit().await.map_err(failure),
        }
    }

    /// Whether what is read will be changed.
    pub(crate) fn writes(&self) -> bool {
        matches!(self, Self::Writing(_))
    }

    pub(crate) async fn one<S: StatementBuilder + Sync>(
        &self,
        statement: &S,
    ) -> Result<Option<QueryResult>, StoreError> {
        match self {
            Self::Reading(connection) => connection.query_one(statement).await,
            Self::Writing(transaction) => transaction.query_one(statement).await,
        }
        .map_err(failure)
    }

    pub(crate) async fn all<S: StatementBuilder + Sync>(
        &self,
        statement: &S,
    ) -> Result<Vec<QueryResult>, StoreError> {
        match self {
            Self::Reading(connection) => connection.query_all(statement).await,
            Self::Writing(transaction) => transaction.query_all(statement).await,
        }
        .map_err(failure)
    }

    /// Changes rows, and says how many.
    pub(crate) async fn change<S: StatementBuilder + Sync>(&self, statement: &S) -> Result<u64, StoreError> {
        let result = self.writer()?.execute(statement).await.map_err(failure)?;
        Ok(result.rows_affected())
    }

    /// Changes rows and reads what they became. All rows are fetched, so that the statement has run to its end.
    pub(crate) async fn change_returning<S: StatementBuilder + Sync>(
        &self,
        statement: &S,
        failure: impl Fn(DbErr) -> StoreError,
    ) -> Result<Option<QueryResult>, StoreError> {
        let rows = self.writer()?.query_all(statement).await.map_err(failure)?;
        Ok(rows.into_iter().next())
    }

    pub(crate) fn writer(&self) -> Result<&DatabaseTransaction, StoreError> {
        match self {
            Self::Writing(transaction) => Ok(transaction),
            Self::Reading(_) => Err(broken("a transaction that was begun to read cannot write")),
        }
    }
}
