//! BulkResponse: the results of the operations.

use serde_json::{Map, Value, json};

use super::{BULK_RESPONSE_URN, BulkMethod};
use crate::error::Error;

/// The response to a bulk request (RFC 7644 section 3.7).
///
/// ```
/// use scim_core::bulk::{BulkMethod, BulkResponse, BulkResult};
/// use scim_core::error::Error;
///
/// let result = BulkResult {
///     method: BulkMethod::Delete,
///     bulk_id: None,
///     location: Some("https://example.com/v2/Users/2819c223".to_owned()),
///     version: None,
///     outcome: Err(Error::not_found("there is no user `2819c223`")),
/// };
/// let document = BulkResponse { results: vec![result] }.to_json();
/// assert_eq!(document["Operations"][0]["status"], "404");
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BulkResponse {
    /// The results, one for each operation that was executed or rejected, in the order of the request.
    pub results: Vec<BulkResult>,
}

/// The result of one operation.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkResult {
    /// The method of the operation.
    pub method: BulkMethod,
    /// The client's name for the operation.
    pub bulk_id: Option<String>,
    /// The URI of the resource; `None` for a POST that failed.
    pub location: Option<String>,
    /// The new version of the resource, an entity tag.
    pub version: Option<String>,
    /// The HTTP status, or the error.
    pub outcome: Result<u16, Error>,
}

impl BulkResponse {
    /// Returns the BulkResponse document. It leaves out the resources, as RFC 7644 section 3.7 allows for operations that succeed;
    /// a client finds each at its `location`.
    #[must_use]
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
