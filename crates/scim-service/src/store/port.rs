//! The trait of a database.

use async_trait::async_trait;

use super::{Access, StoreError, Transaction, fallback};
use crate::connection::ConnectionKey;

/// A database of users, groups and resources of other types.
///
/// Implement it with [`#[async_trait]`](macro@crate::async_trait). Only [`begin`](Self::begin) is required. The [module
/// page](crate::store#a-whole-store) shows a whole store on SQLite. A store may also wrap another one:
///
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
///
/// use scim_service::connection::ConnectionKey;
/// use scim_service::store::{Access, Store, StoreError, Transaction};
///
/// /// Rejects changes with 503 during maintenance; identity providers send them again.
/// struct Maintained<S> {
///     store: S,
///     is_in_maintenance: AtomicBool,
/// }
///
/// #[scim_service::async_trait]
/// impl<S: Store> Store for Maintained<S> {
///     async fn begin(&self, connection: &ConnectionKey, access: Access) -> Result<Box<dyn Transaction>, StoreError> {
///         match access == Access::Write && self.is_in_maintenance.load(Ordering::Relaxed) {
///             true => Err(StoreError::unavailable("maintenance")),
///             false => self.store.begin(connection, access).await,
///         }
///     }
///
///     // the other methods have defaults, which do not know the wrapped store
///     async fn begin_again(&self, connection: &ConnectionKey) -> Result<Box<dyn Transaction>, StoreError> {
///         self.store.begin_again(connection).await
///     }
///
///     fn seeks(&self) -> bool {
///         self.store.seeks()
///     }
///
///     fn records_events(&self) -> bool {
///         self.store.records_events()
///     }
///
///     async fn ready(&self) -> Result<(), StoreError> {
///         self.store.ready().await
///     }
/// }
/// ```
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Begins a transaction on the resources of `connection`.
    ///
    /// The store decides which connections exist. `scim-storage` accepts every name; a store that knows its connections
    /// returns [`StoreError::Failed`] for an unknown one, as the application should not have mounted it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database cannot be reached in time, [`StoreError::Failed`] for an unknown
    /// connection.
    async fn begin(
        &self,
        connection: &ConnectionKey,
        access: Access,
    ) -> Result<Box<dyn Transaction>, StoreError>;

    /// Begins the write transaction of a retry, after one failed with [`StoreError::Stale`]. It should read the newest state,
    /// including commits that are not durable yet, and lock what it reads, so that the retry does not conflict again.
    ///
    /// The default calls [`begin`](Self::begin), which is right if a write transaction always reads the newest state.
    ///
    /// # Errors
    ///
    /// As for [`begin`](Self::begin).
    async fn begin_again(&self, connection: &ConnectionKey) -> Result<Box<dyn Transaction>, StoreError> {
        self.begin(connection, Access::Write).await
    }

    /// Whether lists can start at a [position](scim_core::position). A store that returns `true` must respect
    /// [`Selection::seek`](super::Selection::seek) and return [`Page::positions`](super::Page::positions). The default is
    /// `false`: clients get no cursors (RFC 9865).
    fn seeks(&self) -> bool {
        false
    }

    /// Whether the service calls [`Transaction::record_events`]. The default is `false`.
    fn records_events(&self) -> bool {
        false
    }

    /// Checks that the database answers and has the required schema.
    ///
    /// The default begins a read transaction for the connection `ready` and gets a user with an id that nobody has. Implement it
    /// if the store knows its connections.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the database does not answer; any other error that prevents requests from being served.
    async fn ready(&self) -> Result<(), StoreError> {
        fallback::ready(self).await
    }
}
