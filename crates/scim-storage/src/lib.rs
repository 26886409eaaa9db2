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
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("scim.sqlite");
//! # let url = path.to_str().ok_or("no text")?;
//! let store = SqlStore::connect(url, &Options::default()).await?;
//! store.migrate().await?;
//! store.ready().await?;
//!
//! let okta: ConnectionKey = "okta".parse()?;
//! let mut transaction = store.begin(&okta, Access::Read).await?;
//! let page = transaction.list(Kind::User, &Default::default()).await?;
//! assert_eq!(page.total, 0);
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(run()).unwrap();
//! ```

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
