//! How an operation of a bulk request differs from a separate request: it does not wait for the disk.

use std::sync::{Mutex, PoisonError};

use super::join::Shared;
use crate::failure::Failure;
use crate::service::Call;
use crate::store::{Access, Durable, Transaction};

/// How an operation of a bulk request begins and ends its transaction.
#[derive(Debug)]
pub(crate) enum Part {
    /// In its own transaction. After the commit, it contains the durability of the transaction.
    Single(Mutex<Option<Durable>>),
    /// In a transaction that it shares with the other operations of its circle.
    Joined(Shared),
    /// In a shared transaction, to be completed later: resources that it refers to do not exist yet.
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

    /// The durability of the operation's transaction.
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
            // returns it to those who share it
            Self::Joined(_) | Self::Begun(_) => Ok(transaction.commit().await?),
        }
    }
}
