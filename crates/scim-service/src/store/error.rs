//! Why a store refuses.

use std::borrow::Cow;
use std::error::Error as StdError;

use super::Kind;

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another resource of the same type has that value of the attribute with this name: `userName` of a user, `displayName` of
    /// a group, or an attribute whose `uniqueness` is `server` (409 `uniqueness`).
    #[error("another resource has this `{0}`")]
    NotUnique(Cow<'static, str>),
    /// The resource is at another version than expected, or gone.
    #[error("the resource has changed")]
    Stale,
    /// The store cannot evaluate the filter (400 `invalidFilter`); the text, which the client gets, says which part.
    #[error("{0}")]
    UnsupportedFilter(String),
    /// The store cannot sort by that attribute (400 `invalidPath`); the text, which the client gets, says so.
    #[error("{0}")]
    UnsupportedOrder(String),
    /// The store keeps no resources of this kind (501).
    #[error("this server keeps no such resources")]
    UnsupportedKind(Kind),
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
    /// [`NotUnique`](Self::NotUnique), because of the attribute with this name.
    pub fn not_unique(attribute: impl Into<Cow<'static, str>>) -> Self {
        Self::NotUnique(attribute.into())
    }

    /// [`Unavailable`](Self::Unavailable), for that reason.
    pub fn unavailable(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Unavailable(cause.into())
    }

    /// [`Failed`](Self::Failed), for that reason.
    pub fn failed(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Failed(cause.into())
    }
}
