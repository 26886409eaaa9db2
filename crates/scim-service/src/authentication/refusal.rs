//! The rejection of a request by an authenticator.

use std::time::Duration;

use bytes::Bytes;
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response};
use scim_core::discovery::AuthenticationScheme;
use scim_core::error::Error;

use crate::answer;

/// The reason why an [`Authenticator`](super::Authenticator) rejects a request.
///
/// ```
/// use std::time::Duration;
///
/// use scim_service::authentication::Refusal;
/// use scim_service::core::discovery::AuthenticationScheme;
///
/// let refusal = Refusal::undecided("the issuer does not publish its keys at the moment", Duration::from_secs(30));
/// assert_eq!(refusal.into_response(&[AuthenticationScheme::OAuthToken]).headers()["retry-after"], "30");
///
/// let response = Refusal::Wrong.into_response(&[AuthenticationScheme::BearerToken]);
/// assert_eq!(response.status(), 401);
/// assert_eq!(response.headers()["www-authenticate"], r#"Bearer realm="scim""#);
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The request has no credential (401). It does not count as an attempt to guess one.
    #[error("no credential is shown")]
    Missing,
    /// The credential does not belong to the connection (401). The response is the same, whatever is wrong with it.
    #[error("the credential is wrong")]
    Wrong,
    /// The token is a genuine one of a trusted issuer, but not acceptable (401): it has expired, or is for another audience.
    /// The client gets the text, which says why. It must not help to forge a token.
    #[error("the token is not acceptable: {0}")]
    InvalidToken(String),
    /// The token is valid, but does not permit this access (403); see [`Refusal::insufficient`].
    #[error("the token is not sufficient: {detail}")]
    #[non_exhaustive]
    Insufficient {
        /// What the token lacks. The client gets this text.
        detail: String,
        /// The required scopes, separated by spaces (RFC 6750 section 3). `None` if the token does not lack a scope.
        scope: Option<String>,
    },
    /// The credential cannot be verified at the moment (503); see [`Refusal::undecided`].
    #[error("the credential cannot be checked now: {detail}")]
    #[non_exhaustive]
    Undecided {
        /// Why it cannot be verified. The client gets this text.
        detail: String,
        /// The time after which a retry makes sense, as `Retry-After` in whole seconds, at least 1.
        retry_after: Duration,
    },
    /// The connection does not exist (404).
    #[error("there is no such connection")]
    UnknownConnection,
    /// Any other error, which the client gets as it is.
    #[error("{0}")]
    Other(Error),
}

impl Refusal {
    /// Returns [`Insufficient`](Self::Insufficient) with what the token lacks, and the required scopes if it lacks a scope.
    #[must_use]
    pub fn insufficient(detail: impl Into<String>, scope: Option<String>) -> Self {
        let detail = detail.into();
        Self::Insufficient { detail, scope }
    }

    /// Returns [`Undecided`](Self::Undecided) with the reason, and the time after which a retry makes sense.
    #[must_use]
    pub fn undecided(detail: impl Into<String>, retry_after: Duration) -> Self {
        let detail = detail.into();
        Self::Undecided { detail, retry_after }
    }

