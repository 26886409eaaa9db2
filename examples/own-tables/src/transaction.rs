//! One unit of work.

use std::collections::HashSet;

use async_trait::async_trait;
use rusqlite::types::Value;
use rusqlite::{Connection, Row, ToSql, params, params_from_iter};
use scim_core::membership::MembershipDelta;
use scim_core::query::Selection;
use scim_core::text::{fold, name_key};
use scim_core::time::Instant;
use scim_service::event::Event;
use scim_service::store::{
    Account, AccountState, Draft, Kind, Membership, Meta, Naming, Page, Record, ResourceId, StoreError,
    Transaction, Version,
};
use serde_json::json;
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use crate::filter;
use crate::store::{failed, table};

/// A transaction: dropped, it closes its connection to the database, and SQLite undoes what was not committed.
pub(crate) struct Work {
    pub(crate) database: Connection,
    pub(crate) connection: String,
    pub(crate) _turn: Option<OwnedMutexGuard<()>>,
}

type Answer<T> = Result<T, StoreError>;

const RECORD: &str = "id, version, created, modified, document";

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    Ok(Record {
        meta: Meta {
            id: ResourceId(row.get(0)?),
            version: Version(row.get(1)?),
            created: Instant::from_millis(row.get(2)?),
            modified: Instant::from_millis(row.get(3)?),
        },
        document: row.get(4)?,
    })
}

/// Any number of texts as one parameter, for `json_each`.
fn texts(texts: &[&str]) -> String {
    json!(texts).to_string()
}

impl Work {
    fn rows<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Answer<Vec<T>> {
        let mut statement = self.database.prepare_cached(sql).map_err(failed)?;
        let rows = statement.query_map(parameters, read).map_err(failed)?;
        rows.collect::<Result<_, _>>().map_err(failed)
    }

    fn change(&self, sql: &str, parameters: impl rusqlite::Params) -> Answer<u64> {
        let mut statement = self.database.prepare_cached(sql).map_err(failed)?;
        let rows = statement.execute(parameters).map_err(failed)?;
        Ok(u64::try_from(rows).unwrap_or(u64::MAX))
    }

    /// Moves a resource that is as the condition says to its next version.
    fn step(&self, kind: Kind, id: &ResourceId, now: Instant, is: &str, value: &dyn ToSql) -> Answer<Meta> {
        let table = table(kind)?;
        let sql = format!(
            "UPDATE {table} SET version = version + 1, modified = ?1 WHERE id = ?2 AND connection = ?3 AND {is}
             RETURNING {RECORD}"
        );
        let moved = self.rows(
            &sql,
            params![now.as_millis(), id.0, self.connection, value],
            record,
        )?;
        moved
            .into_iter()
            .next()
            .map(|record| record.meta)
            .ok_or(StoreError::Stale)
    }

    fn step_from(&self, kind: Kind, id: &ResourceId, from: Version, now: Instant) -> Answer<Meta> {
        self.step(kind, id, now, "deleted IS NULL AND version = ?4", &from.0)
    }

    /// Puts what the draft holds into the row that is there.
    fn fill(&self, kind: Kind, id: &ResourceId, draft: &Draft<'_>) -> Answer<()> {
        let (resource, table) = (draft.resource, table(kind)?);
        let name = resource.display_name();
        let key = name.map(fold);
        self.change(
            &format!(
                "UPDATE {table} SET external_id = ?2, display_name = ?3, display_key = ?4, document = ?5 WHERE id = ?1"
            ),
            params![id.0, resource.external_id(), name, key, resource.to_document()],
        )?;
        if kind == Kind::Group {
            let key = name.map(name_key).filter(|_| draft.naming == Naming::Unique);
            self.change(
                "UPDATE projects SET unique_key = ?2 WHERE id = ?1",
                params![id.0, key],
            )?;
        }
        if kind == Kind::User {
            let (name, active) = (resource.user_name(), resource.attributes().get("active"));
            let active = active.and_then(serde_json::Value::as_bool);
            self.change(
                "UPDATE accounts SET user_name = ?2, user_key = ?3, active = ?4 WHERE id = ?1",
                params![id.0, name, name.map(fold), active],
            )?;
        }
        Ok(())
    }

