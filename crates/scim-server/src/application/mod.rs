//! A whole server: built from a configuration, and run until it is stopped.

mod builder;

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use actix_server::Server;
use scim_storage::SqlStore;

use crate::auth::MadeCredential;
use crate::causes::Causes;
use crate::config::Config;
use crate::start_error::StartError;

pub use builder::ApplicationBuilder;

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
        ApplicationBuilder::new(config)
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
