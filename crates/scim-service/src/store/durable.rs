//! Waiting until a transaction is durable.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::StoreError;

/// A future that resolves once a transaction is durable; see [`Transaction::commit_later`](super::Transaction::commit_later).
///
/// `Ok` means that the changes survive the end of the process. Dropping it does not cancel the transaction.
#[must_use = "without awaiting it, nobody learns whether the transaction is durable"]
pub struct Durable(Option<Lasts>);

type Lasts = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

impl Durable {
    /// Returns a future that is ready: the transaction is durable.
    pub fn already() -> Self {
        Self(None)
    }

    /// Returns a future that resolves with `durable`, which waits until the transaction is durable. If dropping `durable`
    /// would cancel the transaction, spawn the work first.
    pub fn when(durable: impl Future<Output = Result<(), StoreError>> + Send + 'static) -> Self {
        Self(Some(Box::pin(durable)))
    }
}

impl Future for Durable {
    type Output = Result<(), StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            None => Poll::Ready(Ok(())),
            Some(lasts) => lasts.as_mut().poll(context),
        }
    }
}

impl fmt::Debug for Durable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Durable").field(&self.0.is_none()).finish()
    }
}
