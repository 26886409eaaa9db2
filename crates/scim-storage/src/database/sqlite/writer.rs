//! The connection that writes: transactions that are there at the same time share one commit.
//!
//! A transaction leases the connection, and runs in a savepoint of the transaction that is open in the database. When it
//! has ended well, it is not yet on the disk: it gives the connection to the next one that waits, and waits for the commit
//! itself. The thread that commits queues behind those that were waiting when the first of them ended, so that all
//! of these share its commit, and those that come meanwhile share the next. A transaction that is alone waits for nobody.
//!
//! One that fails or is dropped takes back its own savepoint and nothing else. Where SQLite itself gives up the open
//! transaction (the disk is full), all that shared it are told that they were not kept.

use std::ops::Deref;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};
use scim_service::store::StoreError;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::reader::closed;
use super::run::Borrowed;
use crate::error::failure;
use crate::store::Options;

/// How long to wait before asking again for what another process holds.
const PAUSE: Duration = Duration::from_millis(5);

/// How long after a failed commit the database counts as one that cannot be written to.
const DOUBT: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Writer {
    physical: Arc<Mutex<Physical>>,
    committer: mpsc::Sender<()>,
    patience: Duration,
    deadline: Duration,
}

/// The connection, and the transaction that is open on it.
#[derive(Debug)]
struct Physical {
    connection: Connection,
    state: State,
    /// Those whose work is done and not yet on the disk.
    waiting: Vec<oneshot::Sender<Result<(), Lost>>>,
    /// When a commit failed last, and why, until it is known that others succeed.
    trouble: Option<(Instant, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Open,
    Closed,
}

/// That a transaction was not kept, and why.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the transaction was not kept: {0}")]
struct Lost(String);

/// The connection, for one transaction. Dropped, it takes back what that transaction did.
#[derive(Debug)]
pub(crate) struct Lease {
    physical: OwnedMutexGuard<Physical>,
    committer: mpsc::Sender<()>,
    mark: Mark,
    deadline: Instant,
}

/// From where on a transaction is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// It is the first in the open transaction of the database.
    Start,
    Savepoint,
    /// It has ended.
    Done,
}

impl Writer {
    pub(super) fn new(connection: Connection, options: &Options) -> Result<Self, StoreError> {
        // what others hold is waited for without holding up a thread
        connection.busy_timeout(Duration::ZERO).map_err(failure)?;
        let physical = Arc::new(Mutex::new(Physical {
            connection,
            state: State::Idle,
            waiting: Vec::new(),
            trouble: None,
        }));
        let (committer, wakes) = mpsc::channel();
        let committed = physical.clone();
        let commit = move || {
            while wakes.recv().is_ok() {
                committed.blocking_lock().commit();
            }
        };
        std::thread::Builder::new()
            .name("sqlite-commit".to_owned())
            .spawn(commit)
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        Ok(Self {
            physical,
            committer,
            patience: options.patience,
            deadline: options.deadline,
        })
    }

