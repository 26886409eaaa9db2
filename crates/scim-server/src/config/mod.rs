//! The configuration of the server.
//!
//! Flags win over environment variables, these over the file (`scim-server.toml`), the file over defaults. An
//! unknown key or variable is an error that names it, wherever it stands. Secrets come from the environment only.

mod environment;
mod error;
mod files;
mod listing;
mod load;
mod oauth;
mod setting;
mod text;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use scim_profiles::profile::Profile;
use scim_service::connection::ConnectionKey;
use scim_service::limits::Limits;
use scim_service::public_url::PublicUrl;
use scim_storage::Options;
use secrecy::SecretString;
use serde::Deserialize;

use crate::auth::AuthCode;
use crate::scim::{DEFAULT_FAILURES, DEFAULT_FAILURES_PER_MINUTE};

pub use error::ConfigError;
pub use listing::Listed;
pub use load::Loaded;
pub use oauth::OAuthConfig;
pub use setting::{SETTINGS, Setting};

/// What the server is to do. [`Config::default`] is what it does without being told anything.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where it listens.
    #[serde(deserialize_with = "text::listen")]
    pub listen: SocketAddr,
    /// Under which origin clients see it, if that is not what requests say.
    #[serde(deserialize_with = "text::public_url")]
    pub public_url: Option<String>,
    /// The proxies whose `Forwarded` and `X-Forwarded-*` headers are believed.
    #[serde(deserialize_with = "text::networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Whether discovery is served without a credential.
    pub public_discovery: bool,
    /// How many threads serve requests; without it, one for each processor.
    pub workers: Option<NonZeroUsize>,
    /// The database.
    pub database: DatabaseConfig,
    /// The log.
    pub log: LogConfig,
    /// TLS.
    pub tls: TlsConfig,
    /// How much a request may ask for.
    pub limits: LimitsConfig,
    /// Stopping.
    pub shutdown: ShutdownConfig,
    /// Files with schemas (RFC 7643 section 7). In the file of the configuration, their paths start from its folder.
    #[serde(deserialize_with = "files::paths")]
    pub schemas: Vec<PathBuf>,
    /// Files with resource types (RFC 7643 section 6): new ones, or `User` and `Group` with more extensions.
    #[serde(deserialize_with = "files::paths")]
    pub resource_types: Vec<PathBuf>,
    /// Connections by name.
    pub connections: BTreeMap<String, ConnectionConfig>,
    /// The codes from the environment by connection.
    #[serde(skip)]
    pub auth_codes: BTreeMap<ConnectionKey, Vec<AuthCode>>,
    /// The secret from the environment that cursors are sealed with; without it, one that the database keeps.
    #[serde(skip)]
    pub cursor_key: Option<SecretString>,
}

/// `[database]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// `sqlite://…` or `postgres://…`; it may hold a password.
    pub url: SecretString,
    /// Whether the schema is brought up to date at start.
    pub auto_migrate: bool,
    /// How long deleted users are kept for restoring.
    #[serde(deserialize_with = "text::duration")]
    pub purge_deleted_after: Duration,
    /// How many connections there are to the database: on SQLite, those that read, beside the one that writes.
    pub connections: NonZeroU32,
    /// How long a request waits for a connection to the database, or for its turn to write.
    #[serde(deserialize_with = "text::duration")]
    pub acquire_timeout: Duration,
    /// How long the work of a request on the database may take in all.
    #[serde(deserialize_with = "text::duration")]
    pub deadline: Duration,
}

/// `[log]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// What is logged: a level, or directives such as `info,scim_service=debug`.
    pub level: String,
    /// How.
    pub format: LogFormat,
}

/// The shape of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    Pretty,
    /// A JSON object on each line.
    Json,
}

/// `[tls]`: both or none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsConfig {
    /// A PEM file with the certificate and those of its issuers.
    pub certificate: Option<PathBuf>,
    /// A PEM file with its private key.
    pub key: Option<PathBuf>,
}

/// `[limits]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Bytes of a body.
    pub body_bytes: usize,
    /// Bytes of a filter or path.
    pub filter_bytes: usize,
    /// Depth of a filter, at most [`FilterLimits::DEEPEST`](scim_core::filter::FilterLimits::DEEPEST).
    #[serde(deserialize_with = "text::filter_depth")]
    pub filter_depth: usize,
    /// Comparisons in a filter.
    pub filter_terms: usize,
    /// Operations of a PATCH.
    pub patch_operations: usize,
    /// Members that a PATCH may add or remove.
    pub patch_members: usize,
    /// Operations of a bulk request.
    pub bulk_operations: usize,
    /// Bytes of a bulk request.
    pub bulk_bytes: usize,
    /// Resources on a page.
    pub page_size: u32,
    /// How long a cursor is good for.
    #[serde(deserialize_with = "text::duration")]
    pub cursor_lifetime: Duration,
    /// How many times in a row an address may fail to authenticate.
    #[serde(deserialize_with = "text::attempts")]
    pub auth_failures: NonZeroU32,
    /// How many of these attempts it regains in a minute.
    #[serde(deserialize_with = "text::attempts")]
    pub auth_failures_per_minute: NonZeroU32,
}

