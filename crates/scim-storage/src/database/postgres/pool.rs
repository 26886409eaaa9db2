//! Connections to PostgreSQL, kept for the next who needs one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::{self, PgPool};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::growth::{self, Growth};
use crate::database::turn;
use crate::error::Trouble;
use crate::store::Options;

/// The connections. Those that were used are kept here: the pool asks the server whether each is well when it is given
/// back, which doubles the journeys of a request that has one statement.
#[derive(Debug)]
pub(super) struct Connections {
    pool: PgPool,
    free: Mutex<Vec<PoolConnection<sqlx::Postgres>>>,
    permits: Arc<Semaphore>,
    patience: Duration,
    growth: Growth,
}

/// A connection, and that it may be used.
pub(super) struct Taken {
    pub(super) connection: PoolConnection<sqlx::Postgres>,
    _permit: OwnedSemaphorePermit,
}

impl Connections {
    pub(super) fn new(pool: PgPool, options: &Options) -> Self {
        let permits = usize::try_from(options.connections.get()).unwrap_or(Semaphore::MAX_PERMITS);
        Self {
            pool,
            free: Mutex::default(),
            permits: Arc::new(Semaphore::new(Ord::min(permits, Semaphore::MAX_PERMITS))),
            patience: options.patience,
            growth: Growth::default(),
        }
    }

    pub(super) async fn close(&self) {
        self.permits.close();
        let free = std::mem::take(&mut *self.free());
        for connection in free {
            // one that does not end well is as closed
            drop(connection.close().await);
        }
        self.pool.close().await;
    }

    /// A connection, as soon as one is free.
    pub(super) async fn take(&self) -> Result<Taken, Trouble> {
        let permit = turn::take(&self.permits, self.patience).await?;
        let free = self.free().pop();
        Ok(Taken {
            connection: match free {
                Some(connection) => connection,
                // large and rare: every statement would carry the room for it
                None => Box::pin(self.pool.acquire()).await?,
            },
            _permit: permit,
        })
    }

    /// Takes down that rows were written. Now and then the tables are [analyzed](growth), beside what goes on.
    pub(super) fn wrote(self: &Arc<Self>, rows: u64) {
        let (Some(rows), Ok(runtime)) = (self.growth.add(rows), Handle::try_current()) else {
            return;
        };
        let connections = self.clone();
        runtime.spawn(async move {
            // without a connection, or on one that breaks: autovacuum does it later
            let Ok(mut taken) = connections.take().await else {
                return;
            };
            match growth::analyze(&mut taken.connection, rows).await {
                Ok(()) => connections.give_back(taken),
                Err(_) => Self::discard(taken),
            }
        });
    }

    /// Keeps a connection on which nothing is open.
    pub(super) fn give_back(&self, taken: Taken) {
        if !self.permits.is_closed() {
            self.free().push(taken.connection);
        }
    }

    /// Closes a connection on which something is open, at once: the server takes it back.
    pub(super) fn discard(taken: Taken) {
        drop(taken.connection.detach());
    }

    fn free(&self) -> MutexGuard<'_, Vec<PoolConnection<sqlx::Postgres>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Connections {
    /// The pool would have a task close them, which only a runtime could run.
    fn drop(&mut self) {
        let free = self.free.get_mut().unwrap_or_else(PoisonError::into_inner);
        for connection in free.drain(..) {
            drop(connection.detach());
        }
    }
}
