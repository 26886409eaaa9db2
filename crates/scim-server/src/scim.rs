//! What is mounted: a service, its connections, and who may use them.

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

use crate::auth::{AuthCode, CredentialSource, Guard, Registry, canonical_key};
use crate::{compress, handler, request_line};

/// The path below which connections are: `/v1/scim/v2/{connection}`.
pub(crate) const BASE_PATH: &str = "/v1/scim/v2";

/// A SCIM service provider with its connections, ready to be [mounted](mount). Made by a [`ScimBuilder`].
pub struct Scim {
    pub(crate) service: Arc<Service>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) authenticator: Alternatives,
    pub(crate) guard: Guard,
    pub(crate) public_url: PublicUrl,
    pub(crate) me: Option<Box<Me>>,
    pub(crate) discovery: Discovery,
}

/// Who may read what the server says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Discovery {
    Authenticated,
    Public,
}

/// Which user a request stands for.
pub(crate) type Me = dyn Fn(&ConnectionKey, &HttpRequest) -> Option<ResourceId> + Send + Sync;

/// Says what a [`Scim`] is made of.
pub struct ScimBuilder {
    service: Arc<Service>,
    profiles: BTreeMap<ConnectionKey, Profile>,
    codes: BTreeMap<ConnectionKey, Vec<AuthCode>>,
    source: Option<Arc<dyn CredentialSource>>,
    authenticators: Vec<Arc<dyn Authenticator>>,
    public_url: PublicUrl,
    discovery: Discovery,
    failures: NonZeroU32,
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
    /// Begins to make one of a service.
    pub fn builder(service: impl Into<Arc<Service>>) -> ScimBuilder {
        ScimBuilder {
            service: service.into(),
            profiles: BTreeMap::new(),
            codes: BTreeMap::new(),
            source: None,
            authenticators: Vec::new(),
            public_url: PublicUrl::default(),
            discovery: Discovery::Authenticated,
            failures: DEFAULT_FAILURES,
            failures_per_minute: DEFAULT_FAILURES_PER_MINUTE,
            me: None,
        }
    }

    /// The service behind it.
    pub fn service(&self) -> &Service {
        &self.service
    }
}

/// How many failures to authenticate an address has.
pub(crate) const DEFAULT_FAILURES: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// How many of them it regains in a minute.
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
    /// Names the profile of a connection. Without this, `okta` has profile okta, `azure` has entra, and others have
    /// standard.
    #[must_use]
    pub fn profile(mut self, connection: ConnectionKey, profile: Profile) -> Self {
        self.profiles.insert(canonical_key(connection), profile);
        self
    }

    /// Lets a connection accept a code, besides those that it accepts already. Codes for `microsoft` are codes of `azure`.
    #[must_use]
    pub fn auth_code(mut self, connection: ConnectionKey, code: AuthCode) -> Self {
        self.codes
            .entry(canonical_key(connection))
            .or_default()
            .push(code);
        self
    }

    /// Accepts credentials that are made at run time.
    #[must_use]
    pub fn credentials(mut self, source: Arc<dyn CredentialSource>) -> Self {
        self.source = Some(source);
        self
    }

    /// Lets in whom that authenticator lets in, besides those who show a code or a credential made at run time. It is asked
    /// after these, and after authenticators that were given before.
    ///
    /// It is asked about connections that are known: `okta`, `azure`, and those that were given a [profile](Self::profile) or a
    /// code, or that the [source](Self::credentials) has.
    #[must_use]
    pub fn authenticator(mut self, authenticator: Arc<dyn Authenticator>) -> Self {
        self.authenticators.push(authenticator);
        self
    }

    /// Says how the URL is found under which clients see this server, and which proxies are believed.
    #[must_use]
    pub fn public_url(mut self, public_url: PublicUrl) -> Self {
        self.public_url = public_url;
        self
    }

    /// Serves /ServiceProviderConfig, /ResourceTypes and /Schemas to those who show no credential, too (RFC 7644 section 4
    /// leaves that to the server).
    #[must_use]
    pub fn public_discovery(mut self) -> Self {
        self.discovery = Discovery::Public;
        self
    }

    /// How many times in a row an address may fail to authenticate, and how many attempts it regains in a minute.
    #[must_use]
    pub fn failures(mut self, in_a_row: NonZeroU32, per_minute: NonZeroU32) -> Self {
        self.failures = in_a_row;
        self.failures_per_minute = per_minute;
        self
    }

    /// Says which user of a connection a request stands for; `/Me` is that user (RFC 7644 section 3.11). It is asked after the
    /// request was authenticated as one of the connection, and wins over what an authenticator says. Where neither names a user,
    /// `/Me` is not supported.
    #[must_use]
    pub fn me(
        mut self,
        user: impl Fn(&ConnectionKey, &HttpRequest) -> Option<ResourceId> + Send + Sync + 'static,
    ) -> Self {
        self.me = Some(Box::new(user));
        self
    }

    /// Makes it.
    pub fn build(self) -> Arc<Scim> {
        let registry = Arc::new(Registry::new(self.profiles, self.codes, self.source));
        let mut authenticators: Vec<Arc<dyn Authenticator>> = vec![Arc::clone(&registry) as _];
        authenticators.extend(self.authenticators);
        Arc::new(Scim {
            service: self.service,
            registry,
            authenticator: authenticators.into_iter().collect(),
            guard: Guard::new(self.failures, self.failures_per_minute),
            public_url: self.public_url,
            me: self.me,
            discovery: self.discovery,
        })
    }
}

/// Mounts SCIM at `/v1/scim/v2/{connection}` in any actix-web application: `App::new().configure(mount(&scim))`.
///
/// It brings its own authentication, request line in the log, compression and errors; it needs no middleware around it.
/// Do not put `NormalizePath` around it: clients get the answer to the path that they sent.
pub fn mount(scim: &Arc<Scim>) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let scim = Arc::clone(scim);
    move |config| {
        let handle = move |request, payload| handler::handle(Arc::clone(&scim), request, payload);
        let scope = web::scope(BASE_PATH)
            .default_service(web::to(handle))
            .wrap(from_fn(compress::spare_small_bodies))
            .wrap(Compress::default())
            .wrap(from_fn(compress::tidy_up))
            .wrap(from_fn(request_line::write));
        config.service(scope);
    }
}
