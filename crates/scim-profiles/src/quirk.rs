//! Quirks: one departure of a client from the standard, and what it means.

use std::fmt::Debug;

use scim_core::filter::Filter;
use scim_core::patch::PatchOperation;
use scim_core::schema::ResourceType;
use serde_json::{Map, Value};

/// One departure of a client from the standard, rewritten into what it means.
///
/// What a quirk does not recognise it leaves alone, wrong or not: the strict checks come after it.
pub trait Quirk: Debug + Send + Sync + 'static {
    /// Rewrites the body of a POST or PUT.
    fn rewrite_body(&self, resource_type: &ResourceType, body: &mut Map<String, Value>) {
        let _ = (resource_type, body);
    }

    /// Rewrites one operation of a PATCH.
    fn rewrite_operation(&self, resource_type: &ResourceType, operation: &mut PatchOperation) {
        let _ = (resource_type, operation);
    }

    /// Rewrites a filter.
    fn rewrite_filter(&self, resource_type: &ResourceType, filter: &mut Filter) {
        let _ = (resource_type, filter);
    }
}
