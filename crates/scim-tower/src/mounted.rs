//! One connection at one path.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use headers::{HeaderMapExt as _, Host};
use http::Response;
use http::request::Parts;
use scim_profiles::profile::Profile;
use scim_service::authentication::{Attempt, Authenticator};
use scim_service::connection::ConnectionKey;
use scim_service::public_url::{Arrival, PublicUrl};
use scim_service::service::Caller;

use crate::authenticate::Authenticate;

/// A connection that is mounted at a path of its own, for whom an [`Authenticator`] lets in.
#[derive(Clone)]
pub struct Mounted {
    connection: ConnectionKey,
    profile: Profile,
    path: String,
    public_url: PublicUrl,
    authenticator: Arc<dyn Authenticator>,
}

impl Mounted {
    /// The connection at that path: `/scim/v2/okta`.
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
            authenticator,
        }
    }

    /// The origin under which clients see the connection, `https://scim.example.com`: give it where there is a proxy, or TLS.
    /// Without it, it is the one that requests name by their `Host`, with plain HTTP. What proxies say in headers is not
    /// believed.
    #[must_use]
    pub fn public_url(mut self, public_url: impl Into<String>) -> Self {
        self.public_url.configured = Some(public_url.into());
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

impl Authenticate for Mounted {
    async fn authenticate(&self, request: &Parts) -> Result<Caller, Response<Bytes>> {
        let attempt = Attempt::new(&self.connection, &request.headers);
        let schemes = self.authenticator.schemes(&self.connection);
        let identity = match self.authenticator.authenticate(&attempt).await {
            Ok(identity) => identity,
            Err(refusal) => return Err(refusal.into_response(&schemes)),
        };
        let authority = request.uri.authority().map(ToString::to_string);
        let named = || request.headers.typed_get::<Host>().map(|host| host.to_string());
        let arrival = Arrival {
            peer: None,
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
