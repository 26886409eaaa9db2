//! The mount: a service, its connections, and their authentication.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, ServiceConfig};
use scim_profiles::profile::Profile;
use scim_service::authentication::{Alternatives, Authenticator};
use scim_service::connection::ConnectionKey;
use scim_service::public_url::PublicUrl;
use scim_service::service::Service;
use scim_service::store::ResourceId;

use crate::auth::{AuthCode, CredentialSource, Guard, Registry, Renewed, canonical_key};
use crate::{compress, handler, request_line};

/// The path of [`mount`], below which the connections are.
const BASE_PATH: &str = "/v1/scim/v2";

/// A SCIM service provider with its connections, to be mounted in an actix-web application by [`mount`] or [`mount_at`].
///
/// It is built by a [`ScimBuilder`], and shared by [`Arc`] between the workers of the application.
pub struct Scim {
    pub(crate) service: Arc<Service>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) authenticator: Alternatives,
    pub(crate) guard: Guard,
    pub(crate) public_url: PublicUrl,
    pub(crate) me: Option<Box<Me>>,
    pub(crate) discovery: Discovery,
}

/// Whether discovery needs a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Discovery {
    Authenticated,
    Public,
}

/// Maps a request to the user for `/Me`.
pub(crate) type Me = dyn Fn(&ConnectionKey, &HttpRequest) -> Option<ResourceId> + Send + Sync;

/// Configures and builds a [`Scim`]; made by [`Scim::builder`].
///
/// # Examples
///
/// ```
/// use std::num::NonZeroU32;
/// use std::sync::Arc;
///
/// use scim_server::Scim;
/// use scim_server::auth::AuthCode;
/// use scim_service::connection::Profile;
/// use scim_service::public_url::PublicUrl;
/// use scim_service::service::Service;
/// use scim_storage::SqlStore;
///
/// fn scim(service: Service, store: &SqlStore, code: &str) -> Result<Arc<Scim>, Box<dyn std::error::Error>> {
///     let public_url = PublicUrl::default().with_configured("https://scim.example.com");
///     Ok(Scim::builder(service)
///         .profile("acme".parse()?, Profile::entra())
///         .auth_code("acme".parse()?, AuthCode::parse(&code.into()).ok_or("the code is empty")?)
///         .credentials(Arc::new(store.connections())) // and secrets made at run time
///         .public_url(public_url)
///         .public_discovery()
///         .failures_in_a_row(NonZeroU32::new(5).ok_or("zero")?)
///         .failures_per_minute(NonZeroU32::MIN)
///         .build())
/// }
/// ```
#[must_use = "a builder does nothing until `build` is called"]
pub struct ScimBuilder {
    service: Arc<Service>,
    profiles: BTreeMap<ConnectionKey, Profile>,
    codes: BTreeMap<ConnectionKey, Vec<AuthCode>>,
    source: Option<Arc<dyn CredentialSource>>,
    authenticators: Vec<Arc<dyn Authenticator>>,
    public_url: PublicUrl,
    discovery: Discovery,
    failures_in_a_row: NonZeroU32,
    failures_per_minute: NonZeroU32,
    me: Option<Box<Me>>,
}

impl fmt::Debug for Scim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scim")
            .field("service", &self.service)
            .field("public_url", &self.public_url)
            .field("discovery", &self.discovery)
            .finish_non_exhaustive()
    }
}

impl Scim {
    /// Returns a builder for a SCIM service provider of a service.
    pub fn builder(service: impl Into<Arc<Service>>) -> ScimBuilder {
        ScimBuilder {
            service: service.into(),
            profiles: BTreeMap::new(),
            codes: BTreeMap::new(),
            source: None,
            authenticators: Vec::new(),
            public_url: PublicUrl::default(),
            discovery: Discovery::Authenticated,
            failures_in_a_row: DEFAULT_FAILURES,
            failures_per_minute: DEFAULT_FAILURES_PER_MINUTE,
            me: None,
        }
    }

    /// Returns the service.
    #[must_use]
    pub fn service(&self) -> &Service {
        &self.service
    }
}

/// The failures that an address may make in a row.
pub(crate) const DEFAULT_FAILURES: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// The attempts that an address regains in a minute.
pub(crate) const DEFAULT_FAILURES_PER_MINUTE: NonZeroU32 = NonZeroU32::new(10).unwrap();

impl fmt::Debug for ScimBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScimBuilder")
            .field("service", &self.service)
            .field("public_url", &self.public_url)
            .field("discovery", &self.discovery)
            .finish_non_exhaustive()
    }
}

impl ScimBuilder {
    /// Sets the profile of a connection. By default, `okta` has the profile okta, `azure` has entra, and other connections have
    /// standard, unless the [source](Self::credentials) gives a profile.
    pub fn profile(mut self, connection: ConnectionKey, profile: Profile) -> Self {
        self.profiles.insert(canonical_key(connection), profile);
        self
    }

    /// Adds a code that a connection accepts. A connection may have several; none is accepted by default. Codes for `microsoft`
    /// are codes of `azure`.
    pub fn auth_code(mut self, connection: ConnectionKey, code: AuthCode) -> Self {
        self.codes
            .entry(canonical_key(connection))
            .or_default()
            .push(code);
        self
    }

    /// Sets the source of credentials made at run time: `scim_storage::Connections`, or a [`CredentialSource`] of your own. None
    /// by default; a second call replaces the first.
    pub fn credentials(mut self, source: Arc<dyn CredentialSource>) -> Self {
        self.source = Some(source);
        self
    }

