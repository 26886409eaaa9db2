//! Why the server does not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use scim_service::store::StoreError;
use scim_storage::SchemaState;

use crate::config::ConfigError;
use crate::log::LogError;
use crate::tls::TlsError;

/// Why the server does not start, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The configuration is not valid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The log cannot be written as asked.
    #[error(transparent)]
    Log(#[from] LogError),
    /// There is no such file.
    #[error("there is no database at `{}`; start the server, or run `scim-server migrate`", .0.display())]
    NoDatabase(PathBuf),
    /// The database cannot be opened.
    #[error("the database cannot be used; check `DATABASE_URL`")]
    Database(#[source] StoreError),
    /// The schema is not the one that this program needs.
    #[error("{0}")]
    Schema(SchemaState),
    /// The database failed.
    #[error("the database fails")]
    Store(#[source] StoreError),
    /// Nobody could sign in, and the address is open to others.
    #[error(
        "no connection has a valid credential, and `{0}` is not a loopback address: set `SCIM_AUTH_CODE_OKTA` or \
         `SCIM_AUTH_CODE_AZURE` (`user:password`, its base64, or a token), or run `scim-server connection create okta`"
    )]
    NoCredential(SocketAddr),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address is not to be had.
    #[error("cannot listen on `{address}`")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}