    /// Returns the response for the client: a SCIM error (RFC 7644 section 3.12). A 401 has a challenge for each of the schemes
    /// (RFC 9110 section 11.6.1), or for Basic and Bearer if `schemes` is empty. The challenge for a rejected token has an error
    /// code (RFC 6750 section 3.1).
    #[must_use]
    pub fn into_response(self, schemes: &[AuthenticationScheme]) -> Response<Bytes> {
        match self {
            Self::Missing | Self::Wrong => {
                let detail = "the credentials of this connection are missing or wrong";
                let mut response = answer::error(&Error::plain(401, detail));
                for challenge in challenges(schemes) {
                    let challenge = HeaderValue::from_static(challenge);
                    response.headers_mut().append(WWW_AUTHENTICATE, challenge);
                }
                response
            }
            Self::InvalidToken(detail) => {
                let parameters = format!(
                    r#"error="invalid_token", error_description="{}""#,
                    quoted(&detail)
                );
                challenged(&Error::plain(401, detail), &parameters)
            }
            Self::Insufficient { detail, scope } => {
                let scope = scope.map(|scope| format!(r#", scope="{}""#, quoted(&scope)));
                let parameters = format!(r#"error="insufficient_scope"{}"#, scope.unwrap_or_default());
                challenged(&Error::plain(403, detail), &parameters)
            }
            Self::Undecided { detail, retry_after } => {
                let mut response = answer::error(&Error::plain(503, detail));
                let seconds = retry_after.as_secs().max(1);
                response.headers_mut().insert(RETRY_AFTER, seconds.into());
                response
            }
            Self::UnknownConnection => {
                answer::error(&Error::not_found("there is no connection of this name"))
            }
            Self::Other(error) => answer::error(&error),
        }
    }

    /// How specific the refusal is, compared to others.
    pub(super) fn tells(&self) -> u8 {
        match self {
            Self::UnknownConnection => 0,
            Self::Missing => 1,
            Self::Wrong => 2,
            Self::Undecided { .. } => 3,
            Self::InvalidToken(_) => 4,
            Self::Insufficient { .. } => 5,
            Self::Other(_) => 6,
        }
    }
}

/// One challenge for each HTTP scheme; without schemes, for the two that every client knows.
fn challenges(schemes: &[AuthenticationScheme]) -> Vec<&'static str> {
    let (basic, bearer) = (r#"Basic realm="scim", charset="UTF-8""#, r#"Bearer realm="scim""#);
    let is_basic = |scheme: &AuthenticationScheme| *scheme == AuthenticationScheme::HttpBasic;
    let has_basic = schemes.is_empty() || schemes.iter().any(is_basic);
    let has_bearer = schemes.is_empty() || !schemes.iter().all(is_basic);
    let both = [(has_basic, basic), (has_bearer, bearer)];
    both.into_iter()
        .filter_map(|(has, challenge)| has.then_some(challenge))
        .collect()
}

/// The response to a rejected token.
fn challenged(error: &Error, parameters: &str) -> Response<Bytes> {
    let mut response = answer::error(error);
    if let Ok(challenge) = HeaderValue::try_from(format!(r#"Bearer realm="scim", {parameters}"#)) {
        response.headers_mut().append(WWW_AUTHENTICATE, challenge);
    }
    response
}

/// Replaces what a parameter of the challenge must not contain (RFC 6750 section 3): all but printable ASCII, quotes and
/// backslashes.
fn quoted(text: &str) -> String {
    let suits = |letter: char| matches!(letter, ' '..='~') && !matches!(letter, '"' | '\\');
    text.chars()
        .map(|letter| if suits(letter) { letter } else { '?' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenges_of(refusal: Refusal, schemes: &[AuthenticationScheme]) -> (u16, Vec<String>) {
        let response = refusal.into_response(schemes);
        let values = response.headers().get_all(WWW_AUTHENTICATE).iter();
        let texts = values.map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), texts.collect())
    }

    #[test]
    fn a_401_asks_for_what_is_accepted() {
        use AuthenticationScheme::{BearerToken, HttpBasic, OAuthToken};
        let basic = r#"Basic realm="scim", charset="UTF-8""#;
        let bearer = r#"Bearer realm="scim""#;
        for (schemes, expected) in [
            (&[][..], &[basic, bearer][..]),
            (&[HttpBasic, BearerToken, OAuthToken], &[basic, bearer]),
            (&[OAuthToken], &[bearer]),
            (&[HttpBasic], &[basic]),
        ] {
            let (status, challenges) = challenges_of(Refusal::Wrong, schemes);
            assert_eq!(
                (status, challenges.as_slice()),
                (
                    401,
                    &expected.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()[..]
                )
            );
        }
    }

    #[test]
    fn a_token_is_refused_with_a_reason_that_cannot_break_out() {
        let refusal = Refusal::InvalidToken("it is \"no\\good\"\r\nX: ü".to_owned());
        let (status, challenges) = challenges_of(refusal, &[]);
        assert_eq!(status, 401);
        let expected =
            r#"Bearer realm="scim", error="invalid_token", error_description="it is ?no?good???X: ?""#;
        assert_eq!(challenges, [expected]);
        let refusal = Refusal::Insufficient {
            detail: "it lacks a scope".to_owned(),
            scope: Some("scim".to_owned()),
        };
        let (status, challenges) = challenges_of(refusal, &[]);
        assert_eq!(status, 403);
        assert_eq!(
            challenges,
            [r#"Bearer realm="scim", error="insufficient_scope", scope="scim""#]
        );
    }
}