    /// Memberships of projects (`m.project`) or accounts (`m.account`) in that list, in that order.
    fn joined(&self, ids: &[ResourceId], display: &str, side: &str, order: &str) -> Answer<Vec<Membership>> {
        let ids: Vec<_> = ids.iter().map(ResourceId::as_str).collect();
        let sql = format!(
            "SELECT m.project, m.account, {display} FROM project_members m
             JOIN accounts a ON a.id = m.account JOIN projects p ON p.id = m.project
             WHERE p.connection = ?1 AND {side} IN (SELECT value FROM json_each(?2)) ORDER BY {order}"
        );
        self.rows(&sql, params![self.connection, texts(&ids)], |row| {
            Ok(Membership {
                group: ResourceId(row.get(0)?),
                user: ResourceId(row.get(1)?),
                display: row.get(2)?,
            })
        })
    }
}

#[async_trait]
impl Transaction for Work {
    async fn get(&mut self, kind: Kind, id: &ResourceId) -> Answer<Option<Record>> {
        let sql = format!(
            "SELECT {RECORD} FROM {} WHERE id = ?1 AND connection = ?2 AND deleted IS NULL",
            table(kind)?
        );
        let found = self.rows(&sql, params![id.0, self.connection], record)?;
        Ok(found.into_iter().next())
    }

    async fn list(&mut self, kind: Kind, selection: &Selection) -> Answer<Page> {
        let mut parameters = vec![Value::from(self.connection.clone())];
        let condition = match &selection.condition {
            Some(condition) => filter::condition(condition, &mut parameters)?,
            None => "1".to_owned(),
        };
        let order = filter::order(selection.sort.as_ref())?;
        if selection.seek.is_some() {
            return Err(StoreError::Unsupported("this server has no cursors".to_owned()));
        }
        let from = format!(
            "FROM {} WHERE connection = ?1 AND deleted IS NULL AND ({condition})",
            table(kind)?
        );
        let count = format!("SELECT count(*) {from}");
        let total = self.rows(&count, params_from_iter(&parameters), |row| row.get::<_, i64>(0))?;
        let total = total.into_iter().next().unwrap_or(0);
        let offset = i64::try_from(selection.offset).unwrap_or(i64::MAX);
        let page = format!(
            "SELECT {RECORD} {from} ORDER BY {order} LIMIT {} OFFSET {offset}",
            selection.limit
        );
        Ok(Page {
            total: u64::try_from(total).unwrap_or(0),
            records: self.rows(&page, params_from_iter(&parameters), record)?,
            ..Page::default()
        })
    }

    async fn insert(&mut self, kind: Kind, draft: &Draft<'_>) -> Answer<Meta> {
        // in order of creation, as lists are
        let id = ResourceId(Uuid::now_v7().to_string());
        let sql = format!(
            "INSERT INTO {} (id, connection, version, created, modified) VALUES (?1, ?2, 1, ?3, ?3)",
            table(kind)?
        );
        self.change(&sql, params![id.0, self.connection, draft.now.as_millis()])?;
        self.fill(kind, &id, draft)?;
        Ok(Meta {
            id,
            version: Version(1),
            created: draft.now,
            modified: draft.now,
        })
    }

    async fn update(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        from: Version,
        draft: &Draft<'_>,
    ) -> Answer<Meta> {
        let meta = self.step_from(kind, id, from, draft.now)?;
        self.fill(kind, id, draft)?;
        Ok(meta)
    }

    async fn touch(&mut self, kind: Kind, id: &ResourceId, from: Version, now: Instant) -> Answer<Meta> {
        self.step_from(kind, id, from, now)
    }

