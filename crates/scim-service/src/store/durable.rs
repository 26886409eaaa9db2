//! Waiting until something lasts.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::StoreError;

/// A future that ends when a transaction lasts: `Ok` from when on it does, whatever happens to the process. Dropped, the transaction lasts all the same, if nothing fails.
#[must_use = "nobody else tells whether the transaction lasts"]
pub struct Durable(Option<Lasts>);

type Lasts = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

impl Durable {
    /// Of a transaction that lasts already.
    pub fn already() -> Self {
        Self(None)
    }

    /// Of one that lasts as soon as the future ends well.
    pub fn when(lasts: impl Future<Output = Result<(), StoreError>> + Send + 'static) -> Self {
        Self(Some(Box::pin(lasts)))
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
