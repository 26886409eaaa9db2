//! Bulk (RFC 7644 section 3.7): many operations in one request, which may refer to resources that the request itself
//! creates.
//!
//! [`BulkRequest::parse`] parses a BulkRequest message, [`Plan::of`] returns the order of its operations,
//! [`BulkOperation::resolved`] replaces references by ids, and [`BulkResponse`] is the response. The service executes each
//! operation as a request of its own.
//!
//! # References
//!
//! A text that begins with `bulkId:` refers to the resource that the POST with that `bulkId` creates. It may be any value in the
//! `data` of an operation, the end of a `$ref`, the last segment of the `path` of an operation, and the value of a comparison in
//! a path of a PATCH (`members[value eq "bulkId:qwerty"]`).
//!
//! ```
//! use scim_core::bulk::{BULK_REQUEST_URN, BulkLimits, BulkRequest, CreatedIds, Plan, Stage};
//! use serde_json::json;
//!
//! let message = json!({
//!     "schemas": [BULK_REQUEST_URN],
//!     "Operations": [
//!         { "method": "POST", "path": "/Groups", "bulkId": "guides", "data": { "members": [{ "value": "bulkId:barbara" }] } },
//!         { "method": "POST", "path": "/Users", "bulkId": "barbara", "data": { "userName": "bjensen" } }
//!     ]
//! });
//! let message = message.as_object().cloned().unwrap_or_default();
//! let request = BulkRequest::parse(message, &BulkLimits::default())?;
//! // the user comes first, because the group refers to it
//! assert_eq!(Plan::of(&request).stages, [Stage::One(1), Stage::One(0)]);
//!
//! let created = CreatedIds::from([("barbara".to_owned(), "2819c223".to_owned())]);
//! assert_eq!(request.operations[0].resolved(&created)["members"], json!([{ "value": "2819c223" }]));
//! # Ok::<(), scim_core::error::Error>(())
//! ```

mod circles;
mod operation;
mod parse;
mod plan;
mod reference;
mod response;

use std::collections::HashMap;

pub use operation::{BulkMethod, BulkOperation};
pub use plan::{Plan, Stage};
pub use response::{BulkResponse, BulkResult};

/// The schema URI of a BulkRequest.
pub const BULK_REQUEST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/// The schema URI of a BulkResponse.
pub const BULK_RESPONSE_URN: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/// The ids of created resources, by the `bulkId` of the operation that created them.
pub type CreatedIds = HashMap<String, String>;

/// A bulk request, parsed: its operations in the order in which they were sent.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkRequest {
    /// The number of failures after which no further operation is started (`failOnErrors`): 1 or more after parsing. `None` sets
    /// no limit.
    #[doc(alias = "failOnErrors")]
    pub fail_on_errors: Option<usize>,
    /// The operations: at least one after parsing. A request without operations has an empty plan.
    pub operations: Vec<BulkOperation>,
}

/// The limits of a bulk request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkLimits {
    /// The maximum number of operations in one request (413). 1,000 by default.
    pub operations: usize,
}

impl BulkLimits {
    /// The default limits.
    pub const DEFAULT: Self = Self { operations: 1_000 };

    /// Sets the maximum number of [`operations`](Self::operations).
    #[must_use]
    pub const fn with_operations(mut self, operations: usize) -> Self {
        self.operations = operations;
        self
    }
}

impl Default for BulkLimits {
    /// Returns [`BulkLimits::DEFAULT`]: 1,000 operations.
    fn default() -> Self {
        Self::DEFAULT
    }
}
