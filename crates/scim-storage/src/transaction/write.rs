//! Writing of resources. Each update and deletion carries the version that it expects.

use scim_core::time::Timestamp;
use scim_service::store::{Draft, Kind, Meta, ResourceId, StoreError, Version};
use sea_orm::sea_query::{
    DeleteStatement, Expr, ExprTrait, InsertStatement, OnConflict, Order, Query, UpdateStatement,
};
use uuid::Uuid;

use super::columns::{Columns, Email};
use super::read::DELETED;
use super::{SqlTransaction, stored_id};
use crate::database::{Expected, Row, Weight};
use crate::dialect::{Dialect, scalar};
use crate::error::{broken, failure_of};
use crate::table::{self, Column, ResourceCounts, TeamMembers, USERS, UserEmails, column};

/// The maximum number of rows of one insertion. SQLite allows 32,766 values.
const ROWS_AT_ONCE: usize = 1000;

/// The result of an update.
struct Written {
    pk: i64,
    meta: Meta,
}

impl SqlTransaction {
    pub(super) async fn write_new(&mut self, kind: Kind, draft: &Draft<'_>) -> Result<Meta, StoreError> {
        let row = Columns::of(self.dialect, kind, draft);
        let meta = first_version(draft.now);
        let of_kind = match kind {
            Kind::Other(id) => Some((Column::Kind, Expr::val(id.as_str()))),
            _ => None,
        };
        let fixed = fixed(self.connection, &meta).into_iter().chain(of_kind);
        let mut insert = table::insert(table::of(kind), fixed.chain(row.values))?;
        let taken = failure_of(unique_attribute(kind));
        let count = self.counting(kind, meta.id.as_str(), 1)?;
        match kind {
            Kind::User => {
                let creating = self.creating(insert, &meta.id, &row.emails, count)?;
                self.session
                    .change_later(creating, Expected::AnyRows, taken)
                    .await?;
            }
            _ => {
                insert.returning_col(Column::Pk);
                let pk = self
                    .session
                    .change_returning(&insert, |row| row.number(0), taken)
                    .await?
                    .ok_or_else(|| broken("an insertion returned nothing"))?;
                self.write_unique_values(kind, pk, draft.resource).await?;
                self.session.change(&count, Weight::Light).await?;
            }
        }
        if kind == Kind::User {
            self.ahead.note_groups(&meta.id, Vec::new());
        }
        Ok(meta)
    }

    pub(super) async fn write_over(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        draft: &Draft<'_>,
    ) -> Result<Meta, StoreError> {
        let row = Columns::of(self.dialect, kind, draft);
        let mut update = self.update_at(kind, expected);
        update.values(row.values).and_where(self.is_ours(kind));
        if kind == Kind::User
            && let Some(created) = self.ahead.created(id, expected, &row.document)
        {
            update.and_where(Expr::col(Column::Id).eq(id.as_str()));
            let taken = failure_of(unique_attribute(kind));
            let update = vec![self.session.built(&update)];
            self.session.change_later(update, Expected::OneRow, taken).await?;
            return Ok(Meta {
                id: id.clone(),
                version: expected.next(),
                created,
                modified: draft.now,
            });
        }
        let written = self.changed(kind, id, update, draft.now).await?;
        match kind {
            Kind::User => {
                self.remove_emails(written.pk).await?;
                self.write_emails(written.pk, &row.emails).await?;
            }
            Kind::Other(_) => {
                self.remove_unique_values(kind, written.pk, draft.resource)
                    .await?;
                self.write_unique_values(kind, written.pk, draft.resource).await?;
            }
            _ => self.ahead.forget_groups(),
        }
        Ok(written.meta)
    }

    pub(super) async fn write_version(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        now: Timestamp,
    ) -> Result<Meta, StoreError> {
        let mut update = self.update_at(kind, expected);
        update
            .value(Column::ModifiedAt, now.as_millis())
            .and_where(self.is_ours(kind));
        Ok(self.changed(kind, id, update, now).await?.meta)
    }

    /// Restores a deleted user.
    pub(super) async fn write_back(
        &mut self,
        id: &ResourceId,
        draft: &Draft<'_>,
    ) -> Result<Meta, StoreError> {
        let row = Columns::of(self.dialect, Kind::User, draft);
        let mut update = self.next_version(Kind::User);
        update
            .values(row.values)
            .value(Column::DeletedAt, None::<i64>)
            .and_where(column(USERS, Column::ConnectionId).eq(self.connection))
            .and_where(column(USERS, Column::DeletedAt).is_not_null());
        let written = self.changed(Kind::User, id, update, draft.now).await?;
        self.write_emails(written.pk, &row.emails).await?;
        self.keep_count(Kind::User, written.meta.id.as_str(), 1).await?;
        // a deleted user has no memberships
        self.ahead.note_groups(&written.meta.id, Vec::new());
        Ok(written.meta)
    }

