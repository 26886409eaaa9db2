//! The pool of connections to PostgreSQL.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, ConnectOptions as _, Connection as _, Executor as _};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::growth::{self, Growth};
use crate::database::turn;
use crate::error::{Trouble, is_full};
use crate::store::Options;

/// The idle time after which a connection is pinged before use: servers and firewalls drop idle connections. A busy connection
/// is not pinged, which would double the round trips of a request with one statement.
const FRESH: Duration = Duration::from_secs(1);

/// The maximum time to wait for the answer to a ping.
const ANSWER: Duration = Duration::from_secs(1);

/// The age at which a connection is replaced, so that connections to a former primary server do not stay in use.
const OLDEST: Duration = Duration::from_secs(30 * 60);

/// The pause before the next attempt if the server has no slot for another connection.
const PAUSE: Duration = Duration::from_millis(20);

/// Lets PostgreSQL end a statement whose connection was closed: one that was abandoned, or that a crashed process has sent.
/// PostgreSQL 13 and some operating systems do not have this setting.
const NOTICES_A_LOST_CLIENT: &str = "DO $$ BEGIN \
     PERFORM set_config('client_connection_check_interval', '1s', false); \
     EXCEPTION WHEN OTHERS THEN NULL; END $$";

/// The pool. The pool of sqlx does not tell why a connection cannot be opened.
#[derive(Debug)]
pub(super) struct Connections {
    connect: PgConnectOptions,
    /// Whether a connection keeps its settings between transactions.
    keeps_settings: bool,
    free: Mutex<Vec<Idle>>,
    permits: Arc<Semaphore>,
    acquire_timeout: Duration,
    deadline: Duration,
    growth: Growth,
}

/// An idle connection.
#[derive(Debug)]
struct Idle {
    connection: PgConnection,
    opened: Instant,
    since: Instant,
}

/// A connection in use, with its permit.
pub(super) struct Taken {
    pub(super) connection: PgConnection,
    opened: Instant,
    _permit: OwnedSemaphorePermit,
}

impl Connections {
    pub(super) fn new(connect: PgConnectOptions, keeps_settings: bool, options: &Options) -> Self {
        let permits = usize::try_from(options.max_connections.get()).unwrap_or(Semaphore::MAX_PERMITS);
        Self {
            connect,
            keeps_settings,
            free: Mutex::default(),
            permits: Arc::new(Semaphore::new(Ord::min(permits, Semaphore::MAX_PERMITS))),
            acquire_timeout: options.acquire_timeout,
            deadline: options.deadline,
            growth: Growth::default(),
        }
    }

    pub(super) async fn close(&self) {
        self.permits.close();
        let free = std::mem::take(&mut *self.free());
        for Idle { connection, .. } in free {
            // an error leaves it closed, too
            drop(connection.close().await);
        }
    }

    /// Takes a free connection, or opens one. Waits at most for the acquire timeout.
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
            match tokio::time::timeout(left, self.open()).await {
                Ok(Ok(connection)) => {
                    return Ok(Taken {
                        connection,
                        opened: Instant::now(),
                        _permit: permit,
                    });
                }
                // another task may return one
                Ok(Err(error)) if is_full(&error) && start.elapsed() < self.acquire_timeout => {
                    tokio::time::sleep(PAUSE).await;
                }
                Ok(Err(error)) => return Err(Trouble::NoConnection(error)),
                Err(_) => {
                    return Err(Trouble::Lost("PostgreSQL did not accept a connection in time"));
                }
            }
        }
    }

    async fn open(&self) -> Result<PgConnection, sqlx::Error> {
        let mut connection = self.connect.connect().await?;
        if self.keeps_settings {
            connection.execute(NOTICES_A_LOST_CLIENT).await?;
        }
        Ok(connection)
    }

    /// Takes a free connection that still works.
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
                // the server will not answer on other connections, either
                Err(_) => return None,
            }
        }
    }

    /// Records written rows. From time to time, a background task [analyzes](growth) the tables.
    pub(super) fn wrote(self: &Arc<Self>, rows: u64) {
        let (Some(rows), Ok(runtime)) = (self.growth.add(rows), Handle::try_current()) else {
            return;
        };
        let connections = self.clone();
        runtime.spawn(async move {
            // without a connection, or if it breaks, autovacuum does it later
            let Ok(mut taken) = connections.take().await else {
                return;
            };
            let analyzed = growth::analyze(&mut taken.connection, rows);
            match tokio::time::timeout(connections.deadline, analyzed).await {
                Ok(Ok(())) => connections.give_back(taken),
                _ => Self::discard(taken),
            }
        });
    }

    /// Returns a connection without an open transaction to the pool.
    pub(super) fn give_back(&self, taken: Taken) {
        if !self.permits.is_closed() {
            self.free().push(Idle {
                connection: taken.connection,
                opened: taken.opened,
                since: Instant::now(),
            });
        }
    }

    /// Closes a connection at once. The server rolls back its transaction.
    pub(super) fn discard(taken: Taken) {
        drop(taken);
    }

    fn free(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
