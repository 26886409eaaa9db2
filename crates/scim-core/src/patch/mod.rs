//! PATCH (RFC 7644 section 3.5.2): operations, and what they make of a resource.
//!
//! [`Patch::parse`] reads a PatchOp message; a profile may then rewrite its operations; [`Patch::apply`] carries them out
//! on a resource, all or none. The members of a group are not in its resource: [`Patch::take_members`] takes the operations
//! on them out, as steps whose cost follows the change.

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

/// The schema URI of a PATCH request.
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
/// // the second operation takes away what is required, so the first is not done either
/// let refused = patch.apply(&mut barbara, &Tolerance::STRICT).unwrap_err();
/// assert_eq!(refused.detail(), "operation 2: `userName` is required and cannot be removed");
/// assert!(barbara.attributes().get("title").is_none());
/// # Ok::<(), scim_core::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Patch {
    /// Carried out one after the other; each sees what those before it did.
    pub operations: Vec<PatchOperation>,
}

/// One operation of a PATCH request.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchOperation {
    /// Its place in the request, counted from 1: what details of errors name.
    pub number: usize,
    /// What is done.
    pub op: Op,
    /// What it is done to; without a path, to the attributes that the value names.
    pub path: Option<PatchPath>,
    /// The value; `remove` needs none.
    pub value: Option<Value>,
}

/// What a PATCH operation does. On the wire in any case: Entra ID sends `Add`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// Sets a value, or adds values to a list.
    Add,
    /// Takes values away.
    Remove,
    /// Puts a value in the place of another.
    Replace,
}

/// How large a PATCH may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PatchLimits {
    /// The maximum number of operations in one request (413). 1,000 by default.
    pub operations: usize,
    /// The limits of paths, and of the filters in them.
    pub path: FilterLimits,
}

/// What applying a patch did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Applied {
    /// The paths that were passed over, where the [`Tolerance`](crate::resource::Tolerance) let them.
    pub ignored: Vec<String>,
}

impl PatchLimits {
    /// The defaults, as a constant.
    pub const DEFAULT: Self = Self {
        operations: 1_000,
        path: FilterLimits::DEFAULT,
    };

    /// The same limits with another number of [`operations`](Self::operations).
    #[must_use]
    pub const fn with_operations(mut self, operations: usize) -> Self {
        self.operations = operations;
        self
    }

    /// The same limits with other limits of [paths](Self::path).
    #[must_use]
    pub const fn with_path(mut self, path: FilterLimits) -> Self {
        self.path = path;
        self
    }
}

impl Default for PatchLimits {
    /// [`PatchLimits::DEFAULT`]: 1,000 operations, and the default [`FilterLimits`].
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Op {
    /// The word of RFC 7644.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
        }
    }
}
