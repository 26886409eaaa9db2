//! What an application brings.

use std::borrow::Cow;
use std::time::Duration;

use async_trait::async_trait;
use scim_core::error::{Error, ScimType};

use super::Event;

/// How long a hook is waited for, unless it says otherwise.
const PATIENCE: Duration = Duration::from_secs(5);

/// Is told what identity providers change. Give it to [`Service::with_hook`](crate::service::Service::with_hook).
///
/// It is told of what comes through the [`Service`](crate::service::Service), and of that alone: not of what somebody writes
/// into the store, nor of the purge of users who were deleted long ago. Its methods run on tokio, with time enabled.
///
/// ```
/// use async_trait::async_trait;
/// use scim_service::event::{Event, Hook, Veto};
///
/// struct Seats;
///
/// #[async_trait]
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
    /// Asked inside the transaction, when all is done but the commit, with at least one event. With several hooks, all must
    /// agree; they are asked in the order in which they were given, until one does not.
    ///
    /// It must have no effect elsewhere: the commit may still fail, and a change that met another one is tried anew and asked
    /// about anew. While it runs, it holds the transaction, and with it the rows that were changed, on SQLite everybody who
    /// wants to write. So it must not write through the store itself: it would wait for itself. After its
    /// [`timeout`](Self::timeout), the change is refused with 503.
    ///
    /// A panic is a 500, and changes nothing.
    ///
    /// # Errors
    ///
    /// A [`Veto`] undoes the transaction. It is the answer to the request, or of the operation of a bulk, and is not tried
    /// again.
    async fn before_commit(&self, events: &[Event]) -> Result<(), Veto> {
        let _ = events;
        Ok(())
    }

    /// Told after the transaction lasts, once, with the events that [`before_commit`](Self::before_commit) was asked about
    /// last.
    ///
    /// The answer to the identity provider waits for it, as long as its [`timeout`](Self::timeout) goes; then the answer is
    /// sent and this goes on. It goes on, too, if the client hangs up. Whatever may take longer belongs in a queue. A panic
    /// is logged, and changes nothing: what lasts, lasts.
    ///
    /// It is not called if the process ends between the commit and the call, nor if the connection to the database breaks
    /// during the commit so that nobody knows what became of it.
    async fn after_commit(&self, events: &[Event]) {
        let _ = events;
    }

    /// How long each of the two is waited for: 5 seconds.
    fn timeout(&self) -> Duration {
        PATIENCE
    }
}

/// Why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Veto(Error);

impl Veto {
    /// Refuses with 403. The reason is the `detail` of the SCIM error, which the administrator reads in the console of the
    /// identity provider: say what is wrong, and what would be right.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(Error::plain(403, reason))
    }

    /// Refuses with 400 `invalidValue`: another value would be taken.
    pub fn invalid_value(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(Error::new(400, Some(ScimType::InvalidValue), reason))
    }
}

impl From<Veto> for Error {
    fn from(veto: Veto) -> Self {
        veto.0
    }
}
