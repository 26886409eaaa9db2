//! Why a store refuses.

use std::error::Error as StdError;

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another resource has that value of the attribute: `userName` or `displayName`.
    #[error("`{0}` is taken")]
    Taken(&'static str),
    /// Another resource of the same type has that value of the attribute, whose `uniqueness` is `server`.
    #[error("`{0}` is taken")]
    NotUnique(String),
    /// The resource is at another version than expected, or gone.
    #[error("the resource has changed")]
    Stale,
    /// The store cannot express the filter; the text says which part, for the client.
    #[error("{0}")]
    Unsupported(String),
    /// The store cannot sort by that attribute; the text says so, for the client.
    #[error("{0}")]
    UnsupportedOrder(String),
    /// It may not be done; the error says why, to the client.
    #[error("{0}")]
    Refused(scim_core::error::Error),
    /// The database does not answer, or not in time; trying again later may help.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// The database answers, but was not done with it in the time that it may take.
    #[error("the database did not finish in time")]
    Overdue(#[source] Box<dyn StdError + Send + Sync>),
    /// Anything else.
    #[error("the database failed")]
    Failed(#[source] Box<dyn StdError + Send + Sync>),
}

impl StoreError {
    /// [`Unavailable`](Self::Unavailable), for that reason.
    pub fn unavailable(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }

    /// [`Failed`](Self::Failed), for that reason.
    pub fn failed(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Failed(cause.into())
    }
}
