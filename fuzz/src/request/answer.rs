//! What an answer must be, whatever was asked (RFC 7644 section 3.12 and throughout).

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Response, StatusCode};
use serde_json::Value;

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// The body of an answer, which is SCIM and tells of no fault of the service.
pub(super) fn judge(response: &Response<Bytes>, request: &str) -> Option<Value> {
    let status = response.status();
    let body = response.body();
    let shown = || format!("{request}\n→ {status} {}", String::from_utf8_lossy(body));
    // what the service does not have is said in advance
    let is_fault = status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED;
    assert!(!is_fault, "{}", shown());
    if body.is_empty() {
        let may_be_empty = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        assert!(may_be_empty, "{}: nothing", shown());
        return None;
    }
    let media_type = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let is_json = media_type.is_some_and(|value| value.contains("json"));
    assert!(is_json, "{}: {media_type:?}", shown());
    let answer: Value = serde_json::from_slice(body).unwrap_or_else(|error| panic!("{}: {error}", shown()));
    let schemas = answer.get("schemas").and_then(Value::as_array);
    assert!(
        schemas.is_some_and(|schemas| !schemas.is_empty()),
        "{}: no schemas",
        shown()
    );
    if !status.is_success() {
        let is_error = schemas.is_some_and(|schemas| schemas.iter().any(|urn| urn == ERROR));
        assert!(is_error, "{}: no Error", shown());
        assert_eq!(answer.get("status"), Some(&status.as_str().into()), "{}", shown());
        assert!(
            answer.get("detail").is_some_and(Value::is_string),
            "{}: no detail",
            shown()
        );
    }
    parts(&answer).for_each(|status| {
        assert!(!status.starts_with('5') || status == "501", "{}", shown());
    });
    Some(answer)
}

/// What the operations of a bulk ended with.
fn parts(answer: &Value) -> impl Iterator<Item = &str> {
    let operations = answer.get("Operations").and_then(Value::as_array);
    let operations = operations.into_iter().flatten();
    operations.filter_map(|operation| operation.get("status")?.as_str())
}
