//! Bulk (RFC 7644 section 3.7).

mod bulk_id;
mod limits;
mod operations;

use serde_json::{Value, json};

use crate::check::{Check, Finding, violation};
use crate::feature::Feature;
use crate::http::Answer;
use crate::trial::Trial;

pub(super) const ALL: &[&[Check]] = &[operations::CHECKS, bulk_id::CHECKS, limits::CHECKS];

const BULK: &[Feature] = &[Feature::Bulk];
const GROUP_BULK: &[Feature] = &[Feature::Bulk, Feature::Groups];
const NOT_BULK: &str = "the answer is not a BulkResponse";

/// A request of those operations.
fn request(operations: Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations })
}

/// The operations of the answer to those operations.
async fn bulk(trial: &Trial, operations: Value) -> Result<Vec<Value>, Finding> {
    outcome(&trial.post("/Bulk", &request(operations)).await?.expect(&[200])?)
}

fn outcome(answer: &Answer) -> Result<Vec<Value>, Finding> {
    answer.json["Operations"]
        .as_array()
        .cloned()
        .ok_or_else(|| violation(NOT_BULK))
}

/// The operation that creates a user.
fn create(trial: &Trial, bulk_id: &str) -> Value {
    json!({ "method": "POST", "path": "/Users", "bulkId": bulk_id, "data": trial.user_document() })
}

/// The status of the outcome at that place, as text.
fn status(outcomes: &[Value], place: usize) -> &str {
    let status = outcomes.get(place).map(|outcome| &outcome["status"]);
    status.and_then(Value::as_str).unwrap_or("none that is text")
}

/// The URL of the resource that the outcome at that place names.
fn location(trial: &Trial, outcomes: &[Value], place: usize) -> Result<String, Finding> {
    let location = outcomes
        .get(place)
        .and_then(|outcome| outcome["location"].as_str());
    let Some(location) = location else {
        return Err(violation(format!("the outcome {place} has no location")));
    };
    Ok(trial.subject.resolve(location))
}
