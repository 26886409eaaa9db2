//! Failures of requests, and the one place that turns them into HTTP.

use std::error::Error as StdError;

use scim_core::error::Error;

use crate::store::StoreError;

/// The reason why a request fails.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An error that the client gets.
    Refused(Error),
    /// The endpoint does not support the method (405).
    MethodNotAllowed(&'static str),
    /// The client already has the current representation (304).
    NotModified { etag: String, location: Option<String> },
    /// A concurrent request changed the resource.
    Stale,
    /// Concurrent requests changed the resources each time the operation was tried (503).
    Contended,
    /// The database is temporarily unavailable (503).
    Unavailable(Box<dyn StdError + Send + Sync>),
    /// The database did not finish in time (503).
    Overdue(Box<dyn StdError + Send + Sync>),
    /// The database did not confirm a commit (503).
    OutcomeUnknown(Box<dyn StdError + Send + Sync>),
    /// An internal error (500); the client does not get the cause.
    Internal(Box<dyn StdError + Send + Sync>),
}

/// `Retry-After` of a 503, in seconds.
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
            StoreError::OutcomeUnknown(cause) => Self::OutcomeUnknown(cause),
            other => Self::Internal(Box::new(other)),
        }
    }
}

impl Failure {
    /// Whether the failure shows that the resource in the path exists: its representation is current (304), or its version or
    /// a unique value was compared (412, 409), all of which happen after it was read.
    pub(crate) fn implies_existence(&self) -> bool {
        match self {
            Self::NotModified { .. } => true,
            Self::Refused(error) => matches!(error.status(), 409 | 412),
            _ => false,
        }
    }

    /// Whether the client may send the request again without asking what became of it.
    pub(crate) fn is_repeatable(&self) -> bool {
        !matches!(self, Self::OutcomeUnknown(_))
    }

    /// Returns the error that the client gets. Logs an internal cause, once, with its chain of causes.
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
            Self::Contended => {
                tracing::warn!("other requests kept changing the same resources");
                Error::plain(
                    503,
                    "other requests kept changing the same resources, nothing was changed by this request, send it again",
                )
            }
            Self::Unavailable(cause) => {
                tracing::error!(cause = chain(cause.as_ref()), "the database is not available");
                out_of_reach()
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
            Self::OutcomeUnknown(cause) => {
                tracing::error!(
                    cause = chain(cause.as_ref()),
                    "the database did not confirm a change"
                );
                Error::plain(
                    503,
                    "the database did not confirm the change, which may or may not have been made: read the resource before you \
                     send it again",
                )
            }
            Self::Internal(cause) => {
                tracing::error!(cause = chain(cause.as_ref()), "a request failed");
                Error::plain(500, "the server failed to answer this request; its log says why")
            }
        }
    }
}

/// The error of a request that cannot reach the database.
pub(crate) fn out_of_reach() -> Error {
    Error::plain(
        503,
        "the server cannot reach its database at the moment, try again later",
    )
}

pub(crate) fn taken(attribute: &str) -> Error {
    match attribute {
        "userName" => Error::uniqueness("another user has this `userName` (case does not matter)"),
        "displayName" => {
            Error::uniqueness("another group has this `displayName` (case and extra spaces do not matter)")
        }
        other => Error::uniqueness(format!("another resource of this type has this `{other}`")),
    }
}

/// An error and its causes, on one line.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| StdError::source(*error));
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
#[path = "failure_tests.rs"]
mod tests;
