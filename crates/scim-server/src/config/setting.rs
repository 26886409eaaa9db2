//! The settings: the key in the file, the environment variable, and the meaning of each.

/// A setting of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setting {
    /// The key in the file: `database.url`.
    pub(crate) key: &'static str,
    /// The environment variable.
    pub(crate) variable: &'static str,
    /// What it does, with the unit.
    pub(crate) meaning: &'static str,
    pub(super) shape: Shape,
}

/// The type that the text of a variable or flag is converted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Number,
    Switch,
    List,
}

const fn setting(key: &'static str, variable: &'static str, shape: Shape, meaning: &'static str) -> Setting {
    Setting {
        key,
        variable,
        meaning,
        shape,
    }
}

/// All settings with one value. `[connections.<name>]` is in the file alone.
pub(crate) const SETTINGS: &[Setting] = &[
    setting(
        "listen",
        "SCIM_LISTEN",
        Shape::Text,
        "address and port to listen on",
    ),
    setting(
        "public_url",
        "SCIM_PUBLIC_URL",
        Shape::Text,
        "origin under which clients see the server",
    ),
    setting(
        "trusted_proxies",
        "SCIM_TRUSTED_PROXIES",
        Shape::List,
        "networks whose X-Forwarded-* headers are believed, with commas between",
    ),
    setting(
        "public_discovery",
        "SCIM_PUBLIC_DISCOVERY",
        Shape::Switch,
        "whether /ServiceProviderConfig, /ResourceTypes and /Schemas are served without a credential",
    ),
    setting(
        "workers",
        "SCIM_WORKERS",
        Shape::Number,
        "threads that serve requests",
    ),
    setting(
        "database.url",
        "DATABASE_URL",
        Shape::Text,
        "sqlite://… or postgres://…",
    ),
    setting(
        "database.auto_migrate",
        "SCIM_AUTO_MIGRATE",
        Shape::Switch,
        "whether the schema is brought up to date at start",
    ),
    setting(
        "database.purge_deleted_after",
        "SCIM_PURGE_DELETED_AFTER",
        Shape::Text,
        "how long deleted users are kept for restoring",
    ),
    setting(
        "database.connections",
        "SCIM_DATABASE_CONNECTIONS",
        Shape::Number,
        "connections to the database; on SQLite, those that read",
    ),
    setting(
        "database.acquire_timeout",
        "SCIM_DATABASE_ACQUIRE_TIMEOUT",
        Shape::Text,
        "how long a request waits for a connection, or for its turn to write",
    ),
    setting(
        "database.deadline",
        "SCIM_DATABASE_DEADLINE",
        Shape::Text,
        "how long the work of a request on the database may take in all",
    ),
    setting(
        "log.level",
        "SCIM_LOG",
        Shape::Text,
        "level or directives of the log",
    ),
    setting("log.format", "SCIM_LOG_FORMAT", Shape::Text, "pretty or json"),
    setting(
        "tls.certificate",
        "SCIM_TLS_CERTIFICATE",
        Shape::Text,
        "PEM file with the certificate chain",
    ),
    setting(
        "tls.key",
        "SCIM_TLS_KEY",
        Shape::Text,
        "PEM file with the private key",
    ),
    setting(
        "limits.body_bytes",
        "SCIM_LIMIT_BODY_BYTES",
        Shape::Number,
        "bytes of a body",
    ),
    setting(
        "limits.filter_bytes",
        "SCIM_LIMIT_FILTER_BYTES",
        Shape::Number,
        "bytes of a filter or path",
    ),
    setting(
        "limits.filter_depth",
        "SCIM_LIMIT_FILTER_DEPTH",
        Shape::Number,
        "depth of a filter, at most 64",
    ),
    setting(
        "limits.filter_terms",
        "SCIM_LIMIT_FILTER_TERMS",
        Shape::Number,
        "comparisons in a filter",
    ),
    setting(
        "limits.patch_operations",
        "SCIM_LIMIT_PATCH_OPERATIONS",
        Shape::Number,
        "operations of a PATCH",
    ),
    setting(
        "limits.patch_members",
        "SCIM_LIMIT_PATCH_MEMBERS",
        Shape::Number,
        "members that a PATCH may add or remove",
    ),
    setting(
        "limits.bulk_operations",
        "SCIM_LIMIT_BULK_OPERATIONS",
        Shape::Number,
        "operations of a bulk request",
    ),
    setting(
        "limits.bulk_bytes",
        "SCIM_LIMIT_BULK_BYTES",
        Shape::Number,
        "bytes of a bulk request",
    ),
    setting(
        "limits.page_size",
        "SCIM_LIMIT_PAGE_SIZE",
        Shape::Number,
        "resources on a page",
    ),
    setting(
        "limits.cursor_lifetime",
        "SCIM_LIMIT_CURSOR_LIFETIME",
        Shape::Text,
        "how long a cursor of a list is good for",
    ),
    setting(
        "limits.auth_failures",
        "SCIM_LIMIT_AUTH_FAILURES",
        Shape::Number,
        "failures to authenticate in a row from one address",
    ),
    setting(
        "limits.auth_failures_per_minute",
        "SCIM_LIMIT_AUTH_FAILURES_PER_MINUTE",
        Shape::Number,
        "attempts that an address regains in a minute",
    ),
    setting(
        "schemas",
        "SCIM_SCHEMAS",
        Shape::List,
        "files with schemas, with commas between",
    ),
    setting(
        "resource_types",
        "SCIM_RESOURCE_TYPES",
        Shape::List,
        "files with resource types and what extends them, with commas between",
    ),
    setting(
        "shutdown.timeout",
        "SCIM_SHUTDOWN_TIMEOUT",
        Shape::Text,
        "how long requests may take to finish when the server stops",
    ),
];

impl Setting {
    /// Finds a setting by its key.
    pub(crate) fn by_key(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }
}