    pub(super) async fn mark_deleted(
        &mut self,
        id: &ResourceId,
        expected: Version,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let pk = self.mark_row_deleted(id, expected, now).await?;
        let touching = self.touching_teams_of(pk, now);
        self.session.change(&touching, Weight::Light).await?;
        self.session.change(&Self::leaving_all(pk), Weight::Light).await?;
        self.after_deletion(id, pk).await
    }

    /// Marks the row of a user as deleted, and returns its key.
    pub(super) async fn mark_row_deleted(
        &mut self,
        id: &ResourceId,
        expected: Version,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        self.hold_teams_of(id).await?;
        let mut update = self.update_at(Kind::User, expected);
        update
            .value(Column::Status, DELETED)
            .value(Column::DeletedAt, now.as_millis())
            .value(Column::ModifiedAt, now.as_millis())
            .and_where(self.is_ours(Kind::User));
        let written = self.changed(Kind::User, id, update, now).await?;
        self.ahead.forget_groups();
        Ok(written.pk)
    }

    /// On PostgreSQL, locks the teams of a user, in one order. A change of the members of a team locks the team first and then the
    /// users: in the opposite order, the two could wait for each other.
    async fn hold_teams_of(&mut self, id: &ResourceId) -> Result<(), StoreError> {
        let Some(id) = stored_id(id.as_str()).filter(|_| self.dialect == Dialect::Postgres) else {
            return Ok(());
        };
        let user = Query::select()
            .column(Column::Pk)
            .from(table::name(USERS))
            .and_where(Expr::col(Column::Id).eq(id))
            .and_where(self.is_ours(Kind::User))
            .take();
        let teams = Query::select()
            .column(TeamMembers::TeamPk)
            .from(TeamMembers::Table)
            .and_where(Expr::col(TeamMembers::MemberPk).eq(scalar(user)))
            .take();
        let mut select = Query::select()
            .column(Column::Pk)
            .from(table::name(table::of(Kind::Group)))
            .and_where(Expr::col(Column::Pk).in_subquery(teams))
            .order_by(Column::Pk, Order::Asc)
            .take();
        self.dialect.lock(&mut select);
        self.session.hold().await?;
        self.session
            .all(&select, Weight::Light, |row| row.number(0))
            .await
            .map(drop)
    }

    /// Removes the e-mails of a deleted user and updates the count.
    pub(super) async fn after_deletion(&mut self, id: &ResourceId, pk: i64) -> Result<(), StoreError> {
        self.remove_emails(pk).await?;
        let id = stored_id(id.as_str()).ok_or(StoreError::Stale)?;
        self.keep_count(Kind::User, &id, -1).await
    }

    /// Builds the deletion of all memberships of a user.
    pub(super) fn leaving_all(member: i64) -> DeleteStatement {
        Query::delete()
            .from_table(TeamMembers::Table)
            .and_where(Expr::col(TeamMembers::MemberPk).eq(member))
            .take()
    }

    /// Deletes a team or a resource of a custom type, with its memberships or unique values.
    pub(super) async fn remove_row(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
    ) -> Result<(), StoreError> {
        let id = stored_id(id.as_str()).ok_or(StoreError::Stale)?;
        let delete = Query::delete()
            .from_table(table::name(table::of(kind)))
            .and_where(Expr::col(Column::Id).eq(id.as_str()))
            .and_where(self.is_ours(kind))
            .and_where(Expr::col(Column::Version).eq(expected.get()))
            .take();
        match self.session.change(&delete, Weight::Heavy).await? {
            0 => Err(StoreError::Stale),
            _ => self.keep_count(kind, &id, -1).await,
        }
    }

    /// Builds the update that increments the version of all teams of a user.
    pub(super) fn touching_teams_of(&self, member: i64, now: Timestamp) -> UpdateStatement {
        let teams = Query::select()
            .column(TeamMembers::TeamPk)
            .from(TeamMembers::Table)
            .and_where(Expr::col(TeamMembers::MemberPk).eq(member))
            .take();
        let mut update = self.next_version(Kind::Group);
        update
            .value(Column::ModifiedAt, now.as_millis())
            .and_where(Expr::col(Column::Pk).in_subquery(teams));
        update
    }

    fn next_version(&self, kind: Kind) -> UpdateStatement {
        let mut update = UpdateStatement::new();
        update
            .table(table::name(table::of(kind)))
            .value(Column::Version, Expr::col(Column::Version).add(1));
        update
    }

    fn update_at(&self, kind: Kind, expected: Version) -> UpdateStatement {
        let mut update = self.next_version(kind);
        update.and_where(Expr::col(Column::Version).eq(expected.get()));
        update
    }

