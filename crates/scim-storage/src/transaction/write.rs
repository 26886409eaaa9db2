//! Writing users and teams.

use scim_core::resource::Resource;
use scim_core::text::{fold, name_key};
use scim_core::time::Instant;
use scim_service::store::{Draft, Kind, Meta, Naming, ResourceId, StoreError, Version};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, UpdateStatement};
use serde_json::Value;
use uuid::Uuid;

use super::SqlTransaction;
use crate::error::{store_error, taken};
use crate::filter::table;

/// Into how many rows the number of resources of a kind is split.
const SHARDS: u8 = 16;

impl SqlTransaction {
    pub(super) async fn create(&mut self, kind: Kind, draft: &Draft<'_>) -> Result<Meta, StoreError> {
        let uuid = Uuid::now_v7();
        let id = uuid.to_string();
        let now = draft.now.as_millis();
        let mut columns = vec!["id", "connection_id", "version", "created_at", "modified_at"];
        let mut values: Vec<Expr> = vec![
            id.as_str().into(),
            self.connection.into(),
            1i64.into(),
            now.into(),
            now.into(),
        ];
        for (column, value) in self.columns(kind, draft) {
            columns.push(column);
            values.push(value);
        }
        let insert = Query::insert()
            .into_table(table(kind))
            .columns(columns)
            .values(values)
            .map_err(|error| StoreError::Failed(Box::new(error)))?
            .to_owned();
        self.session
            .try_execute(&insert)
            .await
            .map_err(taken(unique_attribute(kind)))?;
        let id = ResourceId(id);
        if kind == Kind::User {
            self.write_emails(&id, draft.resource).await?;
        }
        self.count_one(kind, uuid, 1).await?;
        Ok(Meta {
            id,
            version: Version(1),
            created: draft.now,
            modified: draft.now,
        })
    }

    /// Writes a draft over what is there, at the next version.
    pub(super) async fn replace(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Option<Version>,
        draft: &Draft<'_>,
    ) -> Result<Meta, StoreError> {
        let mut update = self.next_version(kind, id, expected, draft.now);
        for (column, value) in self.columns(kind, draft) {
            update.value(column, value);
        }
        let result = self
            .session
            .try_execute(&update)
            .await
            .map_err(taken(unique_attribute(kind)))?;
        if result.rows_affected() == 0 {
            return Err(StoreError::Stale);
        }
        if kind == Kind::User && self.emails_differ(id, draft.resource) {
            self.delete_emails(id).await?;
            self.write_emails(id, draft.resource).await?;
        }
        self.meta(kind, id).await
    }

    pub(super) async fn bump(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        expected: Version,
        now: Instant,
    ) -> Result<Meta, StoreError> {
        let update = self.next_version(kind, id, Some(expected), now);
        match self.session.execute(&update).await? {
            0 => Err(StoreError::Stale),
            _ => self.meta(kind, id).await,
        }
    }

    pub(super) async fn delete_team(&mut self, id: &ResourceId, expected: Version) -> Result<(), StoreError> {
        let delete = Query::delete()
            .from_table("teams")
            .and_where(Expr::col("connection_id").eq(self.connection))
            .and_where(Expr::col("id").eq(id.as_str()))
            .and_where(Expr::col("version").eq(expected.0))
            .to_owned();
        match self.session.execute(&delete).await? {
            0 => Err(StoreError::Stale),
            _ => self.count_one(Kind::Group, uuid(id), -1).await,
        }
    }

    /// Takes a user out of sight and out of every team; what is kept is what brings the user back.
    pub(super) async fn delete_user(
        &mut self,
        id: &ResourceId,
        expected: Version,
        now: Instant,
    ) -> Result<(), StoreError> {
        let mut update = self.next_version(Kind::User, id, Some(expected), now);
        update.value("deleted_at", now.as_millis());
        if self.session.execute(&update).await? == 0 {
            return Err(StoreError::Stale);
        }
        let leave = Query::delete()
            .from_table("team_members")
            .and_where(Expr::col("member_pk").in_subquery(self.pk_of("users", id)))
            .to_owned();
        self.session.execute(&leave).await?;
        self.count_one(Kind::User, uuid(id), -1).await
    }

    pub(super) async fn bring_back(
        &mut self,
        id: &ResourceId,
        draft: &Draft<'_>,
    ) -> Result<Meta, StoreError> {
        let revive = Query::update()
            .table("users")
            .value("deleted_at", Option::<i64>::None)
            .and_where(Expr::col("connection_id").eq(self.connection))
            .and_where(Expr::col("id").eq(id.as_str()))
            .and_where(Expr::col("deleted_at").is_not_null())
            .to_owned();
        let revived = self
            .session
            .try_execute(&revive)
            .await
            .map_err(taken("userName"))?;
        if revived.rows_affected() > 0 {
            self.count_one(Kind::User, uuid(id), 1).await?;
        }
        self.replace(Kind::User, id, None, draft).await
    }

    /// An update of a resource that is there, to the version after the expected one.
    fn next_version(
        &self,
        kind: Kind,
        id: &ResourceId,
        expected: Option<Version>,
        now: Instant,
    ) -> UpdateStatement {
        let mut update = Query::update();
        update
            .table(table(kind))
            .value("version", Expr::col("version").add(1))
            .value("modified_at", now.as_millis())
            .and_where(Expr::col("connection_id").eq(self.connection))
            .and_where(Expr::col("id").eq(id.as_str()));
        if kind == Kind::User {
            update.and_where(Expr::col("deleted_at").is_null());
        }
        if let Some(expected) = expected {
            update.and_where(Expr::col("version").eq(expected.0));
        }
        update
    }

