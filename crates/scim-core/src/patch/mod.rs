//! PATCH (RFC 7644 section 3.5.2): operations, and their application to a resource.
//!
//! [`Patch::parse`] parses a PatchOp message, and [`Patch::apply`] applies its operations to a resource, all or none. Between the
//! two, a profile may rewrite the operations. The members of a group are not part of its resource: [`Patch::take_members`] takes
//! the operations on them out, as steps whose cost depends on the change and not on the size of the group.

mod apply;
mod budget;
mod element;
mod members;
mod parse;
mod target;
mod unfold;

use serde_json::Value;

use crate::filter::FilterLimits;
use crate::path::PatchPath;

pub use members::{Member, MemberStep};

/// The schema URI of a PatchOp message, the body of a PATCH request.
pub const PATCH_OP_URN: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// The operations of a PATCH request, in order.
///
/// ```
/// use std::sync::Arc;
///
/// use scim_core::filter::FilterLimits;
/// use scim_core::patch::{Patch, PatchLimits};
/// use scim_core::resource::{Resource, Situation, Tolerance};
/// use scim_core::schema::ResourceType;
/// use serde_json::json;
///
/// # fn object(value: serde_json::Value) -> serde_json::Map<String, serde_json::Value> {
/// #     value.as_object().cloned().unwrap_or_default()
/// # }
/// let user = Arc::new(ResourceType::user());
/// let body = object(json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bjensen" }));
/// let mut barbara = Resource::check(&user, body, Situation::Create, &Tolerance::STRICT)?;
///
/// let limits = PatchLimits::default().with_operations(100);
/// let body = object(json!({
///     "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
///     "Operations": [
///         { "op": "add", "path": "title", "value": "Tour Guide" },
///         { "op": "remove", "path": "userName" }
///     ]
/// }));
/// let patch = Patch::parse(&body, &limits, &Tolerance::STRICT)?;
///
/// // the second operation removes a required attribute, so the first is not applied either
/// let error = patch.apply(&mut barbara, &Tolerance::STRICT).unwrap_err();
/// assert_eq!(error.detail(), "operation 2: `userName` is required and cannot be removed");
/// assert!(barbara.attributes().get("title").is_none());
/// # Ok::<(), scim_core::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[doc(alias = "PatchOp")]
pub struct Patch {
    /// The operations, applied one after the other. Never empty after parsing; an empty patch changes nothing.
    pub operations: Vec<PatchOperation>,
}

/// One operation of a PATCH request.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchOperation {
    /// The place of the operation in the request, counted from 1, which error details name.
    pub number: usize,
    /// The kind of operation.
    pub op: Op,
    /// The path of the attribute; `None` for the attributes that the value names. After parsing, `remove` has a path.
    pub path: Option<PatchPath>,
    /// The value; optional for `remove`. After parsing, `add` and `replace` have one. Without one,
    /// [`Patch::apply`] removes the attribute, changes nothing, or returns an error.
    pub value: Option<Value>,
}

/// The kind of a PATCH operation. It is parsed in any case: Entra ID sends `Add`.
///
/// Exhaustive on purpose: these are the operations of RFC 7644 section 3.5.2. A new variant is a new major version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// Sets a value, or adds values to a list.
    Add,
    /// Removes values.
    Remove,
    /// Replaces values.
    Replace,
}

/// The limits of a PATCH request.
///
/// ```
/// use scim_core::filter::FilterLimits;
/// use scim_core::patch::PatchLimits;
///
/// let limits = PatchLimits::default().with_operations(100).with_path(FilterLimits::DEFAULT.with_max_terms(10));
/// assert_eq!((limits.operations, limits.path.max_terms), (100, 10));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PatchLimits {
    /// The maximum number of operations in one request (413). 1,000 by default.
    pub operations: usize,
    /// The limits of each path and the filters in it.
    pub path: FilterLimits,
}

/// The result of applying a patch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Applied {
    /// The paths that were ignored: those that the [`Tolerance`](crate::resource::Tolerance) allows to ignore, and names in a value
    /// without a path that no schema has.
    pub ignored: Vec<String>,
}

impl PatchLimits {
    /// The default limits.
    pub const DEFAULT: Self = Self {
        operations: 1_000,
        path: FilterLimits::DEFAULT,
    };

    /// Sets the maximum number of [`operations`](Self::operations).
    #[must_use]
    pub const fn with_operations(mut self, operations: usize) -> Self {
        self.operations = operations;
        self
    }

    /// Sets the limits of each [`path`](Self::path).
    #[must_use]
    pub const fn with_path(mut self, path: FilterLimits) -> Self {
        self.path = path;
        self
    }
}

impl Default for PatchLimits {
    /// Returns [`PatchLimits::DEFAULT`]: 1,000 operations, and the default [`FilterLimits`].
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Op {
    /// Returns the word on the wire, such as `add`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
        }
    }
}
