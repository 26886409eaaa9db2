//! The connection that writes: transactions that are there at the same time share one commit.
//!
//! A transaction whose last statements are all that it writes hands them to the thread that commits (an [`Errand`]): the
//! thread runs all that came while it committed before, one after the other, and commits them together.
//!
//! Any other transaction leases the connection, and runs in a savepoint of the transaction that is open in the database.
//! When it has ended well, it is not yet on the disk: it gives the connection to the next one that waits, and waits for the
//! commit itself. The thread that commits queues behind those that were waiting when the first of them ended, so that all
//! of these share its commit, and those that come meanwhile share the next. A transaction that is alone waits for nobody.
//!
//! One of many that a single caller answers for together asks for its commit only when the caller awaits it, so that those
//! that come after it share the commit, too. Until then what it did is seen on this connection alone.
//!
//! One that fails or is dropped takes back its own savepoint and nothing else; why it failed is told after the commit, for
//! it may have failed on what others did. Where SQLite itself gives up the open transaction (the disk is full), all that
//! shared it are told that they were not kept.

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
use crate::error::{Trouble, failure};
use crate::store::Options;

/// How long to wait before asking again for what another process holds.
const PAUSE: Duration = Duration::from_millis(5);

/// How long after a failed commit the database counts as one that cannot be written to.
const DOUBT: Duration = Duration::from_secs(5);

#[derive(Debug, Clone)]
pub(super) struct Writer {
    physical: Arc<Mutex<Physical>>,
    committer: Committer,
    owes: Arc<AtomicBool>,
    acquire_timeout: Duration,
    deadline: Duration,
}

/// The connection, and the transaction that is open on it.
#[derive(Debug)]
struct Physical {
    connection: Connection,
    state: State,
    /// Those whose work is done and not yet on the disk, and what came of it.
    waiting: Vec<(oneshot::Sender<Outcome>, Outcome)>,
    /// Whether something was done that nobody has asked to commit.
    owes: Arc<AtomicBool>,
    /// When a commit failed last, and why, until it is known that others succeed.
    trouble: Option<(Instant, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Open,
    Closed,
}

/// The connection, for one transaction. Dropped, it takes back what that transaction did.
#[derive(Debug)]
pub(crate) struct Lease {
    physical: OwnedMutexGuard<Physical>,
    committer: Committer,
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

    /// The connection, as soon as all who asked before have had it.
    pub(super) async fn lease(&self) -> Result<Lease, StoreError> {
        let start = Instant::now();
        let physical = tokio::time::timeout(self.acquire_timeout, self.physical.clone().lock_owned()).await;
        let mut lease = Lease {
            physical: physical.map_err(|_| busy())?,
            committer: self.committer.clone(),
            mark: Mark::Done,
            deadline: start + self.deadline,
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

    /// Has a job done and committed, together with those of others. Dropped before it was begun, it is not done.
    pub(super) async fn run(&self, job: Job, footprint: Footprint) -> Result<(), StoreError> {
        let (errand, claim, mut done) = Errand::new(job, footprint, Instant::now() + self.acquire_timeout);
        self.committer.send(errand)?;
        match tokio::time::timeout(self.acquire_timeout, &mut done).await {
            Ok(done) => done.map_err(|_| closed())?,
            Err(_) if claim.take() => Err(busy()),
            // it was begun: whether it lasts is known when it is committed
            Err(_) => self.committer.lasts(done).await,
        }
    }

    /// Whether something was done that is seen on this connection alone, and whose commit nobody has asked for.
    pub(super) fn owes(&self) -> bool {
        self.owes.load(Ordering::Acquire)
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
        let committed = self.end()?;
        let committer = self.committer.clone();
        committer.ask()?;
        drop(self);
        committer.lasts(committed).await
    }

    /// The same, but asks for the commit only when somebody awaits it.
    pub(crate) fn commit_later(mut self) -> Result<Durable, StoreError> {
        let committed = self.end()?;
        self.physical.owes.store(true, Ordering::Release);
        let committer = self.committer.clone();
        drop(self);
        Ok(committer.later(committed))
    }

    /// Leaves what was done to the next commit, which the receiver hears of.
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
    /// Does what somebody asked for, to be committed with what others did.
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

    /// Begins a transaction of its own, or one within the one that is open.
    fn begin(&mut self) -> Result<Mark, Trouble> {
        self.was_given_up();
        match self.state {
            State::Closed => Err(Trouble::Lost("the database was closed")),
            State::Open => {
                self.execute("SAVEPOINT one")?;
                Ok(Mark::Savepoint)
            }
            // a transaction that began by reading could not be made to write after another process wrote
            State::Idle => {
                self.execute("BEGIN IMMEDIATE")?;
                self.state = State::Open;
                Ok(Mark::Start)
            }
        }
    }

    /// Leaves what was done since the mark to the next commit.
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

    /// Takes back what was done since the mark.
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

    /// Has all that is open reach the disk, and tells those who wait for it.
    fn commit(&mut self) {
        if self.state != State::Open || self.was_given_up() {
            // those who are left did nothing that could be kept
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

    fn answer(&mut self, committed: &Result<(), Lost>) {
        self.owes.store(false, Ordering::Release);
        for (waiting, outcome) in self.waiting.drain(..) {
            let lost = committed
                .clone()
                .map_err(|lost| StoreError::Unavailable(Box::new(lost)));
            // who does not wait any more has no need to know
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
