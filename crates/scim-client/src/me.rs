//! The user whom the credentials stand for (RFC 7644 section 3.11).

use http::Method;

use crate::change::Change;
use crate::client::ScimClient;
use crate::get::Get;
use crate::patch::PatchOp;
use crate::resource::user::User;
use crate::resources::Resources;
use crate::stored::Stored;

/// The user that the credentials authenticate, at `/Me` (RFC 7644 section 3.11). See [`ScimClient::me`].
///
/// A server without `/Me` answers 404 or 501. A server may also redirect to the user with 308; the client follows that within
/// one origin.
///
/// ```no_run
/// use scim_client::{PatchOp, ScimClient};
///
/// # async fn example(client: ScimClient) -> Result<(), scim_client::ClientError> {
/// let me = client.me().get().attributes(["userName"]).await?;
/// println!("signed in as {} ({})", me.user_name, me.id());
/// client.me().patch(&PatchOp::new().replace("nickName", "Babs")).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Me(Resources<User>);

impl Me {
    pub(crate) fn new(client: ScimClient) -> Self {
        Self(Resources::new(client, "/Me".to_owned()))
    }

    /// Reads the user when awaited, with the errors of [`Resources::get`].
    pub fn get(&self) -> Get<Stored<User>> {
        self.0.read(None)
    }

    /// Replaces the user when awaited, with the errors of [`Resources::replace`].
    pub fn replace(&self, user: &User) -> Change<Stored<User>> {
        self.0.put(None, user)
    }

    /// Changes attributes of the user when awaited, with the errors of [`Resources::patch`].
    pub fn patch(&self, patch: &PatchOp) -> Change<Option<Stored<User>>> {
        self.0.modify(None, patch)
    }

    /// Deletes the user when awaited, with the errors of [`Resources::delete`].
    pub fn delete(&self) -> Change<()> {
        self.0.change(self.0.request(Method::DELETE, None), |_| Ok(()))
    }
}
