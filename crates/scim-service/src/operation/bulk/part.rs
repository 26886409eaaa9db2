//! What an operation of a bulk does otherwise than a request by itself: it does not wait for the disk.

use std::sync::{Mutex, PoisonError};

use super::join::Shared;
use crate::failure::Failure;
use crate::service::Call;
use crate::store::{Access, Durable, Transaction};

/// How an operation of a bulk begins and ends its transaction.
#[derive(Debug)]
pub(crate) enum Part {
    /// In one of its own. Inside, when it lasts, after it has ended.
    Single(Mutex<Option<Durable>>),
    /// In one that it shares with those that it makes a circle with.
    Joined(Shared),
    /// The same, to be completed in it afterwards: what it refers to is not there yet.
    Begun(Shared),
}

impl Part {
    pub(super) fn single() -> Self {
        Self::Single(Mutex::new(None))
    }

    pub(super) fn joined(shared: &Shared) -> Self {
        Self::Joined(shared.clone())
    }

    pub(super) fn begun(shared: &Shared) -> Self {
        Self::Begun(shared.clone())
    }

    /// When what the operation did lasts.
    pub(super) fn into_durable(self) -> Option<Durable> {
        match self {
            Self::Single(durable) => durable.into_inner().unwrap_or_else(PoisonError::into_inner),
            Self::Joined(_) | Self::Begun(_) => None,
        }
    }

    pub(crate) async fn begin(&self, call: &Call<'_>) -> Result<Box<dyn Transaction>, Failure> {
        match self {
            Self::Single(_) => call.begin_alone(Access::Write).await,
            Self::Joined(shared) | Self::Begun(shared) => Ok(shared.join()?),
        }
    }

    pub(crate) async fn commit(&self, transaction: Box<dyn Transaction>) -> Result<(), Failure> {
        match self {
            Self::Single(slot) => {
                let durable = transaction.commit_later().await?;
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(durable);
                Ok(())
            }
            // gives it back to those who share it
            Self::Joined(_) | Self::Begun(_) => Ok(transaction.commit().await?),
        }
    }
}
