//! One connection at one path.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use headers::{HeaderMapExt as _, Host};
use http::Response;
use http::request::Parts;
use ipnet::IpNet;
use scim_profiles::profile::Profile;
use scim_service::authentication::{Attempt, Authenticator};
use scim_service::connection::ConnectionKey;
use scim_service::public_url::{Arrival, PublicUrl};
use scim_service::service::Caller;

use crate::resolve_caller::ResolveCaller;

/// The address of the other end of the TCP connection that a request came in on.
type Peer = dyn Fn(&Parts) -> Option<IpAddr> + Send + Sync;

/// One connection mounted at one path, guarded by an [`Authenticator`].
///
/// The path is the one under which the service is nested in the router: it becomes part of every `meta.location`, and is not
/// taken off requests. A second identity provider is a second `Mounted` at another path, with the same
/// [`Service`](scim_service::service::Service).
///
/// # Public URL
///
/// Locations start with the origin that clients use. It is determined in this order:
///
/// 1. [`with_public_url`](Self::with_public_url), if set;
/// 2. the `Forwarded` or `X-Forwarded-*` headers of [trusted proxies](Self::with_trusted_proxies); from any other peer they
///    are ignored;
/// 3. `http://` and the host that the request names in its URI or its `Host` header.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
///
/// use scim_service::authentication::FixedToken;
/// use scim_service::connection::Profile;
/// use scim_tower::Mounted;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let token = Arc::new(FixedToken::new("a-long-random-token")?);
/// let okta = Mounted::new("okta".parse()?, Profile::okta(), "/scim/v2/okta", token)
///     .with_public_url("https://app.example.com");
/// # drop(okta);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Mounted {
    connection: ConnectionKey,
    profile: Profile,
    path: String,
    public_url: PublicUrl,
    peer: Option<Arc<Peer>>,
    authenticator: Arc<dyn Authenticator>,
}

impl Mounted {
    /// Mounts a connection at a path such as `/scim/v2/okta`. A slash at the end of the path is dropped.
    #[must_use]
    pub fn new(
        connection: ConnectionKey,
        profile: Profile,
        path: impl Into<String>,
        authenticator: Arc<dyn Authenticator>,
    ) -> Self {
        let path: String = path.into();
        Self {
            connection,
            profile,
            path: path.trim_end_matches('/').to_owned(),
            public_url: PublicUrl::default(),
            peer: None,
            authenticator,
        }
    }

    /// Sets the origin that clients use, such as `https://scim.example.com`. None is set by default; set it wherever there is a
    /// proxy or TLS in front and the proxies are not [trusted](Self::with_trusted_proxies).
    #[must_use]
    pub fn with_public_url(mut self, public_url: impl Into<String>) -> Self {
        self.public_url.configured = Some(public_url.into());
        self
    }

    /// Sets the proxies whose `Forwarded` (RFC 7239) and `X-Forwarded-*` headers are trusted, and how to get the address of the
    /// peer from a request. No proxy is trusted by default.
    ///
    /// A tower service does not see the TCP connection, so `peer` has to find its address: usually in an extension of the
    /// request that the server or a layer has put there. If it returns `None`, the headers are ignored.
    ///
    /// # Examples
    ///
    /// With axum, where `into_make_service_with_connect_info::<SocketAddr>()` adds the address of the peer:
    ///
    /// ```
    /// use std::net::SocketAddr;
    ///
    /// use axum::extract::ConnectInfo;
    /// use http::request::Parts;
    /// use scim_tower::Mounted;
    ///
    /// fn behind_the_load_balancer(okta: Mounted) -> Result<Mounted, Box<dyn std::error::Error>> {
    ///     let peer = |request: &Parts| Some(request.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip());
    ///     Ok(okta.with_trusted_proxies(["10.0.0.0/8".parse()?], peer))
    /// }
    /// ```
    #[must_use]
    pub fn with_trusted_proxies(
        mut self,
        networks: impl IntoIterator<Item = IpNet>,
        peer: impl Fn(&Parts) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.public_url.trusted_proxies = networks.into_iter().collect();
        self.peer = Some(Arc::new(peer));
        self
    }
}

impl fmt::Debug for Mounted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mounted")
            .field("connection", &self.connection)
            .field("profile", &self.profile.name())
            .field("path", &self.path)
            .field("public_url", &self.public_url)
            .finish_non_exhaustive()
    }
}

impl ResolveCaller for Mounted {
    async fn resolve_caller(&self, request: &Parts) -> Result<Caller, Response<Bytes>> {
        let attempt = Attempt::new(&self.connection, &request.headers);
        let schemes = self.authenticator.schemes(&self.connection);
        let identity = match self.authenticator.authenticate(&attempt).await {
            Ok(identity) => identity,
            Err(refusal) => return Err(refusal.into_response(&schemes)),
        };
        let authority = request.uri.authority().map(ToString::to_string);
        let named = || request.headers.typed_get::<Host>().map(|host| host.to_string());
        let arrival = Arrival {
            peer: self.peer.as_ref().and_then(|peer| peer(request)),
            scheme: "http",
            host: &authority.or_else(named).unwrap_or("localhost".to_owned()),
        };
        let origin = self.public_url.origin(arrival, &request.headers);
        let base_url = format!("{origin}{}", self.path);
        let caller =
            Caller::new(self.connection.clone(), self.profile.clone(), base_url).with_schemes(schemes);
        Ok(match identity.user {
            Some(user) => caller.with_user(user),
            None => caller,
        })
    }
}
