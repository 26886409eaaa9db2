//! A whole server: built from a configuration, and run until it is stopped.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_server::Server;
use scim_jwt::JwtAuthenticator;
use scim_service::authentication::Authenticator;
use scim_service::cursor::CursorKey;
use scim_service::event::Hook;
use scim_service::service::Service;
use scim_storage::SqlStore;
use secrecy::ExposeSecret as _;

use crate::auth::MadeCredential;
use crate::causes::Causes;
use crate::clock::now;
use crate::config::{Config, ConfigError};
use crate::database::{self, Opening};
use crate::first_start::first_credentials;
use crate::listener::{self, Listening};
use crate::scim::Scim;
use crate::start_error::StartError;
use crate::tls;

/// The length from which a secret is not considered short.
const LONG: usize = 32;

/// The interval at which deleted users are purged.
const PURGE_EVERY: Duration = Duration::from_secs(3_600);

/// A whole SCIM server, bound to its address and with its database open: what the program `scim-server` runs.
///
/// Besides the connections at `/v1/scim/v2/{connection}`, it serves `/v1/healthz` (the process answers) and `/v1/readyz` (the
/// database answers and has the right schema); other paths are 404. It purges deleted users every hour. It logs by `tracing`:
/// install a subscriber, such as one of `tracing-subscriber`.
///
/// # Limits of connections
///
/// These are fixed. The head of a request must arrive within 10 seconds and its body within 60 seconds. An idle connection is
/// kept for 75 seconds.
///
/// # Examples
///
/// ```
/// use scim_server::Application;
/// use scim_server::config::Config;
///
/// #[actix_web::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let folder = tempfile::tempdir()?;
///     let mut config = Config::default();
///     config.listen = "127.0.0.1:0".parse()?; // any free port
///     config.database.url = format!("sqlite://{}/scim.sqlite", folder.path().display()).into();
///     let application = Application::build(config).await?;
///     println!("listening at {}", application.origin());
///     application.run_until_stopped(async { /* such as scim_server::stop_signal()?.await */ }).await?;
///     Ok(())
/// }
/// ```
pub struct Application {
    server: Server,
    address: SocketAddr,
    config: Config,
    store: SqlStore,
    made: Vec<MadeCredential>,
}

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
    pub async fn build(self) -> Result<Application, StartError> {
        let Self {
            config,
            mut authenticators,
            hooks,
        } = self;
        let trusts = config.trusts()?;
        if !trusts.is_empty() {
            let trusting = |all: JwtAuthenticator, (key, trust)| all.with_trust(key, trust);
            let tokens = trusts.into_iter().fold(JwtAuthenticator::new(), trusting);
            authenticators.insert(0, Arc::new(tokens));
        }
        let profiles = config.profiles()?;
        let types = config.defined_types()?;
        let tls = match (&config.tls.certificate, &config.tls.key) {
            (Some(certificate), Some(key)) => Some(tls::server_config(certificate, key)?),
            (None, None) => None,
            _ => return Err(ConfigError::HalfTls.into()),
        };
        let store = database::open(&config.database, Opening::Prepare).await?;
        let made = first_credentials(&config, &store, &authenticators).await?;

        let cursor_key = match &config.cursor_key {
            Some(secret) => {
                if secret.expose_secret().len() < LONG {
                    tracing::warn!("SCIM_CURSOR_KEY is short: one of 32 random characters cannot be guessed");
                }
                CursorKey::derived_from(secret.expose_secret())
            }
            None => store.cursor_key().await.map_err(StartError::Database)?,
        };
        let service = Service::new(Arc::new(store.clone()), config.service_limits())
            .with_cursor_key(cursor_key)
            .with_resource_types(types);
        let service = hooks.into_iter().fold(service, Service::with_hook);
        let mut builder = Scim::builder(service)
            .credentials(Arc::new(store.connections()))
            .public_url(config.public_url_policy())
            .failures_in_a_row(config.limits.auth_failures)
            .failures_per_minute(config.limits.auth_failures_per_minute);
        if config.public_discovery {
            builder = builder.public_discovery();
        }
        for (key, profile) in profiles {
            builder = builder.profile(key, profile);
        }
        for (key, code) in config
            .auth_codes
            .iter()
            .flat_map(|(key, codes)| codes.iter().map(move |code| (key, code)))
        {
            if code.is_weak() {
                tracing::warn!(connection = %key, "the code is short: one of 32 random characters cannot be guessed");
            }
            builder = builder.auth_code(key.clone(), code.clone());
        }
        for authenticator in authenticators {
            builder = builder.authenticator(authenticator);
        }
        let scim = builder.build();
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
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Application {
    /// Builds a server from its configuration alone.
    ///
    /// # Errors
    ///
    /// As [`ApplicationBuilder::build`].
    pub async fn build(config: Config) -> Result<Self, StartError> {
        Self::builder(config).build().await
    }

    /// Returns a builder, which adds authenticators and hooks.
    pub fn builder(config: Config) -> ApplicationBuilder {
        ApplicationBuilder {
            config,
            authenticators: Vec::new(),
            hooks: Vec::new(),
        }
    }

    /// Returns the port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Returns the origin of the address that it listens on, such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = match self.config.tls.certificate {
            Some(_) => "https",
            None => "http",
        };
        format!("{scheme}://{}", self.address)
    }

    /// Returns the credentials that [`ApplicationBuilder::build`] has made because there were none; empty otherwise. Their secrets
    /// are not available anywhere else, nor later.
    #[must_use]
    pub fn made_credentials(&self) -> &[MadeCredential] {
        &self.made
    }

    /// Serves requests until `shutdown` resolves, such as a [`stop_signal`](crate::stop_signal). Then it accepts no more requests,
    /// gives those in flight the [configured time](crate::config::ShutdownConfig::timeout) to finish, and returns.
    ///
    /// # Errors
    ///
    /// If the server fails.
    pub async fn run_until_stopped(self, shutdown: impl Future<Output = ()>) -> Result<(), io::Error> {
        let purging = tokio::spawn(purge(
            self.store.clone(),
            self.config.database.purge_deleted_after,
        ));
        tracing::info!(address = %self.address, "listening");
        let handle = self.server.handle();
        let mut server = self.server;
        let result = tokio::select! {
            result = &mut server => result,
            () = shutdown => {
                tracing::info!("stopping: requests in flight may finish");
                let (result, ()) = tokio::join!(server, handle.stop(true));
                result
            }
        };
        purging.abort();
        tracing::info!("stopped");
        result
    }
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

/// Purges deleted users now and every hour.
async fn purge(store: SqlStore, kept_for: Duration) {
    let mut hours = tokio::time::interval(PURGE_EVERY);
    loop {
        hours.tick().await;
        match store.purge_deleted_for(kept_for).await {
            Ok(0) => {}
            Ok(users) => tracing::info!(users, "purged users who were deleted long ago"),
            Err(error) => tracing::warn!(error = %Causes(&error), "deleted users were not purged"),
        }
    }
}
