//! BulkResponse: what came of the operations.

use serde_json::{Map, Value, json};

use super::{BULK_RESPONSE_URN, BulkMethod};
use crate::error::Error;

/// The answer to a bulk request (RFC 7644 section 3.7).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BulkResponse {
    /// One for each operation that was carried out or refused, in the order of the request.
    pub results: Vec<BulkResult>,
}

/// What came of one operation.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkResult {
    /// What was to be done.
    pub method: BulkMethod,
    /// What the client calls the operation.
    pub bulk_id: Option<String>,
    /// The URI of the resource; a POST that failed has none.
    pub location: Option<String>,
    /// The version that the resource is at now, an entity tag.
    pub version: Option<String>,
    /// The HTTP status of what was done, or why it was not.
    pub outcome: Result<u16, Error>,
}

impl BulkResponse {
    /// The document. The resources are not in it, as RFC 7644 section 3.7 allows for operations that succeed: a client that
    /// wants one finds it at its `location`.
    pub fn to_json(&self) -> Value {
        let results: Vec<Value> = self.results.iter().map(BulkResult::to_json).collect();
        json!({ "schemas": [BULK_RESPONSE_URN], "Operations": results })
    }
}

impl BulkResult {
    fn to_json(&self) -> Value {
        let mut members = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                members.insert(name.to_owned(), value);
            }
        };
        let text = |text: &Option<String>| text.as_deref().map(Value::from);
        put("method", Some(self.method.as_str().into()));
        put("bulkId", text(&self.bulk_id));
        put("location", text(&self.location));
        put("version", text(&self.version));
        let status = match &self.outcome {
            Ok(status) => *status,
            Err(error) => error.status(),
        };
        put("status", Some(status.to_string().into()));
        put("response", self.outcome.as_ref().err().map(Error::to_json));
        Value::Object(members)
    }
}
