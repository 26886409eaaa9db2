//! Makes sure that a client can authenticate.

use std::sync::Arc;

use scim_service::authentication::Authenticator;
use scim_service::connection::ConnectionKey;
use scim_storage::SqlStore;

use crate::auth::{MadeCredential, SecretHash, make_credential};
use crate::clock::now;
use crate::config::Config;
use crate::start_error::StartError;

/// Makes credentials for `okta` and `azure` if there has never been one, `others` accept none either, and the server listens on
/// a loopback address.
///
/// # Errors
///
/// [`StartError::NoCredential`] if there is no valid credential and the server listens on another address.
pub(crate) async fn first_credentials(
    config: &Config,
    store: &SqlStore,
    others: &[Arc<dyn Authenticator>],
) -> Result<Vec<MadeCredential>, StartError> {
    if !config.auth_codes.is_empty() || !others.is_empty() {
        return Ok(Vec::new());
    }
    let connections = store.connections();
    let stored = connections.all_credentials().await.map_err(StartError::Store)?;
    let now = now();
    let has_valid = stored.iter().any(|credential| {
        let is_hash = credential.hash.parse::<SecretHash>().is_ok();
        is_hash && credential.expires.is_none_or(|expiry| now < expiry)
    });
    if has_valid {
        return Ok(Vec::new());
    }
    if !config.listen.ip().to_canonical().is_loopback() {
        return Err(StartError::NoCredential(config.listen));
    }
    let known = connections.list().await.map_err(StartError::Store)?;
    if known.iter().any(|connection| connection.credentials > 0) {
        tracing::warn!("all credentials have expired; run `scim-server connection rotate <name>`");
        return Ok(Vec::new());
    }
    let mut made = Vec::new();
    for name in ["okta", "azure"] {
        let Ok(key) = name.parse::<ConnectionKey>() else {
            continue;
        };
        let credential = make_credential(&connections, &key, None).await;
        made.push(credential.map_err(StartError::Store)?);
    }
    Ok(made)
}
