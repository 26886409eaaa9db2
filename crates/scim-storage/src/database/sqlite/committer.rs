//! The thread that commits, and those who ask it to.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll};

use scim_service::store::{Durable, StoreError};
use tokio::sync::oneshot::{
    self,
    error::{RecvError, TryRecvError},
};

use super::reader::closed;

/// Asks for commits. Clones ask the same thread.
#[derive(Debug, Clone)]
pub(super) struct Committer {
    wakes: mpsc::Sender<()>,
    /// Whether a commit was asked for that has not begun.
    asked: Arc<AtomicBool>,
}

/// That a transaction was not kept, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the transaction was not kept: {0}")]
pub(super) struct Lost(pub(super) String);

impl Committer {
    /// Starts the thread. `commit` calls its argument as soon as it holds what it commits: whoever asks from then on means
    /// the next commit.
    pub(super) fn spawn(commit: impl Fn(&dyn Fn()) + Send + 'static) -> Result<Self, StoreError> {
        let (wakes, woken) = mpsc::channel();
        let asked = Arc::new(AtomicBool::new(false));
        let is_asked = asked.clone();
        std::thread::Builder::new()
            .name("sqlite-commit".to_owned())
            .spawn(move || {
                while woken.recv().is_ok() {
                    commit(&|| is_asked.store(false, Ordering::Release));
                }
            })
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        Ok(Self { wakes, asked })
    }

    /// Asks for a commit, once however many ask before it begins.
    pub(super) fn ask(&self) -> Result<(), StoreError> {
        match self.asked.swap(true, Ordering::AcqRel) {
            true => Ok(()),
            false => self.wakes.send(()).map_err(|_| closed()),
        }
    }

    /// A commit that is asked for when it is awaited, or not awaited any more.
    pub(super) fn later(self, committed: oneshot::Receiver<Result<(), Lost>>) -> Durable {
        let later = Later {
            committer: self,
            committed,
            asked: false,
        };
        Durable::when(later)
    }
}

/// The end of a transaction that ended well: it reached the disk, or did not.
pub(super) async fn lasts(committed: oneshot::Receiver<Result<(), Lost>>) -> Result<(), StoreError> {
    kept(committed.await)
}

#[derive(Debug)]
struct Later {
    committer: Committer,
    committed: oneshot::Receiver<Result<(), Lost>>,
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
        if !self.asked && self.committed.try_recv() == Err(TryRecvError::Empty) {
            // a thread that is gone has closed the database, and committed before
            drop(self.committer.ask());
        }
    }
}

fn kept(committed: Result<Result<(), Lost>, RecvError>) -> Result<(), StoreError> {
    let committed = committed.map_err(|_| closed())?;
    committed.map_err(|lost| StoreError::Unavailable(Box::new(lost)))
}
