//! The hook of an application.

use std::borrow::Cow;
use std::time::Duration;

use async_trait::async_trait;
use scim_core::error::{Error, ScimType};

use super::Event;

/// The default timeout of a hook.
const PATIENCE: Duration = Duration::from_secs(5);

/// Receives what identity providers change, and may reject it. [`Service::with_hook`](crate::service::Service::with_hook) adds
/// it to a service.
///
/// It receives the changes that come through the [`Service`](crate::service::Service), and no others: neither changes through
/// the store, nor the purge of deleted users. Implement it with [`#[async_trait]`](macro@crate::async_trait); both methods have
/// defaults that do nothing. They run in the tokio runtime that calls [`Service::handle`](crate::service::Service::handle).
///
/// ```
/// use scim_service::event::{Event, Hook, Veto};
///
/// struct Seats;
///
/// #[scim_service::async_trait]
/// impl Hook for Seats {
///     async fn before_commit(&self, events: &[Event]) -> Result<(), Veto> {
///         let is_guest = |event: &Event| match event {
///             Event::UserProvisioned(event) => event.new.user_name().is_some_and(|name| name.contains("#EXT#")),
///             _ => false,
///         };
///         match events.iter().any(is_guest) {
///             true => Err(Veto::new("guests have no access to this application, take them out of the assignment")),
///             false => Ok(()),
///         }
///     }
///
///     async fn after_commit(&self, events: &[Event]) {
///         for event in events {
///             println!("{}: {}", event.connection(), event.name());
///         }
///     }
/// }
/// ```
#[async_trait]
pub trait Hook: Send + Sync + 'static {
    /// Called inside the transaction, after all changes and before the commit, with at least one event. With several hooks, all
    /// must agree: they are called in order until one rejects the change.
    ///
    /// It must not have side effects: the commit may still fail, and a change that conflicts with another one is repeated, with
    /// another call. While it runs, it holds the transaction open and the changed rows locked; on SQLite, every other writer
    /// waits. It must not write through the store itself, because it would wait for itself, and must not block its thread.
    ///
    /// If it takes longer than its [`timeout`](Self::timeout), it is canceled, the transaction is rolled back, and the client
    /// gets 503. If it panics, the transaction is rolled back and the client gets 500.
    ///
    /// # Errors
    ///
    /// A [`Veto`] rolls the transaction back. The client gets its error, for the request or for the operation of a bulk request.
    /// The service does not retry.
    async fn before_commit(&self, events: &[Event]) -> Result<(), Veto> {
        let _ = events;
        Ok(())
    }

    /// Called once after the transaction is durable, with the events that the last call of
    /// [`before_commit`](Self::before_commit) received.
    ///
    /// The response waits for it. If it takes longer than its [`timeout`](Self::timeout) (of all hooks together, if there are
    /// several), the response is sent, a warning is logged, and the hook continues. It also continues if the client
    /// disconnects. Put longer work into a queue. A panic is logged and undoes nothing.
    ///
    /// It is not called if the process ends between the commit and the call, or if the database does not confirm the commit
    /// ([`StoreError::OutcomeUnknown`](crate::store::StoreError::OutcomeUnknown)).
    async fn after_commit(&self, events: &[Event]) {
        let _ = events;
    }

    /// The maximum time that a request waits for each of the two methods. The default is 5 seconds.
    ///
    /// After it, [`before_commit`](Self::before_commit) is canceled and the change rejected with 503, whereas
    /// [`after_commit`](Self::after_commit) continues without holding up the response.
    fn timeout(&self) -> Duration {
        PATIENCE
    }
}

/// The rejection of a change by a [`Hook`], with a reason.
///
/// ```
/// use scim_service::core::error::Error;
/// use scim_service::event::Veto;
///
/// let veto = Veto::new("the group `owners` is managed in the application itself");
/// assert_eq!(Error::from(veto).status(), 403);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Veto(Error);

impl Veto {
    /// Rejects the change with 403. The reason is the `detail` of the SCIM error, which the administrator reads in the console
    /// of the identity provider: say what is wrong, and what would be right.
    #[must_use]
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(Error::plain(403, reason))
    }

    /// Rejects the change with 400 `invalidValue`: a different value would be accepted.
    #[must_use]
    pub fn invalid_value(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(Error::new(400, Some(ScimType::InvalidValue), reason))
    }
}

impl From<Veto> for Error {
    fn from(veto: Veto) -> Self {
        veto.0
    }
}
