//! The thread that commits, and those who ask it to.

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

/// Asks for commits. Clones ask the same thread.
#[derive(Debug, Clone)]
pub(super) struct Committer {
    wakes: mpsc::Sender<Wake>,
    /// Whether a commit was asked for that has not begun.
    asked: Arc<AtomicBool>,
    /// How long to wait for a commit.
    deadline: Duration,
}

/// Why the thread is woken.
#[derive(Debug)]
enum Wake {
    /// Something was done that waits for its commit.
    Commit,
    /// Something is to be done before the commit.
    Run(Errand),
}

/// That a transaction was not kept, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the transaction was not kept: {0}")]
pub(super) struct Lost(pub(super) String);

/// That a commit has not ended in time.
#[derive(Debug, thiserror::Error)]
#[error("the disk is slow: whether the change is kept is not known yet")]
struct Unknown;

impl Committer {
    /// Starts the thread. `turn` takes what is to be done as soon as it holds the connection: whoever asks from then on means
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
                        // after the wakes are taken out: one that is gone must not keep the next from being sent
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

    /// Has something done in the next turn.
    pub(super) fn send(&self, errand: Errand) -> Result<(), StoreError> {
        self.wakes.send(Wake::Run(errand)).map_err(|_| closed())
    }

    /// Asks for a commit, once however many ask before it begins.
    pub(super) fn ask(&self) -> Result<(), StoreError> {
        match self.asked.swap(true, Ordering::AcqRel) {
            true => Ok(()),
            false => self.wakes.send(Wake::Commit).map_err(|_| closed()),
        }
    }

    /// A commit that is asked for when it is awaited, or not awaited any more.
    pub(super) fn later(self, committed: oneshot::Receiver<Outcome>) -> Durable {
        let deadline = self.deadline;
        let later = Later {
            committer: self,
            committed,
            asked: false,
        };
        Durable::when(within(deadline, later))
    }

    /// The end of a transaction that ended well: it reached the disk, or did not.
    pub(super) async fn lasts(&self, committed: oneshot::Receiver<Outcome>) -> Result<(), StoreError> {
        within(self.deadline, async { kept(committed.await) }).await
    }
}

/// What is not committed by then may still be: nobody knows.
async fn within(
    deadline: Duration,
    lasts: impl Future<Output = Result<(), StoreError>>,
) -> Result<(), StoreError> {
    let lasts = tokio::time::timeout(deadline, lasts).await;
    lasts.unwrap_or_else(|_| Err(StoreError::Unavailable(Box::new(Unknown))))
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
            // a thread that is gone has closed the database, and committed before
            drop(self.committer.ask());
        }
    }
}

fn kept(committed: Result<Outcome, RecvError>) -> Result<(), StoreError> {
    committed.map_err(|_| closed())?
}
