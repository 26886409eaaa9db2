//! The SCIM store on SQLite and PostgreSQL.
//!
//! [`SqlStore`](store::SqlStore) implements the port of `scim-service`. It keeps every resource as the document that is sent,
//! beside columns and a normalised copy for what is looked up, so reading parses nothing and every filter runs in the
//! database. Memberships are rows: changing one costs one row, however large the team.
//!
//! What it does not do: it evaluates no filter in memory, and it decides nothing about SCIM.
//!
//! ```
//! use scim_service::store::{Access, Kind, Store};
//! use scim_storage::store::{Options, SqlStore};
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let folder = tempfile::tempdir()?;
//! let url = format!("sqlite://{}", folder.path().join("scim.sqlite").display());
//! let store = SqlStore::connect(&url, &Options::default()).await?;
//! store.migrate().await?;
//!
//! let connection = "okta".parse()?;
//! let mut transaction = store.begin(&connection, Access::Read).await?;
//! let page = transaction.list(Kind::User, &Default::default()).await?;
//! assert_eq!(page.total, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod connections;
mod dialect;
pub mod error;
mod filter;
mod session;
mod sort;
pub mod store;
mod transaction;
