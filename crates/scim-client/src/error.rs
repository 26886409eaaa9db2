//! Errors.

use std::fmt;
use std::time::Duration;

/// An error from a request.
///
/// [`Scim`](Self::Scim) is an error response of the server. The methods tell the common ones apart, so that most callers need
/// no `match`:
///
/// ```no_run
/// use scim_client::resource::user::User;
/// use scim_client::ScimClient;
///
/// # async fn example(client: ScimClient) -> Result<(), scim_client::ClientError> {
/// match client.users().create(&User::new("bjensen")).await {
///     Ok(user) => println!("created {}", user.id()),
///     Err(error) if error.is_conflict() => println!("exists: {}", error.detail().unwrap_or_default()),
///     Err(error) if error.is_busy() => println!("come back in {:?}", error.retry_after()),
///     Err(error) if error.is_connect() => println!("not sent: {error}"),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
///
/// No error has credentials in it, nor a query string, whose filter might name a person.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The server answered with an error (RFC 7644 section 3.12). If it was 429 or 503, the [retries](crate::Retry) are
    /// exhausted, or the next one would come too late; or it was 503 without `Retry-After` to a POST, which the server may have
    /// carried out.
    #[error("the server answers {status}{}{}", Suffix(" ", .scim_type), Suffix(": ", .detail))]
    #[non_exhaustive]
    Scim {
        /// The HTTP status.
        status: u16,
        /// The reason for programs, if the server gives one: `uniqueness`, `invalidFilter`, …
        scim_type: Option<String>,
        /// The reason for people, the first 200 characters of a response that is not JSON, or where a redirect leads that is not
        /// followed.
        detail: Option<String>,
        /// The time to wait that the server asks for in `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// No response arrived: the connection failed, broke or timed out. The server may have carried out the request, unless
    /// [`is_connect`](Self::is_connect) is true. The `reqwest::Error` has no URL.
    #[error("no response: {}", Chain(.0))]
    Transport(#[source] reqwest::Error),
    /// The response does not have the form that SCIM or the type of the resource requires.
    #[error("the response cannot be read: {0}")]
    Decode(String),
    /// The response is larger than [`max_response_bytes`](crate::ClientBuilder::max_response_bytes), which this is.
    #[error("the response is larger than {0} bytes")]
    TooLarge(usize),
    /// The request is not valid. It was not sent.
    #[error("the request cannot be sent: {0}")]
    Request(String),
    /// More than one resource matches the filter, which this is, where at most one may.
    #[error("more than one resource matches `{0}`")]
    Ambiguous(String),
}

impl ClientError {
    /// Returns the HTTP status of the server's error.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Scim { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Returns the `scimType` of the server's error (RFC 7644 table 9): `uniqueness`, `invalidFilter`, …
    #[must_use]
    pub fn scim_type(&self) -> Option<&str> {
        match self {
            Self::Scim { scim_type, .. } => scim_type.as_deref(),
            _ => None,
        }
    }

    /// Returns the `detail` of the server's error, a text for people; or else the first 200 characters of a response that is not
    /// JSON, or where a redirect leads that is not followed.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Scim { detail, .. } => detail.as_deref(),
            _ => None,
        }
    }

    /// Returns the time to wait that the server asks for in `Retry-After`, whether it was given in seconds or as a date.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Scim { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Returns whether the resource does not exist: 404.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// Returns whether another resource has a value that must be unique, or conflicts otherwise: 409.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(409)
    }

    /// Returns whether the resource has another version than required: 412.
    #[must_use]
    pub fn is_precondition_failed(&self) -> bool {
        self.status() == Some(412)
    }

    /// Returns whether the credentials are missing or not valid: 401.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(401)
    }

    /// Returns whether the credentials do not permit the request, or the server forbids it to everyone: 403.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.status() == Some(403)
    }

    /// Returns whether the server is overloaded or limits the rate of requests: 429 or 503.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self.status(), Some(429 | 503))
    }

    /// Returns whether no connection to the server could be made. The request was not sent.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(self, Self::Transport(error) if error.is_connect())
    }

    /// Returns whether a [timeout](crate::ClientBuilder::timeout) expired. Unless [`is_connect`](Self::is_connect) is true, too,
    /// the server may have carried out the request.
    #[must_use]
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

/// An optional word after its separator.
struct Suffix<'a>(&'static str, &'a Option<String>);

impl fmt::Display for Suffix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(word) => write!(f, "{}{word}", self.0),
            None => Ok(()),
        }
    }
}

/// The innermost cause: `reqwest` itself only says that sending failed.
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
