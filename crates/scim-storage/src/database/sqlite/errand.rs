//! Something to be done on the connection that writes, by the thread that commits.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use rusqlite::Connection;
use scim_service::store::StoreError;
use tokio::sync::oneshot;

/// What is to be done.
pub(super) type Job = Box<dyn FnOnce(&Connection) -> Outcome + Send>;

/// What came of it.
pub(super) type Outcome = Result<(), StoreError>;

/// Whether a failure leaves something to take back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Footprint {
    /// It is one statement, which takes itself back.
    None,
    Some,
}

/// A job, and who waits for it.
pub(super) struct Errand {
    pub(super) job: Job,
    pub(super) footprint: Footprint,
    /// How long it can wait for what another process holds.
    pub(super) until: Instant,
    pub(super) done: oneshot::Sender<Outcome>,
    claim: Claim,
}

/// Whose the errand is: of the one who asked, until the thread begins with it.
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

    /// Whether it is still to be done. From then on it cannot be withdrawn.
    pub(super) fn begin(&self) -> bool {
        !self.done.is_closed() && self.claim.take()
    }
}

impl Claim {
    /// Whether it was there to take; it is there once.
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
