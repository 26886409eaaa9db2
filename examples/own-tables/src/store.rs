use std::sync::{Arc, LazyLock};

use rusqlite::{Connection, ErrorCode, Row, params_from_iter, types::Value};
use scim_service::store::columns::{Columns, Dialect, Kept, Parameter, Rows};
use scim_service::store::{
    Access, Draft, Kind, Membership, MembershipDelta, Meta, Page, Record, ResourceId, Selection, Store,
    StoreError, Transaction,
};
use scim_service::{async_trait, connection::ConnectionKey};

const COST_CENTER: &str = "urn:example:params:scim:schemas:extension:billing:2.0:User:costCenter";

/// The columns of accounts, and below those of projects. Filters by other attributes are rejected.
pub(crate) static ACCOUNTS: LazyLock<Columns> = LazyLock::new(|| {
    let projects = Rows::of("project_members", "account = accounts.id");
    Columns::new(Dialect::Sqlite)
        .column("userName", Kept::Folded, "user_key")
        .column("displayName", Kept::Folded, "display_key")
        .column("externalId", Kept::Exact, "external_id")
        .column("active", Kept::Boolean, "active")
        .column(COST_CENTER, Kept::Exact, "cost_center")
        .rows("groups", projects.column("value", Kept::Exact, "project"))
});

pub(crate) static PROJECTS: LazyLock<Columns> = LazyLock::new(|| {
    let accounts = Rows::of("project_members", "project = projects.id");
    Columns::new(Dialect::Sqlite)
        .column("displayName", Kept::Folded, "display_key")
        .column("externalId", Kept::Exact, "external_id")
        .rows("members", accounts.column("value", Kept::Exact, "account"))
});

/// The table of a kind of resources, and its columns.
fn table(kind: Kind) -> Answer<(&'static str, &'static Columns)> {
    match kind {
        Kind::User => Ok(("accounts", &ACCOUNTS)),
        Kind::Group => Ok(("projects", &PROJECTS)),
        other => Err(StoreError::UnsupportedKind(other)),
    }
}

