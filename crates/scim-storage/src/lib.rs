//! The SCIM store on SQLite and PostgreSQL.
//!
//! [`SqlStore`] implements the port of [`scim_service::store`]; [`Connections`] manages identity providers and what
//! they sign in with. Every filter runs in the database. Membership changes touch the rows that change. The total of
//! an unfiltered list is kept, not counted.
//!
//! What it is not: it knows no HTTP, no profile and no rule of SCIM beyond how conditions compare; it hashes no
//! secret and keeps none in the clear; it does not decide when its schema is changed (see [`SqlStore::migrate`]).
//!
//! A transaction that has failed is to be dropped: PostgreSQL refuses all further statements of it.
//!
//! On SQLite there is one writer at a time and there are several readers, who do not wait for it. What was committed
//! is on the disk. A reading transaction sees with every statement what was committed before that statement.
//!
//! ```
//! use scim_service::connection::ConnectionKey;
//! use scim_service::store::{Access, Kind, Store};
//! use scim_storage::{Options, SqlStore};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let folder = tempfile::tempdir()?;
//!     let url = format!("sqlite://{}/scim.sqlite", folder.path().display()); // or postgres://…
//!     let store = SqlStore::connect(&url, &Options::default()).await?;
//!     store.migrate().await?;
//!     store.ready().await?;
//!
//!     let okta: ConnectionKey = "okta".parse()?;
//!     let mut transaction = store.begin(&okta, Access::Read).await?;
//!     let page = transaction.list(Kind::User, &Default::default()).await?;
//!     assert_eq!(page.total, 0);
//!     Ok(())
//! }
//! ```
//!
//! | to | look at |
//! |---|---|
//! | open a database: SQLite, or PostgreSQL 13 and newer, with a pool | [`SqlStore::connect`], [`Options`] |
//! | make or update its tables | [`SqlStore::migrate`] |
//! | answer requests from it | `scim_service::service::Service::new(Arc::new(store), …)` |
//! | let cursors be read by all replicas, and after a restart | [`SqlStore::cursor_key`] |
//! | remove users who were deleted a while ago | [`SqlStore::purge_deleted_for`] |
//! | keep connections and hashes of their secrets in it | [`SqlStore::connections`] |
//!
//! `docs/databases.md` of the repository says what is promised for each of the two databases, and what happens when one fails.

mod archive;
mod connections;
mod database;
mod dialect;
mod error;
mod filter;
mod listed;
mod seek;
mod sort;
mod store;
mod table;
mod transaction;

pub use archive::{ArchiveError, Counts, Lines, Progress};
pub use connections::{Connection, Connections, Credential, CredentialId, Ensured, NewCredential, Removed};
pub use scim_migrations::SchemaState;
pub use store::{Options, SqlStore};
