//! The error of a store.

use std::borrow::Cow;
use std::error::Error as StdError;

use super::Kind;

/// An error of a [`Store`](super::Store) or [`Transaction`](super::Transaction).
///
/// ```
/// use scim_service::store::StoreError;
///
/// /// Translates an error of the database: its unique indexes, its outages, and all else.
/// fn translate(error: std::io::Error) -> StoreError {
///     match error.to_string() {
///         text if text.contains("accounts_by_unique_key") => StoreError::not_unique("userName"),
///         text if text.contains("connection refused") => StoreError::unavailable(error),
///         _ => StoreError::failed(error),
///     }
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another resource of the same type has the same value of the attribute with this name: `userName` of a user,
    /// `displayName` of a group, or an attribute whose `uniqueness` is `server`. The client gets 409 `uniqueness`.
    #[error("another resource has this `{0}`")]
    NotUnique(Cow<'static, str>),
    /// The resource does not exist or is not at the expected version. The service repeats the operation in a new transaction.
    #[error("the resource has changed")]
    Stale,
    /// The store cannot evaluate the filter. The client gets 400 `invalidFilter` with this text, which names the part that is
    /// not supported.
    #[error("{0}")]
    UnsupportedFilter(String),
    /// The store cannot sort by the attribute. The client gets 400 `invalidPath` with this text, which names the attribute.
    #[error("{0}")]
    UnsupportedOrder(String),
    /// The store has no resources of this kind. The client gets 501.
    #[error("this server keeps no such resources")]
    UnsupportedKind(Kind),
    /// The change is not allowed. The client gets this error.
    #[error("{0}")]
    Refused(scim_core::error::Error),
    /// The database cannot be reached, or not in time; a retry may help. The client gets 503, the log the cause.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// The database answers, but did not finish in the time that a request may take. The client gets 503, the log the cause.
    #[error("the database did not finish in time")]
    Overdue(#[source] Box<dyn StdError + Send + Sync>),
    /// The database did not confirm the commit, so the changes of the transaction may or may not be durable: the connection broke
    /// during the commit, or the disk did not answer in time. The client gets 503 without `Retry-After`, as a POST that is sent
    /// again may create a second resource; the log gets the cause.
    #[error("the database did not confirm the change")]
    OutcomeUnknown(#[source] Box<dyn StdError + Send + Sync>),
    /// Any other error. The client gets 500, the log the cause.
    #[error("the database failed")]
    Failed(#[source] Box<dyn StdError + Send + Sync>),
}

impl StoreError {
    /// Returns [`NotUnique`](Self::NotUnique) for the attribute with this name.
    #[must_use]
    pub fn not_unique(attribute: impl Into<Cow<'static, str>>) -> Self {
        Self::NotUnique(attribute.into())
    }

    /// Returns [`Unavailable`](Self::Unavailable) with this cause.
    #[must_use]
    pub fn unavailable(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }

    /// Returns [`OutcomeUnknown`](Self::OutcomeUnknown) with this cause.
    #[must_use]
    pub fn outcome_unknown(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::OutcomeUnknown(cause.into())
    }

    /// Returns [`Failed`](Self::Failed) with this cause.
    #[must_use]
    pub fn failed(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Failed(cause.into())
    }
}