    /// Runs the update on the row with this id, and returns its new values.
    async fn changed(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        mut update: UpdateStatement,
        now: Timestamp,
    ) -> Result<Written, StoreError> {
        let id = stored_id(id.as_str()).ok_or(StoreError::Stale)?;
        let columns = [Column::Pk, Column::CreatedAt, Column::Version];
        update
            .and_where(Expr::col(Column::Id).eq(id.as_str()))
            .returning(Query::returning().columns(columns));
        let taken = failure_of(unique_attribute(kind));
        let read = |row: &Row<'_>| Ok((row.number(0)?, row.number(1)?, row.number(2)?));
        let written = self.session.change_returning(&update, read, taken).await?;
        let (pk, created, version) = written.ok_or(StoreError::Stale)?;
        Ok(Written {
            pk,
            meta: Meta {
                id: ResourceId::new(id),
                version: Version::new(version),
                created: Timestamp::from_millis(created),
                modified: now,
            },
        })
    }

    async fn remove_emails(&mut self, pk: i64) -> Result<(), StoreError> {
        let delete = Query::delete()
            .from_table(UserEmails::Table)
            .and_where(Expr::col(UserEmails::UserPk).eq(pk))
            .take();
        self.session.change(&delete, Weight::Light).await.map(drop)
    }

    async fn write_emails(&mut self, pk: i64, emails: &[Email]) -> Result<(), StoreError> {
        let rows: Vec<_> = (0_i32..)
            .zip(emails.iter().cloned())
            .map(|(position, email)| (Expr::val(pk), position, email))
            .collect();
        self.insert_emails(&rows).await
    }

    /// Inserts e-mails of users: the key of the user, the position in its list, and the e-mail.
    pub(super) async fn insert_emails(&mut self, rows: &[(Expr, i32, Email)]) -> Result<(), StoreError> {
        let weight = self.weight_of(rows.len());
        for insert in self.inserting_emails(rows)? {
            self.session.change(&insert, weight).await?;
        }
        Ok(())
    }

    pub(super) fn inserting_emails(
        &self,
        rows: &[(Expr, i32, Email)],
    ) -> Result<Vec<InsertStatement>, StoreError> {
        let inserting = rows.chunks(ROWS_AT_ONCE).map(|rows| {
            let mut insert = Query::insert();
            insert.into_table(UserEmails::Table).columns([
                UserEmails::UserPk,
                UserEmails::Position,
                UserEmails::ConnectionId,
                UserEmails::Value,
                UserEmails::Kind,
            ]);
            for (pk, position, email) in rows {
                let values = [
                    pk.clone(),
                    (*position).into(),
                    self.connection.into(),
                    email.value.clone().into(),
                    email.kind.clone().into(),
                ];
                insert.values(values).map_err(table::mismatch)?;
            }
            Ok(insert)
        });
        inserting.collect()
    }

    pub(super) async fn keep_count(&mut self, kind: Kind, id: &str, change: i64) -> Result<(), StoreError> {
        let count = self.counting(kind, id, change)?;
        self.session.change(&count, Weight::Light).await.map(drop)
    }

    /// Builds the update of the count of a kind, in one of its sixteen rows.
    fn counting(&self, kind: Kind, id: &str, change: i64) -> Result<InsertStatement, StoreError> {
        let live = Expr::col((table::name(table::counts_of(kind)), ResourceCounts::Live)).add(change);
        let key = [
            ResourceCounts::ConnectionId,
            ResourceCounts::Kind,
            ResourceCounts::Shard,
        ];
        let mut insert = Query::insert();
        insert
            .into_table(table::name(table::counts_of(kind)))
            .columns(key.into_iter().chain([ResourceCounts::Live]))
            .values([
                self.connection.into(),
                table::counted_as(kind),
                shard(id).into(),
                change.into(),
            ])
            .map_err(table::mismatch)?
            .on_conflict(
                OnConflict::columns(key)
                    .value(ResourceCounts::Live, live)
                    .to_owned(),
            );
        Ok(insert)
    }
}

/// Returns the columns that only an insertion writes.
pub(super) fn fixed(connection: i64, meta: &Meta) -> [(Column, Expr); 4] {
    [
        (Column::Id, Expr::val(meta.id.as_str())),
        (Column::ConnectionId, Expr::val(connection)),
        (Column::CreatedAt, Expr::val(meta.created.as_millis())),
        (Column::Version, Expr::val(meta.version.get())),
    ]
}

/// Returns the metadata of a new resource: a new id, and the first version.
pub(super) fn first_version(now: Timestamp) -> Meta {
    Meta {
        id: ResourceId::new(Uuid::now_v7().as_hyphenated().to_string()),
        version: Version::FIRST,
        created: now,
        modified: now,
    }
}

/// Returns the attribute that is unique among the resources of a kind. Custom types have [unique values](super::unique).
fn unique_attribute(kind: Kind) -> &'static str {
    match kind {
        Kind::Group => "displayName",
        Kind::Other(_) => "id",
        _ => "userName",
    }
}

/// Returns the number of the count row for an id: its last digit, which is random.
pub(super) fn shard(id: &str) -> i16 {
    let digit = id.chars().next_back().and_then(|digit| digit.to_digit(16));
    digit
        .and_then(|digit| i16::try_from(digit).ok())
        .unwrap_or_default()
}
