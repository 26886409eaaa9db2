//! The front door.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use scim_profiles::Profile;

use crate::connection::ConnectionKey;
use crate::store::Store;

/// A SCIM service provider: answers requests out of a store.
pub struct Service {
    store: Arc<dyn Store>,
    limits: Limits,
}

/// On whose behalf a request comes, after authentication.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The connection whose credential was shown.
    pub connection: ConnectionKey,
    /// The profile of that connection.
    pub profile: &'static Profile,
    /// The URL of the connection as the client sees it, without a slash at the end: the base of every `meta.location`.
    pub base_url: String,
}

/// How much one request may ask for. Each limit has its own clear error, none is silent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a body (413).
    pub body_bytes: usize,
    /// Bytes of a filter (400 `invalidFilter`).
    pub filter_bytes: usize,
    /// Depth of a filter (400 `invalidFilter`).
    pub filter_depth: usize,
    /// Comparisons in a filter (400 `invalidFilter`).
    pub filter_terms: usize,
    /// Operations of a PATCH (413).
    pub patch_operations: usize,
    /// Members that a PATCH may add or remove (413).
    pub patch_members: usize,
    /// Resources on a page; a larger `count` is capped (RFC 7644 section 3.4.2.4).
    pub page_size: u32,
    /// Depth of JSON in a body (400 `invalidSyntax`).
    pub json_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            filter_bytes: 4 << 10,
            filter_depth: 32,
            filter_terms: 256,
            patch_operations: 1_000,
            patch_members: 50_000,
            page_size: 1_000,
            json_depth: 64,
        }
    }
}

/// What was done, for the log: an extension of every [`Response`] that [`Service::handle`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The operation: `user.create`, `group.patch`, `user.list`, `discovery`, …
    pub operation: &'static str,
    /// The resource that it was about, if it was about one.
    pub resource_id: Option<String>,
}

impl Service {
    /// A service on that store.
    pub fn new(store: Arc<dyn Store>, limits: Limits) -> Self {
        Self { store, limits }
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The store behind it.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Answers a request. Its path is the one below the base URL of the connection: `/Users/2819c223`.
    ///
    /// Every answer is SCIM JSON, those to requests that cannot be understood too, and carries an [`Outcome`].
    pub async fn handle(&self, caller: &Caller, request: Request<Bytes>) -> Response<Bytes> {
        let _ = (caller, request);
        Response::new(Bytes::new())
    }
}
