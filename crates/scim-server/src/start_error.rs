//! Errors from starting the server.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use scim_service::store::StoreError;
use scim_storage::SchemaState;

use crate::config::ConfigError;
use crate::tls::TlsError;

/// An error from starting an [`Application`](crate::Application). Its text says what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The configuration is not valid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The file of the database does not exist. Only the commands of the program return it.
    #[error("there is no database at `{}`; start the server, or run `scim-server migrate`", .0.display())]
    NoDatabase(PathBuf),
    /// The database cannot be opened.
    #[error("the database cannot be used; check `DATABASE_URL`")]
    Database(#[source] StoreError),
    /// The schema of the database is not the one that this version needs.
    #[error("{0}")]
    Schema(SchemaState),
    /// The database failed after it was opened.
    #[error("the database fails")]
    Store(#[source] StoreError),
    /// No connection has a valid credential, and the address is not a loopback address.
    #[error(
        "no connection has a valid credential, and `{0}` is not a loopback address: set `SCIM_AUTH_CODE_OKTA` or \
         `SCIM_AUTH_CODE_AZURE` (`user:password`, its base64, or a token), or run `scim-server connection create okta`"
    )]
    NoCredential(SocketAddr),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address cannot be bound.
    #[non_exhaustive]
    #[error("cannot listen on `{address}`")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The cause.
        source: io::Error,
    },
}