    /// Adds an authenticator, which is tried after codes, credentials made at run time, and the authenticators added before. None
    /// by default.
    ///
    /// It is tried for known connections only: `okta`, `azure`, those that have a [profile](Self::profile) or a
    /// [code](Self::auth_code), and those of the [source](Self::credentials). Requests to other connections are answered with
    /// 404.
    pub fn authenticator(mut self, authenticator: Arc<dyn Authenticator>) -> Self {
        self.authenticators.push(authenticator);
        self
    }

    /// Sets the URL that clients use, or the proxies whose `Forwarded` and `X-Forwarded-*` headers tell it. By default, it is
    /// the scheme of the connection and the `Host` of the request, and no proxy is trusted.
    pub fn public_url(mut self, public_url: PublicUrl) -> Self {
        self.public_url = public_url;
        self
    }

    /// Serves `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas` without a credential too; RFC 7644 section 4 leaves that
    /// to the server. By default, a credential is required.
    pub fn public_discovery(mut self) -> Self {
        self.discovery = Discovery::Public;
        self
    }

    /// Sets how many times in a row a client address may fail to authenticate before it gets 429. 20 by default.
    pub fn failures_in_a_row(mut self, failures: NonZeroU32) -> Self {
        self.failures_in_a_row = failures;
        self
    }

    /// Sets how many attempts a client address regains per minute. 10 by default.
    pub fn failures_per_minute(mut self, failures: NonZeroU32) -> Self {
        self.failures_per_minute = failures;
        self
    }

    /// Sets the function that maps an authenticated request to a user of its connection, who is `/Me` (RFC 7644 section 3.11).
    /// None by default.
    ///
    /// It takes precedence over the user that an authenticator names. If neither names a user, `/Me` is not supported.
    pub fn me(
        mut self,
        user: impl Fn(&ConnectionKey, &HttpRequest) -> Option<ResourceId> + Send + Sync + 'static,
    ) -> Self {
        self.me = Some(Box::new(user));
        self
    }

    /// Builds the service provider.
    #[must_use]
    pub fn build(self) -> Arc<Scim> {
        let registry = Arc::new(Registry::new(self.profiles, self.codes, self.source));
        let mut authenticators: Vec<Arc<dyn Authenticator>> = vec![Arc::clone(&registry) as _];
        authenticators.extend(self.authenticators);
        authenticators.push(Arc::new(Renewed(Arc::clone(&registry))));
        Arc::new(Scim {
            service: self.service,
            registry,
            authenticator: authenticators.into_iter().collect(),
            guard: Guard::new(self.failures_in_a_row, self.failures_per_minute),
            public_url: self.public_url,
            me: self.me,
            discovery: self.discovery,
        })
    }
}

/// Mounts SCIM at `/v1/scim/v2/{connection}` in an actix-web application.
///
/// The mount brings its own authentication, errors, compression, and a log line for each request (target
/// `scim_server::request`). It needs no middleware. Do not wrap it in `NormalizePath`: clients must get the response to the
/// path that they sent. In an outer `web::scope`, SCIM is below the path of that scope.
///
/// # Examples
///
/// ```no_run
/// use std::sync::Arc;
///
/// use actix_web::{App, HttpResponse, HttpServer, web};
/// use scim_server::{Scim, mount};
///
/// async fn serve(scim: Arc<Scim>) -> std::io::Result<()> {
///     let app = move || {
///         App::new()
///             .route("/hello", web::get().to(async || HttpResponse::Ok().body("hello")))
///             .configure(mount(&scim)) // SCIM at /v1/scim/v2/okta
///     };
///     HttpServer::new(app).bind("127.0.0.1:8080")?.run().await
/// }
/// ```
#[must_use = "give it to `App::configure`"]
pub fn mount(scim: &Arc<Scim>) -> impl FnOnce(&mut ServiceConfig) + use<> {
    mount_at(scim, BASE_PATH)
}

/// Mounts SCIM at `{path}/{connection}` in an actix-web application; otherwise like [`mount`].
///
/// `path` is a path of `web::scope`, such as `/scim`; it may have parameters, such as
/// `/tenants/{tenant}/scim`. A missing slash at its beginning is added, slashes at its end are dropped. With an empty path,
/// connections are at `/{connection}`, and no route that is registered later is reached. Locations in responses name the path
/// that the client used. A path that the client percent-encodes without need is not found.
///
/// The same [`Scim`] may be mounted at several paths.
///
/// # Examples
///
/// ```no_run
/// use std::sync::Arc;
///
/// use actix_web::{App, HttpServer};
/// use scim_server::{Scim, mount_at};
///
/// async fn serve(scim: Arc<Scim>) -> std::io::Result<()> {
///     let app = move || App::new().configure(mount_at(&scim, "/scim")); // SCIM at /scim/okta
///     HttpServer::new(app).bind("127.0.0.1:8080")?.run().await
/// }
/// ```
#[must_use = "give it to `App::configure`"]
pub fn mount_at(scim: &Arc<Scim>, path: &str) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let scim = Arc::clone(scim);
    let path = match path.trim_matches('/') {
        "" => String::new(),
        path => format!("/{path}"),
    };
    move |config| {
        let handle = move |request, payload| handler::handle(Arc::clone(&scim), request, payload);
        let scope = web::scope(&path)
            .default_service(web::to(handle))
            .wrap(from_fn(compress::spare_small_bodies))
            .wrap(Compress::default())
            .wrap(from_fn(compress::tidy_up))
            .wrap(from_fn(request_line::write));
        config.service(scope);
    }
}
