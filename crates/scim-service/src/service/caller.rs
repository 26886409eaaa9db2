//! Whose request it is.

use scim_core::discovery::AuthenticationScheme;
use scim_profiles::profile::Profile;

use crate::connection::ConnectionKey;
use crate::store::ResourceId;

/// The authenticated sender of a request.
///
/// ```
/// use scim_service::connection::Profile;
/// use scim_service::core::discovery::AuthenticationScheme;
/// use scim_service::service::Caller;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // Entra ID, with a bearer token, on a connection that is mounted at `/scim/entra`
/// let caller = Caller::new("azure".parse()?, Profile::entra(), "https://app.example.com/scim/entra".to_owned())
///     .with_schemes(vec![AuthenticationScheme::BearerToken]);
/// assert_eq!(caller.user, None);
///
/// // a user of the application, who may read and change `/Me`
/// let me = caller.with_user("019976a0-5f5b-7c2e-9f0b-3d5a1f0c7e11".into());
/// assert!(me.user.is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Caller {
    /// The connection that the credential belongs to. The request can reach its resources and no others.
    pub connection: ConnectionKey,
    /// The profile of the connection.
    pub profile: Profile,
    /// The URL of the connection as the client sees it, without a trailing slash: the base of every `meta.location`.
    pub base_url: String,
    /// The user that the credential belongs to: `/Me` is that user (RFC 7644 section 3.11). `None`, the default, stands for the
    /// identity provider; `/Me` is then 501.
    pub user: Option<ResourceId>,
    /// The authentication schemes that the connection accepts (RFC 7643 section 5), as `/ServiceProviderConfig` lists them. The
    /// default is Basic and bearer token.
    pub schemes: Vec<AuthenticationScheme>,
}

impl Caller {
    /// Returns a caller that is an identity provider, not a user.
    #[must_use]
    pub fn new(connection: ConnectionKey, profile: Profile, base_url: String) -> Self {
        Self {
            connection,
            profile,
            base_url,
            user: None,
            schemes: vec![AuthenticationScheme::HttpBasic, AuthenticationScheme::BearerToken],
        }
    }

    /// Sets the [authentication schemes](Self::schemes) that the connection accepts.
    #[must_use]
    pub fn with_schemes(self, schemes: Vec<AuthenticationScheme>) -> Self {
        Self { schemes, ..self }
    }

    /// Sets the [user](Self::user) that the credential belongs to. The service does not check what the user may do: `/Me`
    /// accepts GET, PUT, PATCH and DELETE, and all other endpoints stay open. Your authentication must restrict the requests.
    #[must_use]
    pub fn with_user(self, user: ResourceId) -> Self {
        Self {
            user: Some(user),
            ..self
        }
    }
}