    /// What a draft puts into the columns of its table.
    fn columns(&self, kind: Kind, draft: &Draft<'_>) -> Vec<(&'static str, Expr)> {
        let resource = draft.resource;
        let display = match kind {
            Kind::User => resource.display_name().or(resource.user_name()),
            _ => resource.display_name(),
        }
        .unwrap_or_default();
        let comparable = Value::Object(resource.comparable()).to_string();
        let mut columns: Vec<(&'static str, Expr)> = vec![
            ("external_id", Expr::val(resource.external_id())),
            ("display", display.into()),
            ("display_key", fold(display).as_ref().into()),
            ("document", resource.to_document().into()),
            ("comparable", self.dialect().json_value(comparable)),
        ];
        match kind {
            Kind::User => {
                let user_name = fold(resource.user_name().unwrap_or_default());
                columns.push(("user_name_key", user_name.as_ref().into()));
                columns.push(("active", resource.is_active().into()));
            }
            _ => {
                let unique = (draft.naming == Naming::Unique).then(|| name_key(display));
                columns.push(("unique_name_key", Expr::val(unique)));
            }
        }
        columns
    }

    /// What is known of a resource after a change.
    async fn meta(&self, kind: Kind, id: &ResourceId) -> Result<Meta, StoreError> {
        let select = Query::select()
            .columns(["version", "created_at", "modified_at"])
            .from(table(kind))
            .and_where(Expr::col("id").eq(id.as_str()))
            .to_owned();
        let row = self.session.one(&select).await?.ok_or(StoreError::Stale)?;
        Ok(Meta {
            id: id.clone(),
            version: Version(row.try_get_by_index(0).map_err(store_error)?),
            created: Instant::from_millis(row.try_get_by_index(1).map_err(store_error)?),
            modified: Instant::from_millis(row.try_get_by_index(2).map_err(store_error)?),
        })
    }

    async fn write_emails(&self, id: &ResourceId, user: &Resource) -> Result<(), StoreError> {
        for (position, email) in emails(user).iter().enumerate() {
            let key = |name: &str| {
                email
                    .get(name)
                    .and_then(Value::as_str)
                    .map(|text| fold(text).into_owned())
            };
            let select = Query::select()
                .column("pk")
                .expr(Expr::val(i32::try_from(position).unwrap_or(i32::MAX)))
                .column("connection_id")
                .expr(Expr::val(key("value")).cast_as("text"))
                .expr(Expr::val(key("type")).cast_as("text"))
                .from("users")
                .and_where(Expr::col("id").eq(id.as_str()))
                .to_owned();
            let insert = Query::insert()
                .into_table("user_emails")
                .columns(["user_pk", "position", "connection_id", "value_key", "type_key"])
                .select_from(select)
                .map_err(|error| StoreError::Failed(Box::new(error)))?
                .to_owned();
            self.session.execute(&insert).await?;
        }
        Ok(())
    }

    async fn delete_emails(&self, id: &ResourceId) -> Result<(), StoreError> {
        let delete = Query::delete()
            .from_table("user_emails")
            .and_where(Expr::col("user_pk").in_subquery(self.pk_of("users", id)))
            .to_owned();
        self.session.execute(&delete).await.map(drop)
    }

    /// Whether the e-mail addresses of a user are others than those read in this transaction.
    fn emails_differ(&self, id: &ResourceId, user: &Resource) -> bool {
        let seen = self.seen.as_ref().filter(|seen| seen.id == *id);
        let before = seen.and_then(|seen| Resource::from_document(self.user.clone(), &seen.document).ok());
        before.is_none_or(|before| emails(&before) != emails(user))
    }

    pub(super) fn pk_of(&self, table: &'static str, id: &ResourceId) -> sea_orm::sea_query::SelectStatement {
        Query::select()
            .column("pk")
            .from(table)
            .and_where(Expr::col("connection_id").eq(self.connection))
            .and_where(Expr::col("id").eq(id.as_str()))
            .to_owned()
    }

    /// Keeps the number of resources.
    async fn count_one(&self, kind: Kind, id: Uuid, change: i64) -> Result<(), StoreError> {
        let shard = i32::from(id.as_bytes().last().copied().unwrap_or(0) % SHARDS);
        let count = Query::insert()
            .into_table("resource_counts")
            .columns(["connection_id", "kind", "shard", "live"])
            .values([
                self.connection.into(),
                table(kind).into(),
                shard.into(),
                change.into(),
            ])
            .map_err(|error| StoreError::Failed(Box::new(error)))?
            .on_conflict(
                OnConflict::columns(["connection_id", "kind", "shard"])
                    .value("live", Expr::col(("resource_counts", "live")).add(change))
                    .to_owned(),
            )
            .to_owned();
        self.session.execute(&count).await.map(drop)
    }
}

fn emails(user: &Resource) -> &[Value] {
    user.attributes()
        .get("emails")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn uuid(id: &ResourceId) -> Uuid {
    Uuid::parse_str(id.as_str()).unwrap_or_default()
}

/// The attribute whose uniqueness the table of a kind enforces.
fn unique_attribute(kind: Kind) -> &'static str {
    match kind {
        Kind::Group => "displayName",
        _ => "userName",
    }
}
