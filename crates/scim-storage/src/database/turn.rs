//! Waiting for one of a limited number of connections.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Trouble;

/// Waits for a permit, at most for `acquire_timeout`.
pub(super) async fn take(
    turns: &Arc<Semaphore>,
    acquire_timeout: Duration,
) -> Result<OwnedSemaphorePermit, Trouble> {
    match turns.clone().try_acquire_owned() {
        Ok(turn) => Ok(turn),
        Err(_) => tokio::time::timeout(acquire_timeout, turns.clone().acquire_owned())
            .await
            .map_err(|_| Trouble::Lost("no connection to the database was free in time"))?
            .map_err(|_| Trouble::Lost("the database was closed")),
    }
}
