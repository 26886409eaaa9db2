//! The writing connection. Concurrent transactions share one commit.
//!
//! A transaction that writes only in its last statements sends them to the thread that commits (an [`Errand`]). The thread runs
//! all jobs that arrived during the previous commit, one after the other, and commits them together.
//!
//! Any other transaction leases the connection, and runs in a savepoint of the open database transaction. When it succeeds, it
//! is not on the disk yet: it passes the connection to the next waiting transaction, and waits for the commit. The thread that
//! commits queues behind the transactions that were waiting when the first one ended, so that all of these share its commit;
//! later ones share the next. A single transaction waits for no other. A transaction that took long commits at once, before the
//! next one gets the connection: it would wait for others that may take as long.
//!
//! A transaction that ends with `commit_later` requests its commit only when the caller awaits it, so that the caller's next
//! transactions share the commit. Until then, its changes are visible only on this connection.
//!
//! A transaction that fails or is dropped rolls back its own savepoint and nothing else. Its error is returned after the commit,
//! because it may result from changes of the others. If SQLite aborts the open transaction (the disk is full), all transactions
//! that shared it return an error.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};
use scim_service::store::{Durable, StoreError};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::committer::{Committer, Lost};
use super::errand::{Errand, Footprint, Job, Outcome};
use super::reader::closed;
use super::run::Borrowed;
use crate::database::deadline;
use crate::error::{Trouble, failure};
use crate::store::Options;

/// The pause before retrying to get a lock that another process holds.
const PAUSE: Duration = Duration::from_millis(5);

/// The duration from which a transaction commits at once: much longer than a commit takes.
const LONG: Duration = Duration::from_millis(50);

/// The time after a failed commit during which the database counts as not writable.
const DOUBT: Duration = Duration::from_secs(5);

#[derive(Debug, Clone)]
pub(super) struct Writer {
    physical: Arc<Mutex<Physical>>,
    committer: Committer,
    owes: Arc<AtomicBool>,
    acquire_timeout: Duration,
    deadline: Duration,
}

/// The connection, with its open transaction.
#[derive(Debug)]
struct Physical {
    connection: Connection,
    state: State,
    /// The transactions that have ended and are not on the disk yet, with their results.
    waiting: Vec<(oneshot::Sender<Outcome>, Outcome)>,
    /// Whether there are changes whose commit has not been requested.
    owes: Arc<AtomicBool>,
    /// The time and the error of the last failed commit, until a later one succeeds.
    trouble: Option<(Instant, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Open,
    Closed,
}

/// The connection, leased to one transaction. Dropping it rolls that transaction back.
#[derive(Debug)]
pub(crate) struct Lease {
    physical: OwnedMutexGuard<Physical>,
    committer: Committer,
    mark: Mark,
    since: Instant,
    deadline: Instant,
}

/// The point to which a transaction is rolled back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// The beginning of the database transaction: this transaction is its first.
    Start,
    Savepoint,
    /// None: the transaction has ended.
    Done,
}

impl Writer {
    pub(super) fn new(connection: Connection, options: &Options) -> Result<Self, StoreError> {
        // locks of other processes are awaited without blocking a thread
        connection.busy_timeout(Duration::ZERO).map_err(failure)?;
        let owes = Arc::new(AtomicBool::new(false));
        let physical = Arc::new(Mutex::new(Physical {
            connection,
            state: State::Idle,
            waiting: Vec::new(),
            owes: owes.clone(),
            trouble: None,
        }));
        let committed = physical.clone();
        let committer = Committer::spawn(options.deadline, move |errands| {
            let mut physical = committed.blocking_lock();
            for errand in errands() {
                physical.run(errand);
            }
            physical.commit();
        })?;
        Ok(Self {
            physical,
            committer,
            owes,
            acquire_timeout: options.acquire_timeout,
            deadline: options.deadline,
        })
    }

    /// Leases the connection, in the order of requests.
    pub(super) async fn lease(&self) -> Result<Lease, StoreError> {
        let start = Instant::now();
        let physical = tokio::time::timeout(self.acquire_timeout, self.physical.clone().lock_owned()).await;
        let mut lease = Lease {
            physical: physical.map_err(|_| busy())?,
            committer: self.committer.clone(),
            mark: Mark::Done,
            since: Instant::now(),
            deadline: deadline::after(self.deadline),
        };
        loop {
            match lease.physical.begin() {
                Ok(mark) => {
                    lease.mark = mark;
                    return Ok(lease);
                }
                Err(error) if is_busy(&error) && start.elapsed() < self.acquire_timeout => {
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(failure(error)),
            }
        }
    }

    /// Runs and commits a job, together with others. Dropping the future before the job has begun cancels it.
    pub(super) async fn run(&self, job: Job, footprint: Footprint) -> Result<(), StoreError> {
        let (errand, claim, mut done) = Errand::new(job, footprint, deadline::after(self.acquire_timeout));
        self.committer.send(errand)?;
        match tokio::time::timeout(self.acquire_timeout, &mut done).await {
            Ok(done) => done.map_err(|_| closed())?,
            Err(_) if claim.take() => Err(busy()),
            // it has begun: the commit decides
            Err(_) => self.committer.lasts(done).await,
        }
    }

    /// Whether there are changes that are visible only on this connection, because their commit has not been requested.
    pub(super) fn owes(&self) -> bool {
        self.owes.load(Ordering::Acquire)
    }

    /// Returns an error if the last commit failed and a test write fails, too. The test waits for a while: on a disk that is
    /// nearly full, some commits succeed and others fail.
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

    /// Commits and closes the connection, once it is free.
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
    /// Commits, and waits until the changes are on the disk.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        let committed = self.end()?;
        let committer = self.committer.clone();
        committer.ask()?;
        if self.since.elapsed() >= LONG {
            // before the committer, whose turn comes after those who wait; goes on if this future is dropped
            drop(tokio::task::spawn_blocking(move || self.physical.commit()));
        } else {
            drop(self);
        }
        committer.lasts(committed).await
    }

