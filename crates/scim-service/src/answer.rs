//! Responses, before and after they are HTTP.

use bytes::Bytes;
use http::header::{
    ALLOW, CONTENT_LOCATION, CONTENT_TYPE, ETAG, LOCATION, RETRY_AFTER as RETRY_AFTER_HEADER,
};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use scim_core::error::Error;

use crate::failure::{Failure, RETRY_AFTER};
use crate::service::Outcome;

/// The media type of SCIM bodies, `application/scim+json` (RFC 7644 section 8.1).
pub const SCIM_JSON: &str = "application/scim+json";

/// The parts of a successful response.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Option<String>,
    pub(crate) etag: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) resource_id: Option<String>,
}

impl Answer {
    pub(crate) fn ok(body: String) -> Self {
        Self {
            status: StatusCode::OK,
            body: Some(body),
            ..Self::default()
        }
    }

    pub(crate) fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            ..Self::default()
        }
    }

    pub(crate) fn into_response(self, operation: &'static str) -> Response<Bytes> {
        let mut response = respond(self.status, self.body);
        put(&mut response, ETAG, self.etag);
        if !response.body().is_empty() {
            // equals `meta.location` (RFC 7643 section 3.1)
            put(&mut response, CONTENT_LOCATION, self.location.clone());
        }
        put(&mut response, LOCATION, self.location);
        response.extensions_mut().insert(Outcome {
            operation,
            resource_id: self.resource_id,
        });
        response
    }
}

/// Turns a failure into a response with a SCIM error (RFC 7644 section 3.12).
pub(crate) fn refuse(
    failure: Failure,
    operation: &'static str,
    resource_id: Option<String>,
) -> Response<Bytes> {
    let allow = match &failure {
        Failure::MethodNotAllowed(allow) => Some((*allow).to_owned()),
        _ => None,
    };
    let is_repeatable = failure.is_repeatable();
    let mut response = match failure {
        // the headers that a 200 would have (RFC 9110 section 15.4.5)
        Failure::NotModified { etag, location } => {
            let mut response = respond(StatusCode::NOT_MODIFIED, None);
            put(&mut response, ETAG, Some(etag));
            put(&mut response, CONTENT_LOCATION, location);
            response
        }
        failure => error(&failure.into_error()),
    };
    put(&mut response, ALLOW, allow);
    if response.status() == StatusCode::SERVICE_UNAVAILABLE && is_repeatable {
        put(&mut response, RETRY_AFTER_HEADER, Some(RETRY_AFTER.to_owned()));
    }
    response.extensions_mut().insert(Outcome {
        operation,
        resource_id,
    });
    response
}

/// The response with a SCIM error.
pub(crate) fn error(error: &Error) -> Response<Bytes> {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    respond(status, Some(error.to_json().to_string()))
}

fn respond(status: StatusCode, body: Option<String>) -> Response<Bytes> {
    let has_body = body.is_some();
    let mut response = Response::new(body.map(Bytes::from).unwrap_or_default());
    *response.status_mut() = status;
    if has_body {
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(SCIM_JSON));
    }
    response
}

fn put(response: &mut Response<Bytes>, name: HeaderName, value: Option<String>) {
    if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
        response.headers_mut().insert(name, value);
    }
}
