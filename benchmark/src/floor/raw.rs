//! A floor on rusqlite: every worker of the web server has a connection of its own and prepared statements.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rusqlite::{Connection, OptionalExtension as _, Params, Row};
use sea_orm::prelude::Uuid;

use super::writer::{Change, Writer};
use super::{Floor, NewUser, PAGE};

/// The floor, as a worker has it.
#[derive(Clone)]
pub(super) struct Raw {
    path: PathBuf,
    reader: Rc<RefCell<Option<Connection>>>,
    writer: Writer,
}

impl Raw {
    /// For one worker.
    pub(super) fn new(path: PathBuf, writer: Writer) -> Self {
        Self {
            path,
            reader: Rc::default(),
            writer,
        }
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> anyhow::Result<T> {
        let mut reader = self.reader.borrow_mut();
        let connection = match reader.take() {
            Some(connection) => connection,
            None => open(&self.path)?,
        };
        let result = work(&connection);
        *reader = Some(connection);
        Ok(result?)
    }

    fn one(&self, sql: &str, params: impl Params) -> anyhow::Result<Option<String>> {
        self.read(|connection| {
            connection
                .prepare_cached(sql)?
                .query_row(params, |row| row.get(0))
                .optional()
        })
    }

    fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> anyhow::Result<Vec<T>> {
        self.read(|connection| connection.prepare_cached(sql)?.query_map(params, map)?.collect())
    }
}

/// Opens a SQLite file whose acknowledged writes survive a loss of power.
pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

impl Floor for Raw {
    async fn user(&self, id: Uuid) -> anyhow::Result<Option<String>> {
        self.one("SELECT document FROM user WHERE id = ?1", [id.as_bytes()])
    }

    async fn named(&self, user_name: String) -> anyhow::Result<Option<String>> {
        self.one("SELECT document FROM user WHERE user_name = ?1", [user_name])
    }

    async fn page(&self, offset: u64) -> anyhow::Result<Vec<String>> {
        let offset = i64::try_from(offset)?;
        let limit = i64::try_from(PAGE)?;
        let sql = "SELECT document FROM user ORDER BY id LIMIT ?1 OFFSET ?2";
        self.all(sql, [limit, offset], |row| row.get(0))
    }

    async fn members(&self, group: Uuid) -> anyhow::Result<Vec<Uuid>> {
        let sql = "SELECT user_id FROM member WHERE group_id = ?1";
        let bytes: Vec<[u8; 16]> = self.all(sql, [group.as_bytes()], |row| row.get(0))?;
        Ok(bytes.into_iter().map(Uuid::from_bytes).collect())
    }

    async fn set_active(&self, id: Uuid, active: bool) -> anyhow::Result<Option<String>> {
        self.writer.write(Change::SetActive { id, active }).await
    }

    async fn create(&self, user: NewUser, document: String) -> anyhow::Result<()> {
        let id = Uuid::now_v7();
        let change = Change::Create { id, user, document };
        self.writer.write(change).await.map(drop)
    }

    async fn add_member(&self, group: Uuid, user: Uuid) -> anyhow::Result<()> {
        self.writer.write(Change::Add { group, user }).await.map(drop)
    }

    async fn remove_member(&self, group: Uuid, user: Uuid) -> anyhow::Result<()> {
        self.writer.write(Change::Remove { group, user }).await.map(drop)
    }
}
