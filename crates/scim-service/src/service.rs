//! The front door.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use scim_core::discovery::AuthenticationScheme;
use scim_core::error::Error;
use scim_core::schema::{ResourceType, ResourceTypes};
use scim_core::time::Timestamp;
use scim_profiles::profile::Profile;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::accept::Accepted;
use crate::answer::{Answer, refuse};
use crate::configured::{self, Configured};
use crate::connection::ConnectionKey;
use crate::cursor::CursorKey;
use crate::event::{Hook, Observed};
use crate::failure::Failure;
use crate::limits::Limits;
use crate::operation;
use crate::operation::bulk::Part;
use crate::operation::search_turn::SEARCHES;
use crate::route::Route;
use crate::store::{Access, Kind, ResourceId, Store, StoreError, Transaction};

/// How often an operation is tried when others change the same resource meanwhile. Of those that meet, one gets through
/// each time, so as many can meet.
const ATTEMPTS: usize = 16;

/// A SCIM service provider: answers requests out of a store.
///
/// It is shared by reference: one serves all connections, and any number of requests at the same time. The [front
/// page](crate) has a program that makes one and asks it; resource types and keys are chosen at the start:
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
    /// Turns for searches that go over many resources.
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

/// On whose behalf a request comes, after authentication.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Caller {
    /// The connection whose credential was shown.
    pub connection: ConnectionKey,
    /// The profile of that connection.
    pub profile: Profile,
    /// The URL of the connection as the client sees it, without a slash at the end: the base of every `meta.location`.
    pub base_url: String,
    /// The user whom the credential stands for, if it stands for one: `/Me` is that user (RFC 7644 section 3.11).
    pub user: Option<ResourceId>,
    /// In which ways clients of the connection can authenticate (RFC 7643 section 5), for `/ServiceProviderConfig`.
    pub schemes: Vec<AuthenticationScheme>,
}

impl Caller {
    /// A caller who is an identity provider, and no user.
    pub fn new(connection: ConnectionKey, profile: Profile, base_url: String) -> Self {
        Self {
            connection,
            profile,
            base_url,
            user: None,
            schemes: vec![AuthenticationScheme::HttpBasic, AuthenticationScheme::BearerToken],
        }
    }

    /// The same, of a connection whose clients authenticate in these ways; without this, by Basic and by a bearer token.
    #[must_use]
    pub fn with_schemes(self, schemes: Vec<AuthenticationScheme>) -> Self {
        Self { schemes, ..self }
    }

    /// The same, standing for a user. Whether that is one, and what the user may do, is for whoever authenticates to say:
    /// `/Me` serves GET, PUT, PATCH and DELETE.
    #[must_use]
    pub fn with_user(self, user: ResourceId) -> Self {
        Self {
            user: Some(user),
            ..self
        }
    }
}

/// What was done, for the log: an extension of every `Response` that [`Service::handle`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The operation: `user.create`, `group.patch`, `user.list`, `discovery.schemas`, …; `none` where the request names none.
    pub operation: &'static str,
    /// The resource that it was about, if it was about one.
    pub resource_id: Option<String>,
}

/// A request whose operation is known.
pub(crate) struct Call<'a> {
    pub(crate) service: &'a Service,
    pub(crate) caller: &'a Caller,
    pub(crate) method: &'a Method,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) query: &'a str,
    pub(crate) body: Body<'a>,
    pub(crate) now: Timestamp,
    /// Of which bulk it is an operation, if it is one.
    pub(crate) part: Option<&'a Part>,
    /// Whether it was tried before, and met another change.
    pub(crate) met_another: AtomicBool,
}

