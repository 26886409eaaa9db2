//! The thread that commits, and the handle that requests commits.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll};
use std::time::Duration;

use scim_service::store::{Durable, StoreError};
use tokio::sync::oneshot::{
    self,
    error::{RecvError, TryRecvError},
};

use super::errand::{Errand, Outcome};
use super::reader::closed;

/// A handle to the thread that commits. Clones share the thread.
#[derive(Debug, Clone)]
pub(super) struct Committer {
    wakes: mpsc::Sender<Wake>,
    /// Whether a commit has been requested and not begun.
    asked: Arc<AtomicBool>,
    /// The maximum time to wait for a commit.
    deadline: Duration,
}

/// A message to the thread.
#[derive(Debug)]
enum Wake {
    /// A transaction waits for its commit.
    Commit,
    /// A job to run before the commit.
    Run(Errand),
}

/// The error that a transaction was not committed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the transaction was not kept: {0}")]
pub(super) struct Lost(pub(super) String);

/// The error that a commit has not ended in time.
#[derive(Debug, thiserror::Error)]
#[error("the disk is slow: whether the change is kept is not known yet")]
struct Unknown;

impl Committer {
    /// Starts the thread. `turn` runs for each commit. It takes the jobs once it holds the connection; later requests belong to
    /// the next turn.
    pub(super) fn spawn(
        deadline: Duration,
        turn: impl Fn(&mut dyn FnMut() -> Vec<Errand>) + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (wakes, woken) = mpsc::channel();
        let asked = Arc::new(AtomicBool::new(false));
        let is_asked = asked.clone();
        std::thread::Builder::new()
            .name("sqlite-commit".to_owned())
            .spawn(move || {
                while let Ok(wake) = woken.recv() {
                    let mut first = Some(wake);
                    turn(&mut || {
                        let wakes = first.take().into_iter().chain(woken.try_iter());
                        let errands = wakes.filter_map(Wake::errand).collect();
                        // after the messages are taken: a message already taken must not suppress the next one
                        is_asked.store(false, Ordering::Release);
                        errands
                    });
                }
            })
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        Ok(Self {
            wakes,
            asked,
            deadline,
        })
    }

    /// Sends a job for the next turn.
    pub(super) fn send(&self, errand: Errand) -> Result<(), StoreError> {
        self.wakes.send(Wake::Run(errand)).map_err(|_| closed())
    }

    /// Requests a commit. Requests before it begins are combined.
    pub(super) fn ask(&self) -> Result<(), StoreError> {
        match self.asked.swap(true, Ordering::AcqRel) {
            true => Ok(()),
            false => self.wakes.send(Wake::Commit).map_err(|_| closed()),
        }
    }

    /// Returns a future that requests the commit when it is polled or dropped.
    pub(super) fn later(self, committed: oneshot::Receiver<Outcome>) -> Durable {
        let deadline = self.deadline;
        let later = Later {
            committer: self,
            committed,
            asked: false,
        };
        Durable::when(within(deadline, later))
    }

    /// Waits until a transaction is on the disk.
    pub(super) async fn lasts(&self, committed: oneshot::Receiver<Outcome>) -> Result<(), StoreError> {
        within(self.deadline, async { kept(committed.await) }).await
    }
}

/// Waits until the deadline. After it, the outcome of the commit is unknown.
async fn within(
    deadline: Duration,
    lasts: impl Future<Output = Result<(), StoreError>>,
) -> Result<(), StoreError> {
    let lasts = tokio::time::timeout(deadline, lasts).await;
    lasts.unwrap_or_else(|_| Err(StoreError::OutcomeUnknown(Box::new(Unknown))))
}

impl Wake {
    fn errand(self) -> Option<Errand> {
        match self {
            Self::Commit => None,
            Self::Run(errand) => Some(errand),
        }
    }
}

#[derive(Debug)]
struct Later {
    committer: Committer,
    committed: oneshot::Receiver<Outcome>,
    asked: bool,
}

impl Future for Later {
    type Output = Result<(), StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(committed) = Pin::new(&mut self.committed).poll(context) {
            self.asked = true;
            return Poll::Ready(kept(committed));
        }
        if !self.asked {
            self.asked = true;
            if let Err(error) = self.committer.ask() {
                return Poll::Ready(Err(error));
            }
        }
        Poll::Pending
    }
}

impl Drop for Later {
    fn drop(&mut self) {
        if !self.asked && matches!(self.committed.try_recv(), Err(TryRecvError::Empty)) {
            // if the thread is gone, the database was closed and committed before
            drop(self.committer.ask());
        }
    }
}

/// Flattens the outcome that the thread sent.
fn kept(committed: Result<Outcome, RecvError>) -> Result<(), StoreError> {
    committed.map_err(|_| closed())?
}
