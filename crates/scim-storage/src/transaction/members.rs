//! Memberships: rows that come and go, never a list that is read to be changed.

use scim_core::condition::Condition;
use scim_core::membership::MembershipDelta;
use scim_service::store::{Kind, Membership, ResourceId, StoreError};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Order, Query, SelectStatement};
use sea_orm::{DbErr, QueryResult};

use super::SqlTransaction;
use crate::error::store_error;

impl SqlTransaction {
    /// At most two statements, whatever the size of the delta or the team: the ids are one parameter.
    pub(super) async fn apply(
        &mut self,
        group: &ResourceId,
        delta: &MembershipDelta,
    ) -> Result<u64, StoreError> {
        let Some(team) = self.team_pk(group).await? else {
            return Ok(0);
        };
        let added: Vec<&str> = delta.added().collect();
        let removed: Vec<&str> = delta.removed().collect();
        let mut rows = 0;
        if delta.replaces() || !removed.is_empty() {
            let mut delete = Query::delete();
            delete
                .from_table("team_members")
                .and_where(Expr::col("team_pk").eq(team));
            match (delta.replaces(), added.is_empty()) {
                (true, true) => {}
                (true, false) => {
                    delete.and_where(Expr::col("member_pk").not_in_subquery(self.user_pks(&added)));
                }
                (false, _) => {
                    delete.and_where(Expr::col("member_pk").in_subquery(self.user_pks(&removed)));
                }
            }
            rows += self.session.execute(&delete).await?;
        }
        if !added.is_empty() {
            rows += self.add(team, &added).await?;
        }
        Ok(rows)
    }

    pub(super) async fn members_of(
        &mut self,
        groups: &[ResourceId],
        matching: Option<&Condition>,
    ) -> Result<Vec<Membership>, StoreError> {
        let mut select = self.memberships_of("teams", groups);
        select.column(("users", "display"));
        if let Some(condition) = matching {
            select.and_where(self.translator(Kind::Group).members(condition)?);
        }
        select
            .order_by(("teams", "pk"), Order::Asc)
            .order_by(("users", "pk"), Order::Asc);
        self.all_memberships(&select).await
    }

    pub(super) async fn teams_of(&mut self, users: &[ResourceId]) -> Result<Vec<Membership>, StoreError> {
        let mut select = self.memberships_of("users", users);
        select.column(("teams", "display"));
        select
            .order_by(("users", "pk"), Order::Asc)
            .order_by(("teams", "pk"), Order::Asc);
        self.all_memberships(&select).await
    }

    async fn add(&self, team: i64, ids: &[&str]) -> Result<u64, StoreError> {
        let mut members = self.live(Kind::User);
        members
            .expr(Expr::val(team))
            .column("pk")
            .and_where(Expr::col("id").in_subquery(self.dialect().listed(ids)));
        let insert = Query::insert()
            .into_table("team_members")
            .columns(["team_pk", "member_pk"])
            .select_from(members)
            .map_err(|error| StoreError::Failed(Box::new(error)))?
            .on_conflict(
                OnConflict::columns(["team_pk", "member_pk"])
                    .do_nothing()
                    .to_owned(),
            )
            .to_owned();
        self.session.execute(&insert).await
    }

    fn user_pks(&self, ids: &[&str]) -> SelectStatement {
        Query::select()
            .column("pk")
            .from("users")
            .and_where(Expr::col("connection_id").eq(self.connection))
            .and_where(Expr::col("id").in_subquery(self.dialect().listed(ids)))
            .to_owned()
    }

    async fn team_pk(&self, group: &ResourceId) -> Result<Option<i64>, StoreError> {
        if let Some(seen) = self.seen.as_ref().filter(|seen| seen.id == *group) {
            return Ok(Some(seen.pk));
        }
        let row = self.session.one(&self.pk_of("teams", group)).await?;
        row.map(|row| row.try_get_by_index(0))
            .transpose()
            .map_err(store_error)
    }

    /// The memberships of some teams or users: ids of team and user.
    fn memberships_of(&self, of: &'static str, ids: &[ResourceId]) -> SelectStatement {
        let mut select = Query::select();
        select
            .columns([("teams", "id"), ("users", "id")])
            .from("team_members")
            .inner_join(
                "teams",
                Expr::col(("teams", "pk")).equals(("team_members", "team_pk")),
            )
            .inner_join(
                "users",
                Expr::col(("users", "pk")).equals(("team_members", "member_pk")),
            )
            .and_where(Expr::col((of, "connection_id")).eq(self.connection));
        match ids {
            [id] => select.and_where(Expr::col((of, "id")).eq(id.as_str())),
            ids => {
                let ids: Vec<&str> = ids.iter().map(ResourceId::as_str).collect();
                select.and_where(Expr::col((of, "id")).in_subquery(self.dialect().listed(&ids)))
            }
        };
        select
    }

    async fn all_memberships(&self, select: &SelectStatement) -> Result<Vec<Membership>, StoreError> {
        let rows = self.session.all(select).await?;
        rows.iter()
            .map(membership)
            .collect::<Result<_, _>>()
            .map_err(store_error)
    }
}

fn membership(row: &QueryResult) -> Result<Membership, DbErr> {
    Ok(Membership {
        group: ResourceId(row.try_get_by_index(0)?),
        user: ResourceId(row.try_get_by_index(1)?),
        display: row.try_get_by_index(2)?,
    })
}