/// What a request carries.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Body<'a> {
    /// As it came.
    Text(&'a [u8]),
    /// The `data` of an operation of a bulk.
    Object(&'a Map<String, Value>),
}

impl Service {
    /// A service on that store.
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

    /// The same service, with cursors that other services with that key take, and that outlive the process (RFC 9865).
    #[must_use]
    pub fn with_cursor_key(self, cursor_key: CursorKey) -> Self {
        Self { cursor_key, ..self }
    }

    /// The same with these resource types (RFC 7643 section 6); without it, User and Group as they are built in.
    #[must_use]
    pub fn with_resource_types(self, types: ResourceTypes) -> Self {
        Self {
            configured: types.others().iter().map(Configured::of).collect(),
            types,
            ..self
        }
    }

    /// The same with a hook, which is told what identity providers change, and may refuse it (see [`event`](crate::event)).
    /// It comes after those that were given before.
    #[must_use]
    pub fn with_hook(self, hook: Arc<dyn Hook>) -> Self {
        Self {
            hooks: self.hooks.iter().cloned().chain([hook]).collect(),
            ..self
        }
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
    /// Every answer is SCIM JSON, those to requests that cannot be understood too, and carries an [`Outcome`]. `HEAD` is
    /// answered as `GET`: whoever sends the answer leaves its body out.
    pub async fn handle(&self, caller: &Caller, request: Request<Bytes>) -> Response<Bytes> {
        let accepted = Accepted::of(request.headers());
        // what is deleted is not shown, so it does not matter how
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
        // the id of an answered request is one of ours; of any other it may be whatever somebody typed
        let shown = |id: &ResourceId| Uuid::try_parse(id.as_str()).map_or("?".to_owned(), |_| id.to_string());
        let resource_id = route.resource_id().map(shown);
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
        match answered {
            Ok(mut answer) => {
                answer.resource_id = answer.resource_id.or(resource_id);
                answer.into_response(operation)
            }
            Err(failure) => refuse(failure, operation, resource_id),
        }
    }

    /// The operation that a method and a path ask for, of a caller who stands for that user.
    pub(crate) fn route(
        &self,
        method: &Method,
        path: &str,
        user: Option<&ResourceId>,
    ) -> Result<Route, Failure> {
        configured::route(&self.configured, method, path)
            .unwrap_or_else(|| Route::for_caller(method, path, user))
    }

    /// A transaction on the resources of a connection. One that writes is watched, if anybody wants to know.
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

    /// A transaction that writes, for a change that met another one before.
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
                // every kind comes out of a route, and that out of what is configured
                found.map_or(self.types.user(), |configured| &configured.resource_type)
            }
        }
    }
}

/// The refusal of a body above a limit (413), for servers that stop reading at it.
pub fn body_too_large(limit: usize) -> Error {
    Error::too_large(format!(
        "the body is larger than {limit} bytes, the limit of this server"
    ))
}

impl Call<'_> {
    /// A change that met another one starts anew, and is held against the preconditions of the client anew.
    pub(crate) async fn run_with_retries(&self, route: &Route) -> Result<Answer, Failure> {
        for _ in 0..ATTEMPTS {
            match self.run(route).await {
                Err(Failure::Stale) => self.met_another.store(true, Ordering::Relaxed),
                result => return result,
            }
        }
        Err(Failure::Unavailable(
            "others changed the resource each time it was tried".into(),
        ))
    }

    pub(crate) async fn run(&self, route: &Route) -> Result<Answer, Failure> {
        match route {
            Route::List(kind) => operation::list::list(self, *kind).await,
            Route::Search(kind) => operation::list::search(self, *kind).await,
            Route::ListAll => operation::search_root::list(self).await,
            Route::SearchAll => operation::search_root::search(self).await,
            Route::Create(Kind::User) => operation::create_user::create(self).await,
            Route::Create(Kind::Group) => operation::create_group::create(self).await,
            Route::Create(kind) => operation::create_resource::create(self, *kind).await,
            Route::Read(kind, id) => operation::read::read(self, *kind, id).await,
            Route::Replace(Kind::User, id) => operation::replace_user::replace(self, id).await,
            Route::Replace(Kind::Group, id) => operation::replace_group::replace(self, id).await,
            Route::Replace(kind, id) => operation::replace_resource::replace(self, *kind, id).await,
            Route::Patch(Kind::User, id) => operation::patch_user::patch(self, id).await,
            Route::Patch(Kind::Group, id) => operation::patch_group::patch(self, id).await,
            Route::Patch(kind, id) => operation::patch_resource::patch(self, *kind, id).await,
            Route::Delete(kind, id) => operation::delete::delete(self, *kind, id).await,
            Route::ServiceProviderConfig => operation::discovery::config(self),
            Route::ResourceTypes(id) => operation::discovery::resource_types(self, id.as_deref()),
            Route::Schemas(id) => operation::discovery::schemas(self, id.as_deref()),
            Route::Bulk => Err(Error::invalid_value("a bulk request cannot hold another one").into()),
        }
    }
}
