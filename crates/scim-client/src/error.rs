//! What can go wrong.

use std::fmt;
use std::time::Duration;

/// Why there is no result.
///
/// [`Scim`](Self::Scim) is an answer of the server, all others are not.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The server refuses (RFC 7644 section 3.12). Waiting did not help, if the refusal was one to wait for.
    #[error("the server answers {status}{}{}", Suffix(" ", .scim_type), Suffix(": ", .detail))]
    #[non_exhaustive]
    Scim {
        /// The HTTP status.
        status: u16,
        /// The reason for programs, where there is one: `uniqueness`, `invalidFilter`, …
        scim_type: Option<String>,
        /// The reason for people, or the beginning of an answer that is no SCIM error.
        detail: Option<String>,
        /// How long the server asks to be left alone (`Retry-After`), where it does.
        retry_after: Option<Duration>,
    },
    /// There is no answer: no connection, a broken one, none in time. Whether the request was carried out is not known,
    /// unless `is_connect` says that it was never sent.
    #[error("there is no answer: {}", Chain(.0))]
    Transport(#[source] reqwest::Error),
    /// The answer is not what SCIM or the type of the resource expects.
    #[error("the answer cannot be read: {0}")]
    Decode(String),
    /// The answer is larger than [`max_answer`](crate::ClientBuilder::max_answer) allows.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The request makes no sense, and was not sent.
    #[error("the request cannot be sent: {0}")]
    Request(String),
    /// More than one resource matches where one is looked for.
    #[error("more than one resource matches `{0}`")]
    Ambiguous(String),
}

impl ClientError {
    /// The HTTP status that the server answered with.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Scim { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The `scimType` that the server answered with (RFC 7644 table 9).
    pub fn scim_type(&self) -> Option<&str> {
        match self {
            Self::Scim { scim_type, .. } => scim_type.as_deref(),
            _ => None,
        }
    }

    /// Whether there is no such resource, 404.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// Whether another resource has a value that must be unique, or is in the way otherwise, 409.
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(409)
    }

    /// Whether the resource is at another version than expected, 412.
    pub fn is_precondition_failed(&self) -> bool {
        self.status() == Some(412)
    }

    /// Whether the credentials are missing or wrong, 401.
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(401)
    }

    /// Whether the credentials do not suffice, or the server does not do that at all, 403.
    pub fn is_forbidden(&self) -> bool {
        self.status() == Some(403)
    }

    /// Whether the server asks to come back later: 429 or 503.
    pub fn is_busy(&self) -> bool {
        matches!(self.status(), Some(429 | 503))
    }

    /// Whether the answer did not come in time.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Transport(error) if error.is_timeout())
    }
}

impl From<reqwest::Error> for ClientError {
    fn from(error: reqwest::Error) -> Self {
        // the URL may hold a filter, and so the name of a person
        Self::Transport(error.without_url())
    }
}

/// A word, if there is one, behind what divides it from the rest.
struct Suffix<'a>(&'static str, &'a Option<String>);

impl fmt::Display for Suffix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(word) => write!(f, "{}{word}", self.0),
            None => Ok(()),
        }
    }
}

/// The last of the causes: `reqwest` itself only says that sending failed.
struct Chain<'a>(&'a reqwest::Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cause: &dyn std::error::Error = self.0;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        write!(f, "{cause}")
    }
}