    /// The connection, as soon as all who asked before have had it.
    pub(super) async fn lease(&self) -> Result<Lease, StoreError> {
        let start = Instant::now();
        let physical = tokio::time::timeout(self.patience, self.physical.clone().lock_owned()).await;
        let mut lease = Lease {
            physical: physical.map_err(|_| busy())?,
            committer: self.committer.clone(),
            mark: Mark::Done,
            deadline: start + self.deadline,
        };
        if lease.physical.state == State::Closed {
            return Err(closed());
        }
        loop {
            match lease.begin() {
                Ok(()) => return Ok(lease),
                Err(error) if is_busy(&error) && start.elapsed() < self.patience => {
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(failure(error)),
            }
        }
    }

    /// After a failed commit, tries whether the database takes writes again; not at once, where there is little room some
    /// commits succeed and others fail.
    pub(super) async fn writable(&self) -> Result<(), StoreError> {
        let Some((when, why)) = self.physical.lock().await.trouble.clone() else {
            return Ok(());
        };
        if when.elapsed() < DOUBT {
            return Err(StoreError::Unavailable(Box::new(Lost(why))));
        }
        let lease = self.lease().await?;
        let probe = "UPDATE users SET version = version WHERE pk IN (SELECT pk FROM users ORDER BY pk DESC LIMIT 200)";
        lease.execute(probe, []).map_err(failure)?;
        lease.commit().await?;
        self.physical.lock().await.trouble = None;
        Ok(())
    }

    /// Closes the connection when it is given back.
    pub(super) async fn close(&self) -> Result<(), StoreError> {
        let mut physical = self.physical.lock().await;
        physical.commit();
        physical.state = State::Closed;
        let nothing = Connection::open_in_memory().map_err(failure)?;
        let connection = std::mem::replace(&mut physical.connection, nothing);
        connection.close().map_err(|(_, error)| failure(error))
    }
}

impl Lease {
    /// Makes what was done last: waits until it is on the disk.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        if self.physical.was_given_up() {
            return Err(StoreError::Unavailable(
                "the database gave up the transaction".into(),
            ));
        }
        if self.mark == Mark::Savepoint {
            self.physical.execute("RELEASE one").map_err(failure)?;
        }
        self.mark = Mark::Done;
        let (done, committed) = oneshot::channel();
        self.physical.waiting.push(done);
        if self.physical.waiting.len() == 1 {
            self.committer.send(()).map_err(|_| closed())?;
        }
        drop(self);
        let committed = committed.await.map_err(|_| closed())?;
        committed.map_err(|lost| StoreError::Unavailable(Box::new(lost)))
    }

    fn begin(&mut self) -> rusqlite::Result<()> {
        self.physical.was_given_up();
        if self.physical.state == State::Open {
            self.physical.execute("SAVEPOINT one")?;
            self.mark = Mark::Savepoint;
        } else {
            // a transaction that began by reading could not be made to write after another process wrote
            self.physical.execute("BEGIN IMMEDIATE")?;
            self.physical.state = State::Open;
            self.mark = Mark::Start;
        }
        Ok(())
    }
}

impl Deref for Lease {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.physical.connection
    }
}

impl Borrowed for Lease {
    fn deadline(&self) -> Instant {
        self.deadline
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.mark == Mark::Done || self.physical.was_given_up() {
            return;
        }
        let taken_back = match self.mark {
            Mark::Savepoint => self
                .physical
                .execute("ROLLBACK TO one")
                .and_then(|()| self.physical.execute("RELEASE one")),
            _ => Err(rusqlite::Error::InvalidQuery),
        };
        if taken_back.is_err() {
            self.physical.give_up("a transaction could not be taken back");
        }
    }
}

impl Physical {
    /// Has all that is open reach the disk, and tells those who wait for it.
    fn commit(&mut self) {
        if self.state != State::Open || self.was_given_up() {
            return;
        }
        match self.execute("COMMIT") {
            Ok(()) => {
                self.state = State::Idle;
                self.answer(&Ok(()));
            }
            Err(error) => {
                self.trouble = Some((Instant::now(), error.to_string()));
                self.give_up(&error.to_string());
            }
        }
    }

    /// Takes back all that is open.
    fn give_up(&mut self, why: &str) {
        if !self.connection.is_autocommit() && self.execute("ROLLBACK").is_err() {
            // it stays open; whoever begins next fails, and finds it closed or not then
        }
        self.state = State::Idle;
        self.answer(&Err(Lost(why.to_owned())));
    }

    /// Whether SQLite took back by itself what was open. Those who wait are told.
    fn was_given_up(&mut self) -> bool {
        let was_given_up = self.state == State::Open && self.connection.is_autocommit();
        if was_given_up {
            self.trouble = Some((Instant::now(), "the database gave up a transaction".to_owned()));
            self.give_up("the database gave it up");
        }
        was_given_up
    }

    fn answer(&mut self, result: &Result<(), Lost>) {
        for waiting in self.waiting.drain(..) {
            // who does not wait any more has no need to know
            drop(waiting.send(result.clone()));
        }
    }

    fn execute(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

fn busy() -> StoreError {
    StoreError::Unavailable("others wrote to the database for too long".into())
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