    async fn delete(&mut self, kind: Kind, id: &ResourceId, from: Version, now: Instant) -> Answer<()> {
        self.step_from(kind, id, from, now)?;
        let (members, resource) = match kind {
            Kind::User => ("account", "UPDATE accounts SET deleted = modified WHERE id = ?1"),
            _ => ("project", "DELETE FROM projects WHERE id = ?1"),
        };
        self.change(
            &format!("DELETE FROM project_members WHERE {members} = ?1"),
            [&id.0],
        )?;
        self.change(resource, [&id.0])?;
        Ok(())
    }

    async fn account(&mut self, user_name: &str) -> Answer<Option<Account>> {
        let sql = "SELECT id, active, deleted FROM accounts WHERE connection = ?1 AND user_key = ?2
                   ORDER BY deleted IS NULL DESC, deleted DESC, id DESC LIMIT 1";
        let found = self.rows(sql, params![self.connection, fold(user_name)], |row| {
            let (active, deleted): (Option<bool>, Option<i64>) = (row.get(1)?, row.get(2)?);
            let state = match (deleted, active) {
                (Some(_), _) => AccountState::Deleted,
                (None, Some(false)) => AccountState::Inactive,
                (None, _) => AccountState::Active,
            };
            let id = ResourceId(row.get(0)?);
            Ok(Account { id, state })
        })?;
        Ok(found.into_iter().next())
    }

    async fn restore(&mut self, id: &ResourceId, draft: &Draft<'_>) -> Answer<Meta> {
        let meta = self.step(Kind::User, id, draft.now, "deleted IS NOT NULL AND ?4", &true)?;
        self.fill(Kind::User, id, draft)?;
        self.change("UPDATE accounts SET deleted = NULL WHERE id = ?1", [&id.0])?;
        Ok(meta)
    }

    async fn known_users(&mut self, ids: &[&str]) -> Answer<HashSet<String>> {
        let sql = "SELECT a.id FROM json_each(?2) j CROSS JOIN accounts a ON a.id = j.value
                   WHERE a.connection = ?1 AND a.deleted IS NULL";
        let known = self.rows(sql, params![self.connection, texts(ids)], |row| row.get(0))?;
        Ok(known.into_iter().collect())
    }

    async fn change_members(&mut self, group: &ResourceId, delta: &MembershipDelta) -> Answer<u64> {
        let added = texts(&delta.added().collect::<Vec<_>>());
        let removed = texts(&delta.removed().collect::<Vec<_>>());
        // one parameter, however many there are
        let leave = "DELETE FROM project_members WHERE project = (SELECT id FROM projects WHERE id = ?1 AND connection = ?2)
                     AND CASE WHEN ?3 THEN account NOT IN (SELECT value FROM json_each(?4))
                              ELSE account IN (SELECT value FROM json_each(?5)) END";
        let join = "INSERT OR IGNORE INTO project_members (project, account)
                    SELECT p.id, a.id FROM projects p CROSS JOIN json_each(?3) j CROSS JOIN accounts a ON a.id = j.value
                    WHERE p.id = ?1 AND p.connection = ?2 AND a.connection = ?2 AND a.deleted IS NULL";
        let left = params![group.0, self.connection, delta.replaces(), added, removed];
        let left = self.change(leave, left)?;
        Ok(left + self.change(join, params![group.0, self.connection, added])?)
    }

    async fn members(&mut self, groups: &[ResourceId]) -> Answer<Vec<Membership>> {
        let display = "coalesce(nullif(a.display_name, ''), a.user_name, '')";
        self.joined(groups, display, "m.project", "m.project, m.account")
    }

    async fn memberships(&mut self, users: &[ResourceId]) -> Answer<Vec<Membership>> {
        let display = "coalesce(p.display_name, '')";
        self.joined(users, display, "m.account", "m.account, m.project")
    }

    /// What happened, and the news of it, are both there or neither, whatever becomes of the process.
    async fn record_events(&mut self, events: &[Event]) -> Answer<()> {
        for event in events {
            let event = serde_json::to_string(event).map_err(|error| StoreError::Failed(Box::new(error)))?;
            self.change("INSERT INTO outbox (event) VALUES (?1)", [event])?;
        }
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Answer<()> {
        self.database.execute_batch("COMMIT").map_err(failed)
    }
}
