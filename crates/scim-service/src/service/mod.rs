//! Request handling: [`Service`], [`Caller`] and [`Outcome`].

mod call;
mod caller;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use bytes::Bytes;
use http::{Method, Request, Response};
use scim_core::error::Error;
use scim_core::schema::{ResourceType, ResourceTypes};
use scim_core::time::Timestamp;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::accept::Accepted;
use crate::answer::refuse;
use crate::configured::{self, Configured};
use crate::connection::ConnectionKey;
use crate::cursor::CursorKey;
use crate::event::{Hook, Observed};
use crate::failure::Failure;
use crate::limits::Limits;
use crate::operation;
use crate::operation::search_turn::SEARCHES;
use crate::route::Route;
use crate::store::{Access, Kind, ResourceId, Store, StoreError, Transaction};

pub use caller::Caller;

pub(crate) use call::{Body, Call};

/// A SCIM service provider on a [`Store`].
///
/// One service serves all connections, and any number of requests at the same time: share it as an `Arc`. The [front
/// page](crate#a-whole-program) has a whole program. Resource types, keys and hooks are set at the start:
///
/// ```
/// use std::sync::Arc;
///
/// use scim_core::schema::ResourceTypes;
/// use scim_service::cursor::CursorKey;
/// use scim_service::limits::Limits;
/// use scim_service::service::Service;
/// use scim_service::store::Store;
///
/// fn service(store: Arc<dyn Store>, key: &str, types: ResourceTypes) -> Arc<Service> {
///     let limits = Limits::default().with_page_size(200);
///     let service = Service::new(store, limits)
///         .with_cursor_key(CursorKey::derived_from(key))
///         .with_resource_types(types);
///     Arc::new(service)
/// }
/// ```
pub struct Service {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) limits: Limits,
    pub(crate) types: ResourceTypes,
    pub(crate) configured: Vec<Configured>,
    pub(crate) cursor_key: CursorKey,
    hooks: Arc<[Arc<dyn Hook>]>,
    /// Permits for searches that no index supports.
    pub(crate) searches: Semaphore,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("limits", &self.limits)
            .field("hooks", &self.hooks.len())
            .finish_non_exhaustive()
    }
}

/// The operation and the resource of a request, for the request log.
///
/// It is an extension of every response that [`Service::handle`] returns: `response.extensions().get::<Outcome>()`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The operation: `user.create`, `group.patch`, `user.list`, `discovery.schemas`, …; `none` if the request names none.
    pub operation: &'static str,
    /// The id of the resource; `None` if the request is not about a single resource.
    ///
    /// It is safe to log. An id in a path may be anything, such as a name that was typed by mistake, so it is reported only if it is
    /// a UUID, or if the response shows that the resource exists (2xx, 304, 409, 412). Otherwise it is `?`: a store with ids
    /// that are not UUIDs sees `?` in the log for 400, 404 and other errors.
    pub resource_id: Option<String>,
}

