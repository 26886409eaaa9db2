//! That somebody can sign in.

use std::sync::Arc;

use scim_service::authentication::Authenticator;
use scim_service::connection::ConnectionKey;

use crate::clock::now;
use crate::config::Config;
use crate::database::{Database, MadeCredential};
use crate::start_error::StartError;

/// Makes credentials for `okta` and `azure` if nobody could sign in otherwise, ever, also not by what `others` accept, and the server listens to its own
/// machine alone.
///
/// # Errors
///
/// [`StartError::NoCredential`] if nobody could sign in and the server is open to other machines.
pub(crate) async fn first_credentials(
    config: &Config,
    database: &Database,
    others: &[Arc<dyn Authenticator>],
) -> Result<Vec<MadeCredential>, StartError> {
    if !config.auth_codes.is_empty() || !others.is_empty() {
        return Ok(Vec::new());
    }
    let stored = database.credential_source().connections().await;
    let stored =
        stored.map_err(|error| StartError::Store(scim_service::store::StoreError::Failed(error.0)))?;
    let now = now();
    let mut credentials = stored.iter().flat_map(|connection| &connection.credentials);
    let has_valid = credentials.any(|credential| credential.expires.is_none_or(|expiry| now < expiry));
    if has_valid {
        return Ok(Vec::new());
    }
    if !config.listen.ip().to_canonical().is_loopback() {
        return Err(StartError::NoCredential(config.listen));
    }
    let known = database.connections().await.map_err(StartError::Store)?;
    if known.iter().any(|connection| connection.credentials > 0) {
        tracing::warn!("all credentials have expired; run `scim-server connection rotate <name>`");
        return Ok(Vec::new());
    }
    let mut made = Vec::new();
    for name in ["okta", "azure"] {
        let Ok(key) = name.parse::<ConnectionKey>() else {
            continue;
        };
        made.push(
            database
                .make_credential(&key, None)
                .await
                .map_err(StartError::Store)?,
        );
    }
    Ok(made)
}
