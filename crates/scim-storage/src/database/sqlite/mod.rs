//! SQLite: one connection that writes, and several that read without waiting for it.

mod committer;
mod errand;
mod location;
mod reader;
mod run;
mod work;
mod writer;

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use scim_service::store::{Access, StoreError};
use sea_orm::{ConnectOptions, Database};

use crate::error::{failure, migration_failure};
use crate::store::Options;

pub(crate) use reader::Reader;
pub(crate) use run::{all, run};
pub(crate) use rusqlite::Row as SqliteRow;
pub(crate) use work::Work;

use location::Location;
use reader::Readers;
use writer::Writer;

/// The number of prepared statements that a connection caches.
const STATEMENTS: usize = 256;

#[derive(Debug)]
pub(super) struct Sqlite {
    location: Location,
    acquire_timeout: Duration,
    readers: Readers,
    writer: Writer,
}

impl Sqlite {
    pub(super) fn open(url: &str, options: &Options) -> Result<Self, StoreError> {
        let location = Location::parse(url)?;
        location.make_private();
        // the writer first: it sets up the file
        let writer = Writer::new(open(&location, Access::Write, options.acquire_timeout)?, options)?;
        let readers = (0..options.max_connections.get())
            .map(|_| open(&location, Access::Read, options.acquire_timeout))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            acquire_timeout: options.acquire_timeout,
            readers: Readers::new(readers, options),
            writer,
            location,
        })
    }

    /// The file that a URL names, if it names one.
    pub(super) fn file(url: &str) -> Option<PathBuf> {
        Location::parse(url).ok().map(|location| location.path)
    }

    pub(super) async fn read(&self) -> Result<Reader, StoreError> {
        self.readers.take().await
    }

    pub(super) fn write(&self) -> Work {
        Work::new(self.readers.clone(), self.writer.clone())
    }

    pub(super) async fn writable(&self) -> Result<(), StoreError> {
        self.writer.writable().await
    }

    /// Applies the missing migrations, on a separate connection.
    pub(super) async fn migrate(&self) -> Result<(), StoreError> {
        let path = self.location.path.clone();
        let acquire_timeout = self.acquire_timeout;
        let mut options = ConnectOptions::new("sqlite:named-below");
        options
            .max_connections(1)
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(move |sqlite| {
                sqlite
                    .filename(&path)
                    .busy_timeout(acquire_timeout)
                    .pragma("journal_mode", "WAL")
                    .pragma("synchronous", "FULL")
            });
        let database = Database::connect(options).await.map_err(migration_failure)?;
        let migrated = scim_migrations::migrate(&database)
            .await
            .map_err(migration_failure);
        database.close().await.map_err(migration_failure)?;
        migrated
    }

    pub(super) async fn close(&self) -> Result<(), StoreError> {
        self.readers.close();
        self.writer.close().await
    }
}

/// The maximum time that SQLite can wait for a lock, 24 days.
const LONGEST_WAIT: Duration = Duration::from_millis(i32::MAX.unsigned_abs() as u64);

/// The maximum size of the WAL file after a checkpoint, in bytes.
const WAL_BYTES: i64 = 16 * 1024 * 1024;

fn open(location: &Location, access: Access, acquire_timeout: Duration) -> Result<Connection, StoreError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if location.may_create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let connection = Connection::open_with_flags(&location.path, flags).map_err(failure)?;
    connection
        .busy_timeout(Ord::min(acquire_timeout, LONGEST_WAIT))
        .map_err(failure)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // without this, a statement with `LIMIT ?` is planned again each time: SQLite looks at the bound value
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(failure)?;
    let set = |name, value| connection.pragma_update(None, name, value).map_err(failure);
    set("journal_mode", "WAL")?;
    // shrinks the WAL after a long load
    connection
        .pragma_update(None, "journal_size_limit", WAL_BYTES)
        .map_err(failure)?;
    // a committed transaction is on the disk
    set("synchronous", "FULL")?;
    set("foreign_keys", "ON")?;
    // keeps the journal of savepoints in memory, not in a file
    set("temp_store", "MEMORY")?;
    if access == Access::Read {
        set("query_only", "ON")?;
    }
    Ok(connection)
}
