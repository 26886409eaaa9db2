//! An operation of a bulk request as a separate request, and its result.

use std::sync::atomic::AtomicBool;

use http::header::IF_MATCH;
use http::{HeaderMap, HeaderValue, Method};
use scim_core::bulk::{BulkMethod, BulkOperation, BulkResult};
use scim_core::error::Error;
use serde_json::{Map, Value};

use super::part::Part;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::route::Route;
use crate::service::{Body, Call};
use crate::store::Durable;

/// The result of an operation, which may not be durable yet.
pub(super) struct Done {
    pub(super) index: usize,
    pub(super) result: BulkResult,
    /// The id of the resource, if the operation succeeded.
    pub(super) id: Option<String>,
    pub(super) database: Database,
}

/// What the result of an operation says about the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Database {
    /// It answers.
    There,
    /// It does not: each further operation would wait for it as long as this one did.
    Away,
    /// The same, and it is unknown whether the operation was executed.
    Silent,
}

impl Database {
    pub(super) fn after(failure: &Failure) -> Self {
        match failure {
            Failure::Unavailable(_) | Failure::Overdue(_) => Self::Away,
            Failure::OutcomeUnknown(_) => Self::Silent,
            _ => Self::There,
        }
    }
}

/// Executes an operation like a separate request.
pub(super) async fn carry_out(
    call: &Call<'_>,
    index: usize,
    operation: &BulkOperation,
    path: &str,
    data: &Map<String, Value>,
) -> (Done, Option<Durable>) {
    let part = Part::single();
    let (location, answered) = match prepare(call, operation, path) {
        Ok((route, head)) => {
            let location = location(call, &route);
            let part = of(call, &head, path, data, &part);
            (location, part.run_with_retries(&route).await)
        }
        Err(failure) => (None, Err(failure)),
    };
    match answered {
        Ok(answer) => (done(index, operation, location, answer), part.into_durable()),
        Err(failure) => {
            let database = Database::after(&failure);
            let refused = refused(index, operation, location, failure.into_error());
            (Done { database, ..refused }, None)
        }
    }
}

/// The method and headers of an operation.
pub(super) struct Head {
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
}

/// An operation as a request.
pub(super) fn of<'c>(
    call: &'c Call<'_>,
    head: &'c Head,
    path: &'c str,
    data: &'c Map<String, Value>,
    part: &'c Part,
) -> Call<'c> {
    Call {
        service: call.service,
        caller: call.caller,
        method: &head.method,
        headers: &head.headers,
        query: path.split_once('?').map_or("", |(_, query)| query),
        body: Body::Object(data),
        now: call.now,
        part: Some(part),
        met_another: AtomicBool::new(false),
    }
}

/// The route of an operation, as of a separate request.
pub(super) fn prepare(
    call: &Call<'_>,
    operation: &BulkOperation,
    path: &str,
) -> Result<(Route, Head), Failure> {
    let method = match &operation.method {
        BulkMethod::Post => Method::POST,
        BulkMethod::Put => Method::PUT,
        BulkMethod::Patch => Method::PATCH,
        BulkMethod::Delete => Method::DELETE,
        other => {
            let shown: String = other.as_str().chars().take(100).collect();
            let detail = format!("a bulk request may have POST, PUT, PATCH and DELETE, not `{shown}`");
            return Err(Error::plain(405, detail).into());
        }
    };
    let endpoint = path.split('?').next().unwrap_or(path);
    let route = call.service.route(&method, endpoint, None)?;
    if !matches!(
        route,
        Route::Create(_) | Route::Replace(..) | Route::Patch(..) | Route::Delete(..)
    ) {
        let shown: String = path.chars().take(100).collect();
        let detail = format!("a bulk request cannot have `{shown}`, only resources and their collections");
        return Err(Error::invalid_value(detail).into());
    }
    let mut headers = HeaderMap::new();
    // a POST creates a resource, so it cannot expect a version
    if let (Some(version), true) = (&operation.version, operation.method != BulkMethod::Post) {
        let expected = HeaderValue::from_str(version).ok().filter(|tag| !tag.is_empty());
        let expected = expected
            .ok_or_else(|| Error::invalid_value("`version` must be an entity tag such as `W/\"1\"`"))?;
        headers.insert(IF_MATCH, expected);
    }
    Ok((route, Head { method, headers }))
}

pub(super) fn done(
    index: usize,
    operation: &BulkOperation,
    location: Option<String>,
    answer: Answer,
) -> Done {
    Done {
        index,
        result: BulkResult {
            location: answer.location.or(location),
            version: answer.etag,
            ..result(operation, Ok(answer.status.as_u16()))
        },
        id: answer.resource_id,
        database: Database::There,
    }
}

pub(super) fn refused(
    index: usize,
    operation: &BulkOperation,
    location: Option<String>,
    error: Error,
) -> Done {
    Done {
        index,
        result: BulkResult {
            location,
            ..result(operation, Err(error))
        },
        id: None,
        database: Database::There,
    }
}

fn result(operation: &BulkOperation, outcome: Result<u16, Error>) -> BulkResult {
    BulkResult {
        method: operation.method.clone(),
        bulk_id: operation.bulk_id.clone(),
        location: None,
        version: None,
        outcome,
    }
}

/// The URI of the resource that the path names.
fn location(call: &Call<'_>, route: &Route) -> Option<String> {
    match route {
        Route::Replace(kind, id) | Route::Patch(kind, id) | Route::Delete(kind, id) => {
            Some(call.render(*kind).location(id))
        }
        _ => None,
    }
}
