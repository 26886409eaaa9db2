//! A job for the thread that commits, on the writing connection.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use rusqlite::Connection;
use scim_service::store::StoreError;
use tokio::sync::oneshot;

/// The work of a job.
pub(super) type Job = Box<dyn FnOnce(&Connection) -> Outcome + Send>;

/// The result of a transaction.
pub(super) type Outcome = Result<(), StoreError>;

/// Whether a failed job leaves changes to roll back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Footprint {
    /// The job is one statement, which the database rolls back by itself.
    None,
    Some,
}

/// A job, with the channel for its result.
pub(super) struct Errand {
    pub(super) job: Job,
    pub(super) footprint: Footprint,
    /// The time until which the job waits for a lock of another process.
    pub(super) until: Instant,
    pub(super) done: oneshot::Sender<Outcome>,
    claim: Claim,
}

/// The ownership of a job: the caller can withdraw it until the thread begins it.
#[derive(Debug, Clone, Default)]
pub(super) struct Claim(Arc<AtomicBool>);

impl Errand {
    pub(super) fn new(
        job: Job,
        footprint: Footprint,
        until: Instant,
    ) -> (Self, Claim, oneshot::Receiver<Outcome>) {
        let (done, receiver) = oneshot::channel();
        let claim = Claim::default();
        let errand = Self {
            job,
            footprint,
            until,
            done,
            claim: claim.clone(),
        };
        (errand, claim, receiver)
    }

    /// Claims the job for the thread, and returns whether it must run. It can no longer be withdrawn.
    pub(super) fn begin(&self) -> bool {
        !self.done.is_closed() && self.claim.take()
    }
}

impl Claim {
    /// Takes the claim. Returns `true` the first time only.
    pub(super) fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

impl fmt::Debug for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Errand")
            .field("footprint", &self.footprint)
            .field("claim", &self.claim)
            .finish_non_exhaustive()
    }
}
