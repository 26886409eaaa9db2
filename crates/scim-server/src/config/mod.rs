//! The configuration of an [`Application`](crate::Application).
//!
//! [`Config::default`] is a complete configuration. Change its fields, or read it as the program does with [`Config::load`]:
//! environment variables take precedence over the file `scim-server.toml`, and the file over the defaults. An unknown key or
//! variable is an error that names it. Secrets are read from the environment only.
//!
//! # Examples
//!
//! ```
//! use std::time::Duration;
//!
//! use scim_server::auth::AuthCode;
//! use scim_server::config::Config;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut config = Config::default();
//! config.listen = "0.0.0.0:8080".parse()?;
//! config.public_url = Some("https://scim.example.com".to_owned());
//! config.trusted_proxies.push("10.0.0.0/8".parse()?);
//! config.database.url = "postgres://scim@db/scim".into();
//! config.limits.body_bytes = 4 << 20; // 4 MiB
//! config.shutdown.timeout = Duration::from_secs(60);
//! let code = AuthCode::parse(&"okta:a-long-random-password".into()).ok_or("the code is empty")?;
//! config.auth_codes.insert("okta".parse()?, vec![code]);
//! # Ok(())
//! # }
//! ```

mod environment;
mod error;
mod files;
#[cfg(feature = "cli")]
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
#[cfg(feature = "cli")]
pub(crate) use load::Loaded;
pub use oauth::OAuthConfig;

/// The configuration of an [`Application`](crate::Application). See the [module](self) for an example.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// The address and port to listen on. `127.0.0.1:8080` by default.
    #[serde(deserialize_with = "text::listen")]
    pub listen: SocketAddr,
    /// The origin and path prefix that clients use, such as `https://scim.example.com`. None by default: it is taken from the
    /// headers of [trusted proxies](Self::trusted_proxies), or else from the request.
    #[serde(deserialize_with = "text::public_url")]
    pub public_url: Option<String>,
    /// The proxies whose `Forwarded` (RFC 7239) and `X-Forwarded-*` headers are trusted. None by default.
    #[serde(deserialize_with = "text::networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Whether `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas` are served without a credential. `false` by default.
    pub public_discovery: bool,
    /// The number of threads that serve requests. None by default: one for each processor.
    pub workers: Option<NonZeroUsize>,
    /// The database.
    pub database: DatabaseConfig,
    /// The log of the program.
    pub log: LogConfig,
    /// TLS. Off by default.
    pub tls: TlsConfig,
    /// The limits of a request.
    pub limits: LimitsConfig,
    /// Stopping.
    pub shutdown: ShutdownConfig,
    /// Files with schemas (RFC 7643 section 7). Relative paths in the configuration file start from its folder. None by default.
    #[serde(deserialize_with = "files::paths")]
    pub schemas: Vec<PathBuf>,
    /// Files with resource types (RFC 7643 section 6): new ones, or `User` and `Group` with more extensions. Relative paths in the
    /// configuration file start from its folder. None by default.
    #[serde(deserialize_with = "files::paths")]
    pub resource_types: Vec<PathBuf>,
    /// Connections by name. Empty by default. `okta` and `azure` exist always, and connections that have a code or a credential
    /// made at run time need not be listed here.
    pub connections: BTreeMap<String, ConnectionConfig>,
    /// The codes that connections accept, which the program reads from `SCIM_AUTH_CODE_<NAME>`. None by default.
    #[serde(skip)]
    pub auth_codes: BTreeMap<ConnectionKey, Vec<AuthCode>>,
    /// The secret that encrypts cursors, which the program reads from `SCIM_CURSOR_KEY`. None by default: a key in the database.
    #[serde(skip)]
    pub cursor_key: Option<SecretString>,
}

/// The database of a server (`[database]`).
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct DatabaseConfig {
    /// The URL: `sqlite://…` or `postgres://…`. It may hold a password. `sqlite://scim-server.sqlite` by default.
    pub url: SecretString,
    /// Whether the database is migrated at start. `true` by default.
    pub auto_migrate: bool,
    /// The time for which deleted users are kept for restoring. 90 days by default.
    #[serde(deserialize_with = "text::duration")]
    pub purge_deleted_after: Duration,
    /// The number of connections to the database; on SQLite, of those that read, besides the one that writes. 8 by default.
    pub connections: NonZeroU32,
    /// The time that a request waits for a connection to the database, or for its turn to write. 10 seconds by default.
    #[serde(deserialize_with = "text::duration")]
    pub acquire_timeout: Duration,
    /// The time that the work of a request on the database may take in all, at least 100 milliseconds. 30 seconds by default.
    #[serde(deserialize_with = "text::deadline")]
    pub deadline: Duration,
}

/// The log of the program (`[log]`). [`Application`](crate::Application) does not read it: an embedding application installs its
/// own subscriber of `tracing`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct LogConfig {
    /// The level, or directives such as `info,scim_service=debug`. `info` by default.
    pub level: String,
    /// The format of a line. [`LogFormat::Pretty`] by default.
    pub format: LogFormat,
}

