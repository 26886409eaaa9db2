//! The flags that every command has: the first layer of the configuration.

use std::path::PathBuf;

use clap::Args;

use crate::config::{ConfigError, Loaded};

/// Settings on the command line. Each names its environment variable.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Configuration")]
pub(crate) struct Flags {
    /// Configuration file [SCIM_CONFIG; default: scim-server.toml if it exists]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address and port to listen on [SCIM_LISTEN; default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Database: sqlite://<file> or postgres://… [DATABASE_URL; default: sqlite://scim-server.sqlite]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// URL at which clients reach the server: https://scim.example.com [SCIM_PUBLIC_URL]
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
    /// Networks of proxies whose X-Forwarded-* headers are trusted, separated by commas [SCIM_TRUSTED_PROXIES]
    #[arg(long, global = true, value_name = "NETWORKS")]
    trusted_proxies: Option<String>,
    /// PEM file with the certificate chain [SCIM_TLS_CERTIFICATE]
    #[arg(long, global = true, value_name = "FILE")]
    tls_certificate: Option<String>,
    /// PEM file with the private key [SCIM_TLS_KEY]
    #[arg(long, global = true, value_name = "FILE")]
    tls_key: Option<String>,
    /// Level of the log, or directives such as info,scim_service=debug [SCIM_LOG; default: info]
    #[arg(long, global = true, value_name = "LEVEL")]
    log: Option<String>,
    /// Format of the log: pretty or json [SCIM_LOG_FORMAT; default: pretty]
    #[arg(long, global = true, value_name = "SHAPE")]
    log_format: Option<String>,
    /// Whether to update the database schema at startup [SCIM_AUTO_MIGRATE; default: true]
    #[arg(long, global = true, value_name = "BOOLEAN")]
    auto_migrate: Option<String>,
    /// How long running requests may take to finish when the server stops [SCIM_SHUTDOWN_TIMEOUT; default: 30s]
    #[arg(long, global = true, value_name = "TIME")]
    shutdown_timeout: Option<String>,
}

impl Flags {
    /// The configuration, of all layers.
    pub(crate) fn load(&self) -> Result<Loaded, ConfigError> {
        let flags = [
            ("listen", &self.listen),
            ("database.url", &self.database_url),
            ("public_url", &self.public_url),
            ("trusted_proxies", &self.trusted_proxies),
            ("tls.certificate", &self.tls_certificate),
            ("tls.key", &self.tls_key),
            ("log.level", &self.log),
            ("log.format", &self.log_format),
            ("database.auto_migrate", &self.auto_migrate),
            ("shutdown.timeout", &self.shutdown_timeout),
        ];
        let given = flags
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.clone()?)));
        let given: Vec<(&str, String)> = given.collect();
        Loaded::from_layers(&given, self.config.as_deref(), std::env::vars_os())
    }
}