    /// Ends the transaction, and requests the commit when the returned value is awaited or dropped.
    pub(crate) fn commit_later(mut self) -> Result<Durable, StoreError> {
        let committed = self.end()?;
        self.physical.owes.store(true, Ordering::Release);
        let committer = self.committer.clone();
        drop(self);
        Ok(committer.later(committed))
    }

    /// Leaves the changes to the next commit. The receiver gets its result.
    fn end(&mut self) -> Result<oneshot::Receiver<Outcome>, StoreError> {
        self.physical.keep(self.mark)?;
        self.mark = Mark::Done;
        let (done, committed) = oneshot::channel();
        self.physical.waiting.push((done, Ok(())));
        Ok(committed)
    }
}

impl Deref for Lease {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.physical.connection
    }
}

impl Borrowed for Lease {
    const IS_ALONE: bool = false;

    fn deadline(&self) -> Instant {
        self.deadline
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.physical.take_back(self.mark);
    }
}

impl Physical {
    /// Runs a job, unless it was withdrawn.
    fn run(&mut self, errand: Errand) {
        if errand.begin() {
            let outcome = self.attempt(errand.job, errand.footprint, errand.until);
            self.waiting.push((errand.done, outcome));
        }
    }

    fn attempt(&mut self, job: Job, footprint: Footprint, until: Instant) -> Result<(), StoreError> {
        let mark = loop {
            match self.begin_job(footprint) {
                Ok(mark) => break mark,
                Err(error) if is_busy(&error) && Instant::now() < until => std::thread::sleep(PAUSE),
                Err(error) => return Err(failure(error)),
            }
        };
        match job(&self.connection) {
            Ok(()) => self.keep(mark),
            Err(error) => {
                self.take_back(mark);
                Err(error)
            }
        }
    }

    fn begin_job(&mut self, footprint: Footprint) -> Result<Mark, Trouble> {
        match (self.state, footprint) {
            (State::Open, Footprint::None) if !self.was_given_up() => Ok(Mark::Done),
            _ => self.begin(),
        }
    }

    /// Begins a database transaction, or a savepoint in the open one.
    fn begin(&mut self) -> Result<Mark, Trouble> {
        self.was_given_up();
        match self.state {
            State::Closed => Err(Trouble::Lost("the database was closed")),
            State::Open => {
                self.execute("SAVEPOINT one")?;
                Ok(Mark::Savepoint)
            }
            // a transaction that begins with a read cannot write after another process has written
            State::Idle => {
                self.execute("BEGIN IMMEDIATE")?;
                self.state = State::Open;
                Ok(Mark::Start)
            }
        }
    }

    /// Keeps the changes since the mark, for the next commit.
    fn keep(&mut self, mark: Mark) -> Result<(), StoreError> {
        if self.was_given_up() {
            return Err(StoreError::Unavailable(
                "the database gave up the transaction".into(),
            ));
        }
        match mark {
            Mark::Savepoint => self.execute("RELEASE one").map_err(failure),
            Mark::Start | Mark::Done => Ok(()),
        }
    }

    /// Rolls back the changes since the mark.
    fn take_back(&mut self, mark: Mark) {
        if mark == Mark::Done || self.was_given_up() {
            return;
        }
        let taken_back = match mark {
            Mark::Savepoint => self
                .execute("ROLLBACK TO one")
                .and_then(|()| self.execute("RELEASE one")),
            Mark::Start | Mark::Done => self.execute("ROLLBACK").map(|()| self.state = State::Idle),
        };
        if taken_back.is_err() {
            self.give_up("a transaction could not be taken back");
        }
    }

    /// Commits the open transaction, and sends the result to all that wait for it.
    fn commit(&mut self) {
        if self.state != State::Open || self.was_given_up() {
            // the transactions that still wait have changed nothing
            return self.answer(&Ok(()));
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

    /// Rolls back the open transaction, and sends an error to all that wait for its commit.
    fn give_up(&mut self, why: &str) {
        if !self.connection.is_autocommit() && self.execute("ROLLBACK").is_err() {
            // it stays open; the next transaction fails to begin, or finds it rolled back
        }
        self.state = State::Idle;
        self.answer(&Err(Lost(why.to_owned())));
    }

    /// Whether SQLite has rolled back the open transaction by itself. If so, sends an error to all that wait for its commit.
    fn was_given_up(&mut self) -> bool {
        let was_given_up = self.state == State::Open && self.connection.is_autocommit();
        if was_given_up {
            self.trouble = Some((Instant::now(), "the database gave up a transaction".to_owned()));
            self.give_up("the database gave it up");
        }
        was_given_up
    }

    fn answer(&mut self, committed: &Result<(), Lost>) {
        self.owes.store(false, Ordering::Release);
        for (waiting, outcome) in self.waiting.drain(..) {
            let lost = committed
                .clone()
                .map_err(|lost| StoreError::Unavailable(Box::new(lost)));
            // the receiver may be gone
            drop(waiting.send(lost.and(outcome)));
        }
    }

    fn execute(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }
}

fn is_busy(trouble: &Trouble) -> bool {
    let Trouble::Sqlite(error) = trouble else {
        return false;
    };
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