impl Service {
    /// Returns a service on `store`, with the built-in resource types User and Group, a random cursor key and no hooks.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, limits: Limits) -> Self {
        Self {
            store,
            limits,
            types: ResourceTypes::default(),
            configured: Vec::new(),
            cursor_key: CursorKey::random(),
            hooks: Arc::new([]),
            searches: Semaphore::new(SEARCHES),
        }
    }

    /// Sets the key that seals pagination cursors (RFC 9865). With the same key, cursors stay valid across restarts and between
    /// replicas. The default is [`CursorKey::random`].
    ///
    /// ```
    /// # use scim_service::service::Service;
    /// use scim_service::cursor::CursorKey;
    ///
    /// # fn with_key(service: Service) -> Result<Service, std::env::VarError> {
    /// let secret = std::env::var("CURSOR_SECRET")?; // long and random, the same for all replicas
    /// let service = service.with_cursor_key(CursorKey::derived_from(&secret));
    /// # Ok(service)
    /// # }
    /// ```
    #[must_use]
    pub fn with_cursor_key(self, cursor_key: CursorKey) -> Self {
        Self { cursor_key, ..self }
    }

    /// Sets the resource types (RFC 7643 section 6). The default is the built-in User and Group.
    ///
    /// ```
    /// # use scim_service::service::Service;
    /// use scim_service::core::schema::{Definition, DefinitionError, ResourceTypes};
    ///
    /// # fn with_devices(service: Service) -> Result<Service, DefinitionError> {
    /// let schema = r#"{ "id": "urn:example:params:scim:schemas:2.0:Device", "name": "Device",
    ///     "attributes": [{ "name": "serialNumber", "uniqueness": "server" }] }"#;
    /// let device = r#"{ "name": "Device", "endpoint": "/Devices",
    ///     "schema": "urn:example:params:scim:schemas:2.0:Device" }"#;
    /// let types = ResourceTypes::builder()
    ///     .schema(Definition::new("schema.json", schema))
    ///     .resource_type(Definition::new("device.json", device))
    ///     .build()?;
    /// let service = service.with_resource_types(types); // serves /Devices, too
    /// # Ok(service)
    /// # }
    /// ```
    #[must_use]
    pub fn with_resource_types(self, types: ResourceTypes) -> Self {
        Self {
            configured: types.others().iter().map(Configured::of).collect(),
            types,
            ..self
        }
    }

    /// Adds a hook, which receives what identity providers change and may reject it (see [`event`](crate::event)). Hooks are
    /// called in the order in which they were added.
    ///
    /// ```
    /// # use scim_service::service::Service;
    /// use std::sync::Arc;
    ///
    /// use scim_service::event::{Event, Hook};
    ///
    /// struct Print;
    ///
    /// #[scim_service::async_trait]
    /// impl Hook for Print {
    ///     async fn after_commit(&self, events: &[Event]) {
    ///         for event in events {
    ///             println!("{} {}", event.name(), event.resource_id());
    ///         }
    ///     }
    /// }
    ///
    /// # fn with_print(service: Service) -> Service {
    /// service.with_hook(Arc::new(Print))
    /// # }
    /// ```
    #[must_use]
    pub fn with_hook(self, hook: Arc<dyn Hook>) -> Self {
        Self {
            hooks: self.hooks.iter().cloned().chain([hook]).collect(),
            ..self
        }
    }

    /// The limits of requests.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Answers a request.
    ///
    /// The path of the request is relative to the base URL of the connection: `/Users/2819c223`. Every response is SCIM JSON,
    /// including those to requests that cannot be parsed, and carries an [`Outcome`]. A `HEAD` request gets the response of
    /// `GET` with its body, which the caller must leave out when it sends the response.
    ///
    /// ```
    /// use scim_service::bytes::Bytes;
    /// use scim_service::connection::Profile;
    /// use scim_service::http::{Method, Request, StatusCode};
    /// use scim_service::service::{Caller, Service};
    ///
    /// # async fn deactivate(service: &Service, okta: &Caller) -> Result<(), Box<dyn std::error::Error>> {
    /// let body = r#"{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    ///     "Operations": [{ "op": "replace", "path": "active", "value": false }] }"#;
    /// let request = Request::builder()
    ///     .method(Method::PATCH)
    ///     .uri("/Users/2819c223") // not the path of the whole URL, /scim/v2/okta/Users/2819c223
    ///     .header("content-type", "application/scim+json")
    ///     .body(Bytes::from(body))?;
    /// let response = service.handle(okta, request).await;
    /// assert_eq!(response.status(), StatusCode::OK);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Runtime
    ///
    /// Needs a tokio runtime with time enabled. [Hooks](crate::event::Hook) and the store may need more of it.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before the commit, the transaction is rolled back. If it is dropped during the commit, the
    /// change is either applied completely or not at all; with [hooks](crate::event::Hook), a commit that has begun is
    /// completed and the hooks are called. Of a bulk request, operations that were committed before stay committed.
    ///
    /// # Panics
    ///
    /// Does not panic on client input. It panics outside of a tokio runtime with time enabled, if a filter needs a search that
    /// no index supports.
    pub async fn handle(&self, caller: &Caller, request: Request<Bytes>) -> Response<Bytes> {
        let accepted = Accepted::of(request.headers());
        // a DELETE has no representation in its response, so its media type does not matter
        let response = match accepted == Accepted::Neither && request.method() != Method::DELETE {
            true => refuse(Accepted::refusal().into(), "none", None),
            false => self.respond(caller, request).await,
        };
        accepted.label(response)
    }

    async fn respond(&self, caller: &Caller, request: Request<Bytes>) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        let (method, path) = (&parts.method, parts.uri.path());
        let route = match self.route(method, path, caller.user.as_ref()) {
            Ok(route) => route,
            Err(failure) => return refuse(failure, "none", None),
        };
        let operation = route.operation();
        let resource_id = route.resource_id().map(loggable);
        let limit = self.limits.body_bytes_at(parts.uri.path());
        if body.len() > limit {
            return refuse(body_too_large(limit).into(), operation, resource_id);
        }
        let call = Call {
            service: self,
            caller,
            method: &parts.method,
            headers: &parts.headers,
            query: parts.uri.query().unwrap_or(""),
            body: Body::Text(&body),
            now: Timestamp::from_millis(jiff::Timestamp::now().as_millisecond()),
            part: None,
            met_another: AtomicBool::new(false),
        };
        let answered = match route {
            Route::Bulk => operation::bulk::bulk(&call).await,
            _ => call.run_with_retries(&route).await,
        };
        // the operation has found the resource, so the id in the path is an id of the store
        let found = || route.resource_id().map(ToString::to_string);
        match answered {
            Ok(mut answer) => {
                answer.resource_id = answer.resource_id.or_else(found);
                answer.into_response(operation)
            }
            Err(failure) if failure.implies_existence() => refuse(failure, operation, found()),
            Err(failure) => refuse(failure, operation, resource_id),
        }
    }

    /// The operation of a method and a path, for a caller that may be a user.
    pub(crate) fn route(
        &self,
        method: &Method,
        path: &str,
        user: Option<&ResourceId>,
    ) -> Result<Route, Failure> {
        configured::route(&self.configured, method, path)
            .unwrap_or_else(|| Route::for_caller(method, path, user))
    }

    /// Begins a transaction on the resources of a connection. A write transaction is observed if there are hooks, or if the
    /// store records events.
    pub(crate) async fn begin(
        &self,
        connection: &ConnectionKey,
        access: Access,
    ) -> Result<Box<dyn Transaction>, StoreError> {
        let transaction = self.store.begin(connection, access).await?;
        Ok(match access {
            Access::Read => transaction,
            Access::Write => self.watched(connection, transaction),
        })
    }

    /// Begins the write transaction of a retry after a conflict.
    pub(crate) async fn begin_again(
        &self,
        connection: &ConnectionKey,
    ) -> Result<Box<dyn Transaction>, StoreError> {
        let transaction = self.store.begin_again(connection).await?;
        Ok(self.watched(connection, transaction))
    }

    fn watched(&self, connection: &ConnectionKey, transaction: Box<dyn Transaction>) -> Box<dyn Transaction> {
        match !self.hooks.is_empty() || self.store.records_events() {
            true => Box::new(Observed::new(transaction, connection, &self.types, &self.hooks)),
            false => transaction,
        }
    }

    pub(crate) fn resource_type(&self, kind: Kind) -> &Arc<ResourceType> {
        match kind {
            Kind::User => self.types.user(),
            Kind::Group => self.types.group(),
            Kind::Other(id) => {
                let mut configured = self.configured.iter();
                let found = configured.find(|configured| configured.id == id);
                // every kind comes from a route, and every route from the configured types
                found.map_or(self.types.user(), |configured| &configured.resource_type)
            }
        }
    }
}

/// Returns the error for a body larger than `limit` bytes (413), for servers that stop reading at the limit
/// ([`Limits::body_bytes_at`]).
#[must_use]
pub fn body_too_large(limit: usize) -> Error {
    Error::too_large(format!(
        "the body is larger than {limit} bytes, the limit of this server"
    ))
}

/// The id in a path, if it can be logged before the resource is found: anything but a UUID may be the name of a person.
fn loggable(id: &ResourceId) -> String {
    Uuid::try_parse(id.as_str()).map_or("?".to_owned(), |_| id.to_string())
}

#[cfg(test)]
mod tests;
