//! Who may push, and what is done for whom.

use anyhow::Context as _;
use headers::authorization::Bearer;
use headers::{Authorization, HeaderMapExt as _, Host};
use http::request::Parts;
use scim_profiles::profile::Profile;
use scim_service::connection::ConnectionKey;
use scim_service::public_url::{Arrival, PublicUrl};
use scim_service::service::Caller;
use scim_tower::{Authenticate, Refusal};
use subtle::ConstantTimeEq as _;

/// The token of a connection: whoever shows it is the identity provider.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) connection: ConnectionKey,
    profile: &'static Profile,
    secret: String,
    /// Behind a proxy: its address range, or the URL that clients use.
    public_url: PublicUrl,
}

impl Token {
    pub(crate) fn new(connection: &str, profile: &str, secret: String) -> anyhow::Result<Self> {
        anyhow::ensure!(secret.len() >= 16, "the token of `{connection}` is too short");
        Ok(Self {
            connection: connection.parse()?,
            profile: Profile::named(profile).with_context(|| format!("there is no profile `{profile}`"))?,
            secret,
            public_url: PublicUrl::default(),
        })
    }

    /// Where the connection is.
    pub(crate) fn path(&self) -> String {
        format!("/scim/v2/{}", self.connection)
    }
}

impl Authenticate for Token {
    async fn authenticate(&self, request: &Parts) -> Result<Caller, Refusal> {
        let shown = request.headers.typed_get::<Authorization<Bearer>>();
        let shown = shown.ok_or(Refusal::Unauthorized)?;
        if !bool::from(shown.token().as_bytes().ct_eq(self.secret.as_bytes())) {
            return Err(Refusal::Unauthorized);
        }
        let host = request.headers.typed_get::<Host>();
        let arrival = Arrival {
            peer: None,
            scheme: "http",
            host: &host.map_or("localhost".to_owned(), |host| host.to_string()),
        };
        let origin = self.public_url.origin(arrival, &request.headers);
        let base_url = format!("{origin}{}", self.path());
        Ok(Caller::new(self.connection.clone(), self.profile, base_url))
    }
}