type Answer<T> = Result<T, StoreError>;
type ReadRow<T> = fn(&Row<'_>) -> rusqlite::Result<T>;

pub(crate) struct Tables {
    file: String,
    turn: Arc<tokio::sync::Mutex<()>>, // held by the writer
}

pub(crate) fn open(file: String) -> Answer<Tables> {
    let turn = Arc::default();
    connect(&file, include_str!("tables.sql")).map(|_| Tables { file, turn })
}

fn connect(file: &str, first: &str) -> Answer<Connection> {
    let db = Connection::open(file).map_err(failed)?;
    db.execute_batch(first).map(|()| db).map_err(failed)
}

#[async_trait]
impl Store for Tables {
    async fn begin(&self, connection: &ConnectionKey, access: Access) -> Answer<Box<dyn Transaction>> {
        let (begin, _turn) = match access {
            Access::Read => ("PRAGMA query_only = 1; BEGIN", None),
            Access::Write => ("BEGIN IMMEDIATE", Some(self.turn.clone().lock_owned().await)),
        };
        let (db, tenant) = (connect(&self.file, begin)?, connection.as_str().into());
        Ok(Box::new(Work { db, tenant, _turn }))
    }
}

/// A transaction. On drop, SQLite rolls it back, and only then another writer gets its turn.
struct Work {
    db: Connection,
    tenant: Parameter, // the name of the SCIM connection
    _turn: Option<tokio::sync::OwnedMutexGuard<()>>,
}

impl Work {
    fn rows<T>(&self, sql: &str, with: &[Parameter], read: ReadRow<T>) -> Answer<Vec<T>> {
        let mut statement = self.db.prepare(sql).map_err(failed)?;
        let with = params_from_iter(with.iter().map(Parameter::to::<Value>));
        let rows = statement.query_map(with, read).and_then(Iterator::collect);
        rows.map_err(failed)
    }

    fn change(&self, sql: &str, with: &[Parameter]) -> Answer<()> {
        self.rows(sql, with, |_| Ok(())).map(drop)
    }

    fn memberships_by(&self, sql: &str, ids: &[ResourceId]) -> Answer<Vec<Membership>> {
        let ids = Parameter::list(ids.iter().map(ResourceId::as_str));
        let read: ReadRow<_> = |row| Ok(Membership::of_row(row.get(0)?, row.get(1)?, row.get(2)?));
        self.rows(sql, &[self.tenant.clone(), ids], read)
    }
}

#[async_trait]
impl Transaction for Work {
    async fn get(&mut self, kind: Kind, id: &ResourceId) -> Answer<Option<Record>> {
        let (table, columns) = table(kind)?;
        let record = columns.record();
        let sql = format!("SELECT {record} FROM {table} WHERE tenant = ?1 AND id = ?2 AND document <> ''");
        let with = [self.tenant.clone(), id.as_str().into()];
        Ok(self.rows(&sql, &with, read_record)?.pop())
    }

    async fn list(&mut self, kind: Kind, selection: &Selection) -> Answer<Page> {
        let (table, columns) = table(kind)?;
        let selected = columns.select(selection, vec![self.tenant.clone()])?;
        let from = format!("FROM {table} WHERE tenant = ?1 AND {}", selected.condition);
        let count = format!("SELECT count(*) {from}");
        let total = self.rows(&count, &selected.parameters, |row| row.get(0))?;
        let page = format!("SELECT {} {from} {}", columns.record(), selected.page);
        let records = self.rows(&page, &selected.parameters, read_record)?;
        Ok(Page::of_rows(total.iter().sum(), records))
    }

    async fn put(&mut self, kind: Kind, meta: &Meta, draft: Option<&Draft<'_>>) -> Answer<()> {
        let (table, columns) = table(kind)?;
        let row = columns.row(meta, draft, vec![self.tenant.clone()])?;
        self.change(&row.upsert(table, &["tenant"]), &row.parameters)
    }

    async fn remove(&mut self, kind: Kind, id: &ResourceId) -> Answer<()> {
        let sql = format!("DELETE FROM {} WHERE tenant = ?1 AND id = ?2", table(kind)?.0);
        self.change(&sql, &[self.tenant.clone(), id.as_str().into()])
    }

    async fn change_members(&mut self, group: &ResourceId, delta: &MembershipDelta) -> Answer<u64> {
        let (tenant, group) = (self.tenant.clone(), group.as_str().into());
        let mut with = vec![tenant, group, Parameter::list(delta.added())];
        self.change(include_str!("join.sql"), &with)?;
        let joined = self.db.changes();
        with.extend([Parameter::list(delta.removed()), delta.replaces().into()]);
        self.change(include_str!("leave.sql"), &with)?;
        Ok(joined + self.db.changes())
    }

    async fn members(&mut self, groups: &[ResourceId]) -> Answer<Vec<Membership>> {
        self.memberships_by(include_str!("members.sql"), groups)
    }

    async fn memberships(&mut self, users: &[ResourceId]) -> Answer<Vec<Membership>> {
        self.memberships_by(include_str!("memberships.sql"), users)
    }

    async fn commit(self: Box<Self>) -> Answer<()> {
        self.db.execute_batch("COMMIT").map_err(failed)
    }
}

fn read_record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let (id, version, created) = (row.get(0)?, row.get(1)?, row.get(2)?);
    Ok(Record::of_row(id, version, created, row.get(3)?, row.get(4)?))
}

/// Translates an error of SQLite, which names the columns of a violated unique index.
fn failed(error: rusqlite::Error) -> StoreError {
    match error.to_string() {
        text if text.contains("accounts.unique_key") => StoreError::not_unique("userName"),
        text if text.contains("projects.unique_key") => StoreError::not_unique("displayName"),
        _ if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => StoreError::unavailable(error),
        _ => StoreError::failed(error),
    }
}
