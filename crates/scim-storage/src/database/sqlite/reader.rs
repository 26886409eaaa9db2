//! The pool of reading connections.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use scim_service::store::StoreError;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use super::run::Borrowed;
use crate::database::{deadline, turn};
use crate::error::failure;
use crate::store::Options;

type Free = Mutex<Vec<Arc<AsyncMutex<Connection>>>>;

#[derive(Debug, Clone)]
pub(super) struct Readers {
    free: Arc<Free>,
    permits: Arc<Semaphore>,
    acquire_timeout: Duration,
    deadline: Duration,
}

/// A reading transaction, which sees one state of the database until it is dropped.
#[derive(Debug)]
pub(crate) struct Reader {
    connection: OwnedMutexGuard<Connection>,
    deadline: Instant,
    free: Arc<Free>,
    permit: OwnedSemaphorePermit,
}

impl Readers {
    pub(super) fn new(connections: Vec<Connection>, options: &Options) -> Self {
        let connections = connections.into_iter().map(|one| Arc::new(AsyncMutex::new(one)));
        let free: Vec<_> = connections.collect();
        Self {
            permits: Arc::new(Semaphore::new(free.len())),
            free: Arc::new(Mutex::new(free)),
            acquire_timeout: options.acquire_timeout,
            deadline: options.deadline,
        }
    }

    pub(super) async fn take(&self) -> Result<Reader, StoreError> {
        let permit = turn::take(&self.permits, self.acquire_timeout)
            .await
            .map_err(failure)?;
        let connection = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reader = Reader {
            // locked only for the moment in which its last user drops it
            connection: connection.ok_or_else(closed)?.lock_owned().await,
            deadline: deadline::after(self.deadline),
            free: self.free.clone(),
            permit,
        };
        // without it, each statement would see what was committed before that statement
        let begun = reader
            .prepare_cached("BEGIN")
            .and_then(|mut begin| begin.execute([]));
        begun.map_err(failure)?;
        Ok(reader)
    }

    /// Closes the connections. Those in use are closed when they are returned.
    pub(super) fn close(&self) {
        self.permits.close();
        self.free.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Deref for Reader {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl Borrowed for Reader {
    const IS_ALONE: bool = true;

    fn deadline(&self) -> Instant {
        self.deadline
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let ended = match self.connection.is_autocommit() {
            true => Ok(0),
            false => self
                .prepare_cached("ROLLBACK")
                .and_then(|mut end| end.execute([])),
        };
        // a connection whose transaction cannot be ended is closed
        if ended.is_ok() && !self.permit.semaphore().is_closed() {
            let connection = OwnedMutexGuard::mutex(&self.connection).clone();
            self.free
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
        }
    }
}

pub(super) fn closed() -> StoreError {
    StoreError::Unavailable("the database was closed".into())
}
