//! Builds a server.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use rustls::ServerConfig;
use scim_jwt::JwtAuthenticator;
use scim_profiles::profile::Profile;
use scim_service::authentication::Authenticator;
use scim_service::connection::ConnectionKey;
use scim_service::cursor::CursorKey;
use scim_service::event::Hook;
use scim_service::service::Service;
use scim_storage::SqlStore;
use secrecy::ExposeSecret as _;

use super::Application;
use crate::clock::now;
use crate::config::{Config, ConfigError};
use crate::database::{self, Opening};
use crate::first_start::first_credentials;
use crate::listener::{self, Listening};
use crate::scim::{Scim, ScimBuilder};
use crate::start_error::StartError;
use crate::tls;

/// The length from which a secret is not considered short.
const LONG: usize = 32;

/// Adds authenticators and hooks to an [`Application`], and builds it; made by [`Application::builder`].
///
/// # Examples
///
/// ```no_run
/// use std::sync::Arc;
///
/// use async_trait::async_trait;
/// use scim_server::config::Config;
/// use scim_server::{Application, stop_signal};
/// use scim_service::authentication::FixedToken;
/// use scim_service::event::{Event, Hook, Veto};
///
/// /// Refuses every change.
/// struct ReadOnly;
///
/// #[async_trait]
/// impl Hook for ReadOnly {
///     async fn before_commit(&self, _: &[Event]) -> Result<(), Veto> {
///         Err(Veto::new("this directory is read-only"))
///     }
/// }
///
/// #[actix_web::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let token = FixedToken::new("a-long-random-token")?; // for every connection
///     let application = Application::builder(Config::default())
///         .authenticator(Arc::new(token))
///         .hook(Arc::new(ReadOnly))
///         .build()
///         .await?;
///     let stop = stop_signal()?;
///     Ok(application.run_until_stopped(stop).await?)
/// }
/// ```
#[must_use = "a builder does nothing until `build` is called"]
pub struct ApplicationBuilder {
    config: Config,
    authenticators: Vec<Arc<dyn Authenticator>>,
    hooks: Vec<Arc<dyn Hook>>,
}

impl fmt::Debug for ApplicationBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApplicationBuilder")
            .field("authenticators", &self.authenticators.len())
            .field("hooks", &self.hooks.len())
            .finish_non_exhaustive()
    }
}

impl ApplicationBuilder {
    pub(super) fn new(config: Config) -> Self {
        Self {
            config,
            authenticators: Vec::new(),
            hooks: Vec::new(),
        }
    }

    /// Adds an authenticator, which is tried after secrets, the access tokens of the configuration, and the authenticators added
    /// before. None by default.
    ///
    /// It is tried for known connections only: `okta`, `azure`, those of the configuration, and those made at run time.
    pub fn authenticator(mut self, authenticator: Arc<dyn Authenticator>) -> Self {
        self.authenticators.push(authenticator);
        self
    }

    /// Adds a [hook](scim_service::event), which gets the changes of identity providers and may refuse them. It is called after
    /// the hooks added before. None by default. Changes by the commands of the program reach no hook.
    pub fn hook(mut self, hook: Arc<dyn Hook>) -> Self {
        self.hooks.push(hook);
        self
    }

    /// Opens the database, creating and migrating it if the configuration allows, and binds the address.
    ///
    /// If there has never been a credential, no authenticator is given, and the address is a loopback address, it makes
    /// credentials for `okta` and `azure`: see [`Application::made_credentials`].
    ///
    /// # Errors
    ///
    /// A [`StartError`], whose text says what to do about it.
    ///
    /// # Panics
    ///
    /// If the operating system has no random numbers.
    pub async fn build(mut self) -> Result<Application, StartError> {
        self.accept_access_tokens()?;
        // what can be refused without a database is refused before one is made
        let profiles = self.config.profiles()?;
        let types = self.config.defined_types()?;
        let tls = server_tls(&self.config)?;
        let store = database::open(&self.config.database, Opening::Prepare).await?;
        let made = first_credentials(&self.config, &store, &self.authenticators).await?;

        let service = Service::new(Arc::new(store.clone()), self.config.service_limits())
            .with_cursor_key(cursor_key(&self.config, &store).await?)
            .with_resource_types(types);
        let service = self.hooks.into_iter().fold(service, Service::with_hook);
        let config = self.config;
        let builder = configured(Scim::builder(service), &config, profiles);
        let builder = builder.credentials(Arc::new(store.connections()));
        let scim = self
            .authenticators
            .into_iter()
            .fold(builder, ScimBuilder::authenticator)
            .build();
        report_connections(&scim).await;

        let listening = Listening {
            address: config.listen,
            workers: config.workers,
            grace: config.shutdown.timeout,
            tls,
        };
        let (server, address) = listener::bind(scim, listening).map_err(|source| StartError::Listen {
            address: config.listen,
            source,
        })?;
        Ok(Application {
            server,
            address,
            config,
            store,
            made,
        })
    }

    /// Adds the authenticator of access tokens before the others, if the configuration trusts an issuer.
    fn accept_access_tokens(&mut self) -> Result<(), ConfigError> {
        let trusts = self.config.trusts()?;
        if !trusts.is_empty() {
            let trusting = |all: JwtAuthenticator, (key, trust)| all.with_trust(key, trust);
            let tokens = trusts.into_iter().fold(JwtAuthenticator::new(), trusting);
            self.authenticators.insert(0, Arc::new(tokens));
        }
        Ok(())
    }
}

fn server_tls(config: &Config) -> Result<Option<ServerConfig>, StartError> {
    match (&config.tls.certificate, &config.tls.key) {
        (Some(certificate), Some(key)) => Ok(Some(tls::server_config(certificate, key)?)),
        (None, None) => Ok(None),
        _ => Err(ConfigError::HalfTls.into()),
    }
}

async fn cursor_key(config: &Config, store: &SqlStore) -> Result<CursorKey, StartError> {
    let Some(secret) = &config.cursor_key else {
        return store.cursor_key().await.map_err(StartError::Database);
    };
    if secret.expose_secret().len() < LONG {
        tracing::warn!("SCIM_CURSOR_KEY is short: one of 32 random characters cannot be guessed");
    }
    Ok(CursorKey::derived_from(secret.expose_secret()))
}

/// Sets what the configuration says about connections and requests.
fn configured(
    mut builder: ScimBuilder,
    config: &Config,
    profiles: BTreeMap<ConnectionKey, Profile>,
) -> ScimBuilder {
    builder = builder
        .public_url(config.public_url_policy())
        .failures_in_a_row(config.limits.auth_failures)
        .failures_per_minute(config.limits.auth_failures_per_minute);
    if config.public_discovery {
        builder = builder.public_discovery();
    }
    for (key, profile) in profiles {
        builder = builder.profile(key, profile);
    }
    for (key, codes) in &config.auth_codes {
        for code in codes {
            if code.is_weak() {
                tracing::warn!(connection = %key, "the code is short: one of 32 random characters cannot be guessed");
            }
            builder = builder.auth_code(key.clone(), code.clone());
        }
    }
    builder
}

/// Logs which connections are on.
async fn report_connections(scim: &Arc<Scim>) {
    for (key, (profile, credentials)) in scim.registry.overview(now()).await {
        match credentials {
            0 if scim.authenticator.schemes(&key).is_empty() => {
                tracing::info!(connection = %key, profile, "connection is off: it has no valid credential");
            }
            _ => tracing::info!(connection = %key, profile, "connection is on"),
        }
    }
}
