//! Bulk (RFC 7644 section 3.7): many operations in one request, which may refer to resources that the request itself
//! creates.
//!
//! [`BulkRequest::parse`] reads a BulkRequest message, [`Plan::of`] says in which order its operations are carried out,
//! [`BulkOperation::resolved`] puts ids in the place of references, and [`BulkResponse`] is the answer. Carrying an operation
//! out is up to the service: each is a request of its own, as if it had come alone.
//!
//! # References
//!
//! A text that begins with `bulkId:` refers to the resource that the POST with that `bulkId` creates. It may stand for any
//! value in the `data` of an operation, at the end of a `$ref`, as the last segment of the `path` of an operation, and as the
//! value of a comparison in a path of a PATCH (`members[value eq "bulkId:qwerty"]`).

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

/// The ids of resources that were created, by the `bulkId` of the operation that created them.
pub type CreatedIds = HashMap<String, String>;

/// The operations of a bulk request, in the order in which they were sent.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkRequest {
    /// After how many failures no further operation is begun (`failOnErrors`); without it, none is too many.
    pub fail_on_errors: Option<usize>,
    /// At least one.
    pub operations: Vec<BulkOperation>,
}

/// How large a bulk request may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BulkLimits {
    /// The maximum number of operations in one request (413). 1,000 by default.
    pub operations: usize,
}

impl BulkLimits {
    /// The defaults, as a constant.
    pub const DEFAULT: Self = Self { operations: 1_000 };

    /// The same limits with another number of [`operations`](Self::operations).
    #[must_use]
    pub const fn with_operations(mut self, operations: usize) -> Self {
        self.operations = operations;
        self
    }
}

impl Default for BulkLimits {
    /// [`BulkLimits::DEFAULT`]: 1,000 operations.
    fn default() -> Self {
        Self::DEFAULT
    }
}
