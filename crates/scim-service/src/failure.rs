//! Why a request is not answered as asked, and the one place where that becomes HTTP.

use std::error::Error as StdError;

use scim_core::error::Error;

use crate::store::StoreError;

/// Why a request is not answered as asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The client is told why.
    Refused(Error),
    /// The method is not one of those that the endpoint has (405).
    MethodNotAllowed(&'static str),
    /// The client has the representation with that tag already (304).
    NotModified { etag: String, location: Option<String> },
    /// The resource changed while the request was at work on it.
    Stale,
    /// The database is not there for a while (503).
    Unavailable(Box<dyn StdError + Send + Sync>),
    /// The database answers, but did not finish in time (503).
    Overdue(Box<dyn StdError + Send + Sync>),
    /// Something is wrong here (500); the client is not told what.
    Internal(Box<dyn StdError + Send + Sync>),
}

/// Seconds after which a client may try again when the database was not available.
pub(crate) const RETRY_AFTER: &str = "5";

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotUnique(attribute) => Self::Refused(taken(&attribute)),
            StoreError::Stale => Self::Stale,
            StoreError::UnsupportedOrder(detail) => {
                Self::Refused(Error::invalid_path(detail).within("`sortBy`"))
            }
            StoreError::UnsupportedFilter(detail) => Self::Refused(Error::invalid_filter(detail)),
            StoreError::UnsupportedKind(_) => {
                Self::Refused(Error::plain(501, "this server keeps no resources of this type"))
            }
            StoreError::Refused(error) => Self::Refused(error),
            StoreError::Unavailable(cause) => Self::Unavailable(cause),
            StoreError::Overdue(cause) => Self::Overdue(cause),
            other => Self::Internal(Box::new(other)),
        }
    }
}

impl Failure {
    /// The Error document's content. Internal causes are logged here, once, with all that led to them.
    pub(crate) fn into_error(self) -> Error {
        match self {
            Self::Refused(error) => error,
            Self::MethodNotAllowed(allowed) => Error::plain(
                405,
                format!("the endpoint does not have this method, only {allowed}"),
            ),
            Self::NotModified { .. } => Error::plain(304, "not modified"),
            Self::Stale => Error::precondition_failed(
                "the resource was changed by somebody else at the same time, nothing was changed by this request",
            ),
            Self::Unavailable(cause) => {
                tracing::error!(cause = chain(cause.as_ref()), "the database is not available");
                Error::plain(
                    503,
                    "the server cannot reach its database at the moment, try again later",
                )
            }
            Self::Overdue(cause) => {
                tracing::error!(
                    cause = chain(cause.as_ref()),
                    "the database did not finish in time"
                );
                Error::plain(
                    503,
                    "the request took longer on the database than it may, ask for less at once, or try again later",
                )
            }
            Self::Internal(cause) => {
                tracing::error!(cause = chain(cause.as_ref()), "a request failed");
                Error::plain(500, "the server failed to answer this request; its log says why")
            }
        }
    }
}

pub(crate) fn taken(attribute: &str) -> Error {
    match attribute {
        "userName" => Error::uniqueness("another user has this `userName` (case does not matter)"),
        "displayName" => Error::uniqueness("another group has this `displayName` (case does not matter)"),
        other => Error::uniqueness(format!("another resource of this type has this `{other}`")),
    }
}

/// An error and its causes in one line.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| StdError::source(*error));
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