/// `[shutdown]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShutdownConfig {
    /// How long requests may take to finish when the server is told to stop.
    #[serde(deserialize_with = "text::duration")]
    pub timeout: Duration,
}

/// `[connections.<name>]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectionConfig {
    /// `standard`, `okta` or `entra`.
    pub profile: Option<String>,
    /// Whose access tokens it accepts, besides secrets.
    pub oauth: Option<OAuthConfig>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            trusted_proxies: Vec::new(),
            public_discovery: false,
            workers: None,
            database: DatabaseConfig::default(),
            log: LogConfig::default(),
            tls: TlsConfig::default(),
            limits: LimitsConfig::default(),
            shutdown: ShutdownConfig::default(),
            schemas: Vec::new(),
            resource_types: Vec::new(),
            connections: BTreeMap::new(),
            auth_codes: BTreeMap::new(),
            cursor_key: None,
        }
    }
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        let options = Options::default();
        Self {
            url: "sqlite://scim-server.sqlite".into(),
            auto_migrate: true,
            purge_deleted_after: Duration::from_secs(90 * 24 * 3_600),
            connections: options.max_connections,
            acquire_timeout: options.acquire_timeout,
            deadline: options.deadline,
        }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
            format: LogFormat::Pretty,
        }
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            body_bytes: limits.body_bytes,
            filter_bytes: limits.filter_bytes,
            filter_depth: limits.filter_depth,
            filter_terms: limits.filter_terms,
            patch_operations: limits.patch_operations,
            patch_members: limits.patch_members,
            bulk_operations: limits.bulk_operations,
            bulk_bytes: limits.bulk_bytes,
            page_size: limits.page_size,
            cursor_lifetime: limits.cursor_lifetime,
            auth_failures: DEFAULT_FAILURES,
            auth_failures_per_minute: DEFAULT_FAILURES_PER_MINUTE,
        }
    }
}

impl Default for ShutdownConfig {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
        }
    }
}

impl DatabaseConfig {
    /// How the store uses the database.
    pub fn options(&self) -> Options {
        Options::default()
            .with_max_connections(self.connections.get())
            .with_acquire_timeout(self.acquire_timeout)
            .with_deadline(self.deadline)
    }
}

impl Config {
    /// The limits of the service.
    pub fn service_limits(&self) -> Limits {
        Limits::default()
            .with_body_bytes(self.limits.body_bytes)
            .with_filter_bytes(self.limits.filter_bytes)
            .with_filter_depth(self.limits.filter_depth)
            .with_filter_terms(self.limits.filter_terms)
            .with_patch_operations(self.limits.patch_operations)
            .with_patch_members(self.limits.patch_members)
            .with_bulk_operations(self.limits.bulk_operations)
            .with_bulk_bytes(self.limits.bulk_bytes)
            .with_page_size(self.limits.page_size)
            .with_cursor_lifetime(self.limits.cursor_lifetime)
    }

    /// How the public URL is found.
    pub fn public_url(&self) -> PublicUrl {
        let public_url = PublicUrl::default().with_trusted_proxies(self.trusted_proxies.clone());
        match &self.public_url {
            Some(configured) => public_url.with_configured(configured),
            None => public_url,
        }
    }

    /// The profiles that connections are given.
    ///
    /// # Errors
    ///
    /// If a name is no [`ConnectionKey`] or a profile not known.
    pub fn profiles(&self) -> Result<BTreeMap<ConnectionKey, Profile>, ConfigError> {
        let named = |(name, connection): (&String, &ConnectionConfig)| {
            let key = name.parse::<ConnectionKey>().map_err(ConfigError::Connection)?;
            let profile = connection.profile.as_deref().map(|profile| {
                Profile::by_name(profile).ok_or_else(|| ConfigError::Profile {
                    connection: name.clone(),
                    profile: profile.to_owned(),
                })
            });
            let profile = match profile {
                Some(profile) => profile?,
                None => crate::auth::default_profile(&key),
            };
            Ok((key, profile))
        };
        self.connections.iter().map(named).collect()
    }

    /// The profile of a connection: the one configured, else the one that it was made with, else that of its name.
    ///
    /// # Errors
    ///
    /// As for [`profiles`](Self::profiles).
    pub fn profile_of(&self, key: &ConnectionKey, made_with: Option<&str>) -> Result<Profile, ConfigError> {
        let configured = self.profiles()?.get(key).cloned();
        let profile = configured.or_else(|| made_with.and_then(Profile::by_name));
        Ok(profile.unwrap_or_else(|| crate::auth::default_profile(key)))
    }
}
