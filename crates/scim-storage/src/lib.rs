//! A SCIM 2.0 store on SQLite and PostgreSQL.
//!
//! [`SqlStore`] implements the [`Store`](scim_service::store::Store) port of `scim-service`: give it to a
//! [`Service`](scim_service::service::Service), and users and groups that Okta or Microsoft Entra ID push are kept in a
//! database. [`Connections`] manages the identity providers and their credentials.
//!
//! # A whole program
//!
//! ```
//! use std::sync::Arc;
//!
//! use scim_service::connection::ConnectionKey;
//! use scim_service::limits::Limits;
//! use scim_service::service::Service;
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
//!     // answers SCIM requests
//!     let key = store.cursor_key().await?;
//!     let service = Service::new(Arc::new(store.clone()), Limits::default()).with_cursor_key(key);
//!     # drop(service);
//!
//!     // reads the users of a connection
//!     let okta: ConnectionKey = "okta".parse()?;
//!     let mut transaction = store.begin(&okta, Access::Read).await?;
//!     let page = transaction.list(Kind::User, &Default::default()).await?;
//!     assert_eq!(page.total, 0);
//!     Ok(())
//! }
//! ```
//!
//! | to | use |
//! |---|---|
//! | open a database with a pool | [`SqlStore::connect`], [`Options`] |
//! | create or update its tables | [`SqlStore::migrate`], [`SqlStore::schema_state`] |
//! | keep cursors valid on all replicas and after a restart | [`SqlStore::cursor_key`] |
//! | remove users that were deleted a while ago | [`SqlStore::purge_deleted_for`] |
//! | manage identity providers and the hashes of their secrets | [`SqlStore::connections`] |
//! | back up a directory, or move it to another database | [`SqlStore::export`], [`SqlStore::import`] |
//!
//! # Databases
//!
//! - **PostgreSQL 13 or newer**, for any number of processes, also behind PgBouncer (`?pgbouncer=true`).
//! - **SQLite**, for one process that serves. The library is linked statically. The database must be a file on a local disk. One
//!   transaction writes at a time, and concurrent ones share a commit; readers do not wait for the writer.
//!
//! Every filter and order runs in the database. A change of members touches only the rows that change. The total of an
//! unfiltered list is maintained, not counted. A committed transaction is on the disk.
//!
//! After an error, drop the transaction: PostgreSQL rejects all its further statements.
//!
//! `docs/databases.md` of the repository lists the guarantees for each database, and what happens when one fails.
//!
//! # Tables
//!
//! | table | contents |
//! |---|---|
//! | `connections`, `credentials` | identity providers, and the hashes of their secrets |
//! | `users`, `user_emails` | users with their e-mail addresses; deleted users until they are purged |
//! | `teams`, `team_members` | groups and memberships |
//! | `resources`, `resource_unique_values` | resources of custom types |
//! | `resource_counts`, `resource_type_counts` | the totals of lists |
//! | `server_secrets` | secrets that all processes share, such as the cursor key |
//! | `seaql_migrations` | the applied migrations |
//!
//! The tables are not a public API: a new version may change them.
//!
//! # What it does not do
//!
//! - It knows no HTTP, no profile, and no rule of SCIM except how values are compared.
//! - It does not hash secrets, and does not store credentials in plain text. [`SqlStore::secret`] stores its secrets in plain
//!   text.
//! - It does not create or change tables by itself: [`SqlStore::migrate`] does.
//! - It does not purge deleted users by itself: [`SqlStore::purge_deleted_for`] does.
//!
//! # Features
//!
//! | feature | default | effect |
//! |---|---|---|
//! | `sqlite` | yes | SQLite databases |
//! | `postgres` | yes | PostgreSQL databases, with TLS |
//!
//! At least one is required. Without a feature, the driver of that database is not compiled, and
//! [`SqlStore::connect`] rejects its URLs. The public API is the same.
//!
//! # Runtime and Rust version
//!
//! All `async` functions must run on a Tokio runtime with its time and I/O drivers enabled (`enable_all`). SQLite statements
//! that touch few rows run on the calling thread, others on the threads for blocking work. The minimum supported Rust version
//! is 1.94.
//!
//! # Types of other crates
//!
//! Besides `std`, `scim-core` and `scim-service`, the public API names only the traits `Serialize` and `Deserialize` of `serde`
//! ([`Counts`] implements them). The database drivers are not part of it. C libraries can be linked only once: an application
//! with its own `rusqlite` needs the version that this crate uses, or the feature `sqlite` turned off.

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
compile_error!("scim-storage needs at least one of its features `sqlite` and `postgres`");

mod archive;
mod connections;
mod database;
mod dialect;
mod error;
mod filter;
mod listed;
mod schema;
mod seek;
mod sort;
mod store;
mod table;
mod transaction;

pub use archive::{ArchiveError, Counts, Lines, Progress};
pub use connections::{Connection, Connections, Credential, CredentialId, Ensured, NewCredential, Removed};
pub use schema::SchemaState;
pub use store::{Options, SqlStore};
