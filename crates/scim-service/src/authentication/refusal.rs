//! Why a request is not let in, and what its client is told.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use scim_core::discovery::AuthenticationScheme;
use scim_core::error::Error;

use crate::answer::SCIM_JSON;

/// Why a request is not let in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It shows no credential (401). That is no attempt to guess one.
    #[error("no credential is shown")]
    Missing,
    /// What it shows is no credential of the connection (401). The answer is the same whatever is wrong with it.
    #[error("the credential is wrong")]
    Wrong,
    /// It shows a genuine token of an issuer whom the connection trusts, which is not acceptable all the same (401): it has
    /// expired, or is meant for another audience. The text says why, and reaches the client: say nothing there that helps to
    /// make a better one.
    #[error("the token is not acceptable: {0}")]
    InvalidToken(String),
    /// It shows a token that is good, but not for this (403).
    #[error("the token is not sufficient: {detail}")]
    Insufficient {
        /// What it lacks. It reaches the client.
        detail: String,
        /// The scopes that are needed, with spaces between (RFC 6750 section 3), if it lacks a scope.
        scope: Option<String>,
    },
    /// Whether the credential is right cannot be decided now (503).
    #[error("the credential cannot be checked now: {detail}")]
    Undecided {
        /// Why it cannot be decided. It reaches the client.
        detail: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// There is no such connection (404).
    #[error("there is no such connection")]
    UnknownConnection,
    /// Anything else.
    #[error("{0}")]
    Other(Error),
}

impl Refusal {
    /// What the client gets: a SCIM Error (RFC 7644 section 3.12); with a 401, a challenge for each of the schemes (RFC 9110
    /// section 11.6.1), which for a token has the error code of RFC 6750 section 3.1.
    pub fn into_response(self, schemes: &[AuthenticationScheme]) -> Response<Bytes> {
        match self {
            Self::Missing | Self::Wrong => {
                let detail = "the credentials of this connection are missing or wrong";
                let mut response = refuse(&Error::plain(401, detail));
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
                let mut response = refuse(&Error::plain(503, detail));
                let seconds = retry_after.as_secs().max(1);
                response.headers_mut().insert(RETRY_AFTER, seconds.into());
                response
            }
            Self::UnknownConnection => refuse(&Error::not_found("there is no connection of this name")),
            Self::Other(error) => refuse(&error),
        }
    }

    /// How much it tells, beside others.
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

/// One for each scheme of HTTP; where there is none, for both that every client knows.
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

/// The refusal of a token.
fn challenged(error: &Error, parameters: &str) -> Response<Bytes> {
    let mut response = refuse(error);
    if let Ok(challenge) = HeaderValue::try_from(format!(r#"Bearer realm="scim", {parameters}"#)) {
        response.headers_mut().append(WWW_AUTHENTICATE, challenge);
    }
    response
}

/// What may stand in a parameter of the challenge (RFC 6750 section 3): printable ASCII without quotes and backslashes.
fn quoted(text: &str) -> String {
    let suits = |letter: char| matches!(letter, ' '..='~') && !matches!(letter, '"' | '\\');
    text.chars()
        .map(|letter| if suits(letter) { letter } else { '?' })
        .collect()
}

/// The answer that carries an error.
fn refuse(error: &Error) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(error.to_json().to_string()));
    *response.status_mut() =
        StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = HeaderValue::from_static(SCIM_JSON);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
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
