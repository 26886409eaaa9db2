//! Connections to PostgreSQL, kept for the next who needs one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{ConnectOptions as _, Connection as _};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::growth::{self, Growth};
use crate::database::turn;
use crate::error::{Trouble, is_full};
use crate::store::Options;

/// After how long without use a connection is asked whether it is still there: servers and firewalls drop idle ones. One that
/// is in use all the time is not asked, which would double the journeys of a request that has one statement.
const FRESH: Duration = Duration::from_secs(1);

/// How long it has for the answer.
const ANSWER: Duration = Duration::from_secs(1);

/// After how long a connection is replaced, so that those to a server that became another one end by themselves.
const OLDEST: Duration = Duration::from_secs(30 * 60);

/// How long to wait before looking again for a connection, where the server has no room for another one.
const PAUSE: Duration = Duration::from_millis(20);

/// The connections. sqlx has a pool, too, but one that keeps back why nobody can connect.
#[derive(Debug)]
pub(super) struct Connections {
    connect: PgConnectOptions,
    free: Mutex<Vec<Idle>>,
    permits: Arc<Semaphore>,
    acquire_timeout: Duration,
    growth: Growth,
}

/// A connection that nobody uses.
#[derive(Debug)]
struct Idle {
    connection: PgConnection,
    opened: Instant,
    since: Instant,
}

/// A connection, and that it may be used.
pub(super) struct Taken {
    pub(super) connection: PgConnection,
    opened: Instant,
    _permit: OwnedSemaphorePermit,
}

impl Connections {
    pub(super) fn new(connect: PgConnectOptions, options: &Options) -> Self {
        let permits = usize::try_from(options.connections.get()).unwrap_or(Semaphore::MAX_PERMITS);
        Self {
            connect,
            free: Mutex::default(),
            permits: Arc::new(Semaphore::new(Ord::min(permits, Semaphore::MAX_PERMITS))),
            acquire_timeout: options.acquire_timeout,
            growth: Growth::default(),
        }
    }

    pub(super) async fn close(&self) {
        self.permits.close();
        let free = std::mem::take(&mut *self.free());
        for Idle { connection, .. } in free {
            // one that does not end well is as closed
            drop(connection.close().await);
        }
    }

    /// A connection, as soon as one is free.
    pub(super) async fn take(&self) -> Result<Taken, Trouble> {
        let start = Instant::now();
        let permit = turn::take(&self.permits, self.acquire_timeout).await?;
        loop {
            if let Some((connection, opened)) = self.usable().await {
                return Ok(Taken {
                    connection,
                    opened,
                    _permit: permit,
                });
            }
            let left = self.acquire_timeout.saturating_sub(start.elapsed());
            match tokio::time::timeout(left, self.connect.connect()).await {
                Ok(Ok(connection)) => {
                    return Ok(Taken {
                        connection,
                        opened: Instant::now(),
                        _permit: permit,
                    });
                }
                // somebody may give one back
                Ok(Err(error)) if is_full(&error) && start.elapsed() < self.acquire_timeout => {
                    tokio::time::sleep(PAUSE).await;
                }
                Ok(Err(error)) => return Err(Trouble::NoConnection(error)),
                Err(_) => {
                    return Err(Trouble::Lost(
                        "PostgreSQL did not answer whoever connects in time",
                    ));
                }
            }
        }
    }

    /// One that is free and still there.
    async fn usable(&self) -> Option<(PgConnection, Instant)> {
        loop {
            let Idle {
                mut connection,
                opened,
                since,
            } = self.free().pop()?;
            if opened.elapsed() >= OLDEST {
                continue;
            }
            if since.elapsed() < FRESH {
                return Some((connection, opened));
            }
            match tokio::time::timeout(ANSWER, connection.ping()).await {
                Ok(Ok(())) => return Some((connection, opened)),
                Ok(Err(_)) => {}
                // whoever does not answer on this one will not on others
                Err(_) => return None,
            }
        }
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
            self.free().push(Idle {
                connection: taken.connection,
                opened: taken.opened,
                since: Instant::now(),
            });
        }
    }

    /// Closes a connection on which something is open, at once: the server takes it back.
    pub(super) fn discard(taken: Taken) {
        drop(taken);
    }

    fn free(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
