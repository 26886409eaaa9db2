//! The server as a whole: built, then run until it is told to stop.

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
use secrecy::ExposeSecret as _;

use crate::causes::Causes;
use crate::clock::now;
use crate::config::Config;
use crate::database::{Database, MadeCredential, Opening};
use crate::first_start::first_credentials;
use crate::listener::{self, Listening};
use crate::scim::Scim;
use crate::start_error::StartError;
use crate::tls;

/// Characters of a secret that cannot be guessed.
const LONG: usize = 32;

/// How often users are purged who were deleted long ago.
const PURGE_EVERY: Duration = Duration::from_secs(3_600);

/// A server that is bound to its address and has its database open.
///
/// ```
/// use scim_server::Application;
/// use scim_server::config::Config;
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// let mut config = Config::default();
/// config.listen = "127.0.0.1:0".parse()?;
/// config.database.url = format!("sqlite://{}/scim.sqlite", directory.path().display()).into();
/// let application = Application::build(config).await?;
/// println!("listening on port {}", application.port());
/// application.run_until_stopped(async { /* a signal */ }).await?;
/// # Ok(())
/// # }
/// # actix_web::rt::System::new().block_on(run()).unwrap();
/// ```
pub struct Application {
    server: Server,
    address: SocketAddr,
    config: Config,
    database: Database,
    made: Vec<MadeCredential>,
}

/// Says what an [`Application`] has besides what its configuration says.
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
    /// Lets in whom that authenticator lets in, besides those who show a secret or an access token that the configuration
    /// accepts. It is asked about connections that are known: `okta`, `azure`, those of the configuration, and those made at
    /// run time.
    #[must_use]
    pub fn with_authenticator(mut self, authenticator: Arc<dyn Authenticator>) -> Self {
        self.authenticators.push(authenticator);
        self
    }

    /// Tells a hook what identity providers change, and lets it refuse that (see [`event`](scim_service::event)). It comes after
    /// those that were given before. What somebody changes by the commands of the binary, no hook is told.
    #[must_use]
    pub fn with_hook(mut self, hook: Arc<dyn Hook>) -> Self {
        self.hooks.push(hook);
        self
    }

    /// Opens the database, makes sure that somebody can sign in, and binds the address.
    ///
    /// # Errors
    ///
    /// What hinders it, with what to do about it.
    pub async fn build(self) -> Result<Application, StartError> {
        let Self {
            config,
            mut authenticators,
            hooks,
        } = self;
        let trusts = config.trusts()?;
        if !trusts.is_empty() {
            let trusting = |all: JwtAuthenticator, (key, trust)| all.trusting(key, trust);
            let tokens = trusts.into_iter().fold(JwtAuthenticator::new(), trusting);
            authenticators.insert(0, Arc::new(tokens));
        }
        let profiles = config.profiles()?;
        let types = config.defined_types()?;
        let tls = match (&config.tls.certificate, &config.tls.key) {
            (Some(certificate), Some(key)) => Some(tls::server_config(certificate, key)?),
            _ => None,
        };
        let database = Database::open(&config.database, Opening::Prepare).await?;
        let made = first_credentials(&config, &database, &authenticators).await?;

        let cursor_key = match &config.cursor_key {
            Some(secret) => {
                if secret.expose_secret().len() < LONG {
                    tracing::warn!("SCIM_CURSOR_KEY is short: one of 32 random characters cannot be guessed");
                }
                CursorKey::derived_from(secret.expose_secret())
            }
            None => database.sql().cursor_key().await.map_err(StartError::Database)?,
        };
        let service = Service::new(database.store(), config.service_limits())
            .with_cursor_key(cursor_key)
            .with_resource_types(types);
        let service = hooks.into_iter().fold(service, Service::with_hook);
        let mut builder = Scim::builder(service)
            .credentials(database.credential_source())
            .public_url(config.public_url())
            .failures(
                config.limits.auth_failures,
                config.limits.auth_failures_per_minute,
            );
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
            database,
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

    /// A builder, to add authenticators and hooks.
    pub fn builder(config: Config) -> ApplicationBuilder {
        ApplicationBuilder {
            config,
            authenticators: Vec::new(),
            hooks: Vec::new(),
        }
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The origin under which this machine reaches it: `http://127.0.0.1:8080`.
    pub fn origin(&self) -> String {
        let scheme = match self.config.tls.certificate {
            Some(_) => "https",
            None => "http",
        };
        format!("{scheme}://{}", self.address)
    }

    /// The credentials that were made because nobody could have signed in. They are shown nowhere else, and not again.
    pub fn made_credentials(&self) -> &[MadeCredential] {
        &self.made
    }

    /// Serves until `shutdown` ends; then takes no more requests, finishes those it has within the configured time, and
    /// returns.
    ///
    /// # Errors
    ///
    /// If the server fails by itself.
    pub async fn run_until_stopped(self, shutdown: impl Future<Output = ()>) -> Result<(), io::Error> {
        let purging = tokio::spawn(purge(
            self.database.clone(),
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

/// Says which connections are on.
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

/// Purges users now and every hour.
async fn purge(database: Database, kept_for: Duration) {
    let mut hours = tokio::time::interval(PURGE_EVERY);
    loop {
        hours.tick().await;
        match database.purge_deleted(kept_for).await {
            Ok(0) => {}
            Ok(users) => tracing::info!(users, "purged users who were deleted long ago"),
            Err(error) => tracing::warn!(error = %Causes(&error), "deleted users were not purged"),
        }
    }
}