/// The format of the log of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum LogFormat {
    /// Text for people.
    Pretty,
    /// A JSON object on each line.
    Json,
}

/// The TLS of a server (`[tls]`). Set both fields or neither.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TlsConfig {
    /// A PEM file with the certificate, followed by those of its issuers. None by default.
    pub certificate: Option<PathBuf>,
    /// A PEM file with the private key of the certificate. None by default.
    pub key: Option<PathBuf>,
}

/// The limits of a request (`[limits]`): those of [`Limits`], and those for guessing.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct LimitsConfig {
    /// The size of a body in bytes (413). 1 MiB by default. Groups and bulks may be larger:
    /// [`Limits::body_bytes_at`].
    pub body_bytes: usize,
    /// The length of a filter or path in bytes (400 `invalidFilter` or `invalidPath`). 4 KiB by default.
    pub filter_bytes: usize,
    /// The depth of a filter (400 `invalidFilter`). 32 by default, at most
    /// [`FilterLimits::DEEPEST`](scim_core::filter::FilterLimits::DEEPEST).
    #[serde(deserialize_with = "text::filter_depth")]
    pub filter_depth: usize,
    /// The number of comparisons in a filter (400 `invalidFilter`). 256 by default.
    pub filter_terms: usize,
    /// The number of operations of a PATCH (413). 1,000 by default.
    pub patch_operations: usize,
    /// The number of members that a PATCH may add or remove (413). 50,000 by default.
    pub patch_members: usize,
    /// The number of operations of a bulk request (413). 1,000 by default.
    pub bulk_operations: usize,
    /// The size of a bulk request in bytes (413). 4 MiB by default.
    pub bulk_bytes: usize,
    /// The number of resources on a page; a larger `count` is capped. 1,000 by default.
    pub page_size: u32,
    /// The time for which a cursor is valid (400 `expiredCursor`). 1 hour by default.
    #[serde(deserialize_with = "text::duration")]
    pub cursor_lifetime: Duration,
    /// The number of times in a row that a client address may fail to authenticate (429). 20 by default.
    #[serde(deserialize_with = "text::attempts")]
    pub auth_failures: NonZeroU32,
    /// The number of attempts that a client address regains per minute. 10 by default.
    #[serde(deserialize_with = "text::attempts")]
    pub auth_failures_per_minute: NonZeroU32,
}

/// The shutdown of a server (`[shutdown]`).
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ShutdownConfig {
    /// The time that requests in flight get to finish when the server is stopped. 30 seconds by default.
    #[serde(deserialize_with = "text::duration")]
    pub timeout: Duration,
}

/// A connection (`[connections.<name>]`).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ConnectionConfig {
    /// The name of the profile: `standard`, `okta` or `entra`. None by default: `okta` has the profile okta, `azure` has entra,
    /// and other connections have standard.
    pub profile: Option<String>,
    /// The issuer whose access tokens the connection accepts besides secrets. None by default.
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
    /// Returns the options for [`SqlStore::connect`](scim_storage::SqlStore::connect).
    #[must_use]
    pub fn options(&self) -> Options {
        Options::default()
            .with_max_connections(self.connections.get())
            .with_acquire_timeout(self.acquire_timeout)
            .with_deadline(self.deadline)
    }
}

impl Config {
    /// Returns the limits for [`Service::new`](scim_service::service::Service::new).
    #[must_use]
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

    /// Returns [`public_url`](Self::public_url) and [`trusted_proxies`](Self::trusted_proxies) in the form that
    /// [`ScimBuilder::public_url`](crate::ScimBuilder::public_url) takes.
    #[must_use]
    pub fn public_url_policy(&self) -> PublicUrl {
        let policy = PublicUrl::default().with_trusted_proxies(self.trusted_proxies.clone());
        match &self.public_url {
            Some(configured) => policy.with_configured(configured),
            None => policy,
        }
    }

    /// Returns the profile of each connection in [`connections`](Self::connections).
    ///
    /// # Errors
    ///
    /// - [`ConfigError::Connection`] if the name of a connection is not valid;
    /// - [`ConfigError::Profile`] if the name of a profile is unknown.
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

    /// The profile of a connection: the configured one, else the one that it was created with, else that of its name.
    ///
    /// # Errors
    ///
    /// As for [`profiles`](Self::profiles).
    #[cfg(feature = "cli")]
    pub(crate) fn profile_of(
        &self,
        key: &ConnectionKey,
        made_with: Option<&str>,
    ) -> Result<Profile, ConfigError> {
        let configured = self.profiles()?.get(key).cloned();
        let profile = configured.or_else(|| made_with.and_then(Profile::by_name));
        Ok(profile.unwrap_or_else(|| crate::auth::default_profile(key)))
    }
}
