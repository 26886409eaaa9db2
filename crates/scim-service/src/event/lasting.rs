//! Calls of hooks before and after a commit.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use scim_core::error::Error;
use tokio::runtime::Handle;
use tracing::Instrument as _;

use super::{Event, Hook};
use crate::store::{Durable, StoreError, Transaction};

/// The duration from which a call before a commit is logged.
const SLOW: Duration = Duration::from_secs(1);

/// The hooks of a service, in order.
pub(super) type Hooks = Arc<[Arc<dyn Hook>]>;

/// The events of a transaction, and the hooks that receive them.
pub(super) struct Told {
    pub(super) hooks: Hooks,
    pub(super) events: Vec<Event>,
}

impl Told {
    /// Calls all hooks, in order, until one rejects the change.
    pub(super) async fn before_commit(&self) -> Result<(), StoreError> {
        for hook in self.hooks.iter() {
            let start = Instant::now();
            let asked = AssertUnwindSafe(async { hook.before_commit(&self.events).await }).catch_unwind();
            match within(hook.timeout(), asked).await {
                Some(Ok(Ok(()))) if start.elapsed() < SLOW => {}
                Some(Ok(Ok(()))) => {
                    let took = start.elapsed();
                    tracing::warn!(
                        ?took,
                        "a hook is slow before a commit, and other changes wait for it"
                    );
                }
                Some(Ok(Err(veto))) => return Err(StoreError::Refused(veto.into())),
                Some(Err(_)) => return Err(StoreError::Failed("a hook panicked before a commit".into())),
                None => {
                    let timeout = hook.timeout();
                    tracing::error!(?timeout, "a hook took too long before a commit");
                    return Err(StoreError::Refused(Error::plain(
                        503,
                        "the application took too long to agree to this change, nothing was changed, try again later",
                    )));
                }
            }
        }
        Ok(())
    }

    /// Commits, and calls the hooks. Once begun, both are completed, even if the future is dropped.
    pub(super) async fn commit(self, transaction: Box<dyn Transaction>) -> Result<(), StoreError> {
        to_the_end(async move {
            transaction.commit().await?;
            self.after_commit().await;
            Ok(())
        })
        .await?
    }

    /// Like `commit`, but calls the hooks once the transaction is durable.
    pub(super) async fn commit_later(self, transaction: Box<dyn Transaction>) -> Result<Durable, StoreError> {
        let lasting = to_the_end(async move {
            let durable = transaction.commit_later().await?;
            Ok::<_, StoreError>(Lasting::Waiting(Some((durable, self))))
        });
        Ok(Durable::when(lasting.await??))
    }

    async fn lasts(self, durable: Durable) -> Result<(), StoreError> {
        to_the_end(async move {
            durable.await?;
            self.after_commit().await;
            Ok(())
        })
        .await?
    }

    /// Calls all hooks, in order, and waits at most for the sum of their timeouts.
    async fn after_commit(self) {
        let timeouts = self.hooks.iter().map(|hook| hook.timeout());
        let timeout = timeouts.fold(Duration::ZERO, Duration::saturating_add);
        let telling = to_the_end(async move {
            for hook in self.hooks.iter() {
                let told = AssertUnwindSafe(async { hook.after_commit(&self.events).await }).catch_unwind();
                if told.await.is_err() {
                    tracing::error!("a hook panicked after a commit");
                }
            }
        });
        match within(timeout, telling).await {
            Some(Ok(())) => {}
            Some(Err(error)) => tracing::error!(%error, "hooks were not told of a commit"),
            None => tracing::warn!(
                ?timeout,
                "hooks take long after a commit, the answer does not wait for them"
            ),
        }
    }
}

/// Waits until a transaction is durable, and then calls the hooks. Nothing starts before it is polled or dropped: a store may
/// defer the write to disk until then, so that several transactions share it.
enum Lasting {
    Waiting(Option<(Durable, Told)>),
    Begun(BoxFuture<'static, Result<(), StoreError>>),
}

impl Lasting {
    fn take(&mut self) -> Option<(Durable, Told)> {
        match self {
            Self::Waiting(waiting) => waiting.take(),
            Self::Begun(_) => None,
        }
    }
}

impl Future for Lasting {
    type Output = Result<(), StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some((durable, told)) = self.take() {
            *self = Self::Begun(Box::pin(told.lasts(durable)));
        }
        match &mut *self {
            Self::Begun(begun) => Poll::Ready(ready!(begun.as_mut().poll(context))),
            Self::Waiting(_) => Poll::Ready(Ok(())),
        }
    }
}

impl Drop for Lasting {
    /// Dropping it cancels neither the transaction nor the calls.
    fn drop(&mut self) {
        if let Some((durable, told)) = self.take() {
            match Handle::try_current() {
                Ok(runtime) => drop(runtime.spawn(told.lasts(durable))),
                Err(_) => tracing::error!("hooks were not told of a commit: there is no runtime to do that"),
            }
        }
    }
}

/// Runs `work` to its end, even if the returned future is dropped.
async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, StoreError> {
    match Handle::try_current() {
        Ok(runtime) => runtime
            .spawn(work.in_current_span())
            .await
            .map_err(|error| StoreError::Failed(Box::new(error))),
        Err(_) => Ok(work.await),
    }
}

/// The result of `work`; `None` after a timeout.
async fn within<T>(time: Duration, work: impl Future<Output = T>) -> Option<T> {
    match Handle::try_current() {
        Ok(_) => tokio::time::timeout(time, work).await.ok(),
        Err(_) => Some(work.await),
    }
}

#[cfg(test)]
#[path = "lasting_tests.rs"]
mod tests;
