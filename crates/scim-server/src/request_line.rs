//! The log line of each request, and the request id.
//!
//! A line has the connection, the operation, the resource, the status and the duration. It never has paths, queries, headers
//! or bodies: they hold names of people and secrets.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest};
use scim_service::connection::ConnectionKey;
use scim_service::service::Outcome;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::auth::Entry;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The subject of a request, as far as it is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Subject {
    connection: Option<ConnectionKey>,
    operation: Option<&'static str>,
    resource_id: Option<String>,
    client: Option<IpAddr>,
}

impl Subject {
    /// A request to a connection.
    pub(crate) fn of(entry: &Entry) -> Self {
        Self {
            connection: Some(entry.key.clone()),
            ..Self::default()
        }
    }

    /// A request to the server itself.
    pub(crate) fn operation(operation: &'static str) -> Self {
        Self {
            operation: Some(operation),
            ..Self::default()
        }
    }

    /// Adds the address of a client that was refused.
    pub(crate) fn refused(self, client: Option<IpAddr>) -> Self {
        Self {
            operation: Some("authenticate"),
            client,
            ..self
        }
    }

    /// Adds the outcome from the service.
    pub(crate) fn with_outcome(self, outcome: Option<Outcome>) -> Self {
        match outcome {
            Some(outcome) => Self {
                operation: Some(outcome.operation),
                resource_id: outcome.resource_id,
                ..self
            },
            None => self,
        }
    }

    /// Attaches the subject to its request, for the log line.
    pub(crate) fn note(self, request: &HttpRequest) {
        request.extensions_mut().insert(self);
    }
}

/// Middleware that sets the request id, and writes the line when the request ends or its connection is reset.
pub(crate) async fn write(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = request_id(&request);
    let span = tracing::info_span!("request", request_id = %id, connection = tracing::field::Empty);
    let mut line = Line {
        id,
        method: request.method().clone(),
        started: Instant::now(),
        is_open: true,
    };
    let mut response = next.call(request).instrument(span).await?;
    if let Ok(value) = HeaderValue::from_str(&line.id) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    let subject = response.request().extensions_mut().remove::<Subject>();
    line.close(response.status().as_u16(), &subject.unwrap_or_default());
    Ok(response)
}

/// Writes the line of a malformed request that the HTTP layer has refused, and returns the request id for the response.
pub(crate) fn write_refusal(status: u16) -> String {
    let id = Uuid::now_v7().to_string();
    tracing::info!(
        target: "scim_server::request",
        parent: None,
        request_id = %id,
        operation = "none",
        status,
        "request"
    );
    id
}

/// The request id of the client, if it is harmless in a log, or else a new one.
fn request_id(request: &ServiceRequest) -> String {
    let given = request
        .headers()
        .get(X_REQUEST_ID)
        .and_then(|value| value.to_str().ok());
    let suits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    match given {
        Some(id) if (1..=64).contains(&id.len()) && id.bytes().all(suits) => id.to_owned(),
        _ => Uuid::now_v7().to_string(),
    }
}

struct Line {
    id: String,
    method: Method,
    started: Instant,
    is_open: bool,
}

impl Line {
    fn close(&mut self, status: u16, subject: &Subject) {
        self.is_open = false;
        tracing::info!(
            target: "scim_server::request",
            parent: None,
            request_id = %self.id,
            method = %self.method,
            connection = subject.connection.as_ref().map(ConnectionKey::as_str),
            operation = subject.operation.unwrap_or("none"),
            resource_id = subject.resource_id.as_deref(),
            status,
            duration_ms = millis(self.started.elapsed()),
            client = subject.client.map(tracing::field::display),
            "request"
        );
    }
}

/// Milliseconds with three digits after the point.
fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}

/// A request is dropped before it is answered if its HTTP/1.1 connection is reset, which proxies log as 499. One whose client
/// only closes the connection goes on, because the client may still read; over HTTP/2, every request goes on.
impl Drop for Line {
    fn drop(&mut self) {
        if self.is_open {
            self.close(499, &Subject::default());
        }
    }
}
