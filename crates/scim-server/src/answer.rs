//! Responses that this crate makes itself. All of them are SCIM Error documents.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, RETRY_AFTER};
use scim_core::error::Error;
use scim_service::SCIM_JSON;

/// The response that carries an error.
pub(crate) fn refuse(error: &Error) -> HttpResponse {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status)
        .content_type(SCIM_JSON)
        .body(error.to_json().to_string())
}

/// 404: unknown path.
pub(crate) fn unknown_path() -> HttpResponse {
    refuse(&Error::not_found("there is nothing under this path"))
}

/// 404: unknown connection.
pub(crate) fn unknown_connection() -> HttpResponse {
    refuse(&Error::not_found("there is no connection of this name"))
}

/// 405 with the allowed methods.
pub(crate) fn method_not_allowed(allowed: &'static str) -> HttpResponse {
    let mut answer = refuse(&Error::plain(405, format!("use one of {allowed} here")));
    let value = actix_web::http::header::HeaderValue::from_static(allowed);
    answer.headers_mut().insert(ALLOW, value);
    answer
}

/// 429 with `Retry-After`: too many failures to authenticate.
pub(crate) fn too_many_failures(after: Duration) -> HttpResponse {
    retry_later(
        &Error::plain(429, "too many failed attempts to authenticate from this address"),
        after,
    )
}

/// 503 with `Retry-After`.
pub(crate) fn unavailable(detail: &'static str, after: Duration) -> HttpResponse {
    retry_later(&Error::plain(503, detail), after)
}

/// 500. The log has the reason.
pub(crate) fn internal_error() -> HttpResponse {
    refuse(&Error::plain(500, "the server failed; its log says why"))
}

/// Adds `Retry-After` in seconds, rounded up.
fn retry_later(error: &Error, after: Duration) -> HttpResponse {
    let mut answer = refuse(error);
    let seconds = after.as_millis().div_ceil(1000).max(1).to_string();
    if let Ok(value) = seconds.parse() {
        answer.headers_mut().insert(RETRY_AFTER, value);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_whole_and_never_too_few() {
        let seconds = |millis| {
            let answer = too_many_failures(Duration::from_millis(millis));
            answer
                .headers()
                .get(RETRY_AFTER)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(seconds(0), "1");
        assert_eq!(seconds(1_001), "2");
        assert_eq!(seconds(3_000), "3");
    }
}
