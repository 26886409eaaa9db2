//! Memberships. A list of ids is one parameter, which the database resolves to keys.

use scim_core::condition::Condition;
use scim_core::membership::MembershipDelta;
use scim_service::store::{Kind, Membership, ResourceId, StoreError};
use sea_orm::sea_query::{
    DeleteStatement, Expr, ExprTrait, InsertStatement, OnConflict, Order, Query, SelectStatement,
};

use super::{SqlTransaction, stored_id, stored_ids};
use crate::database::{Row, Weight};
use crate::dialect::scalar;
use crate::listed::{self, Hold, Listed};
use crate::table::{self, Column, TEAMS, TeamMembers, USERS, column};

impl SqlTransaction {
    pub(super) async fn apply(
        &mut self,
        group: &ResourceId,
        delta: &MembershipDelta,
    ) -> Result<u64, StoreError> {
        let Some(team) = stored_id(group.as_str()) else {
            return Ok(0);
        };
        let mut changed = 0;
        if delta.replaces() {
            changed += self.leave_all_but(&team, stored_ids(delta.added())).await?;
        } else if delta.removed().len() > 0 {
            let weight = self.weight_of(delta.removed().len());
            changed += self.leave(&team, stored_ids(delta.removed()), weight).await?;
        }
        if delta.added().len() > 0 {
            let weight = self.weight_of(delta.added().len());
            changed += self.join(&team, stored_ids(delta.added()), weight).await?;
        }
        Ok(changed)
    }

    pub(super) async fn read_members(
        &mut self,
        groups: &[ResourceId],
        matching: Option<&Condition>,
    ) -> Result<Vec<Membership>, StoreError> {
        self.read(&self.select_members(groups, matching)?).await
    }

    pub(super) async fn read_memberships(
        &mut self,
        users: &[ResourceId],
    ) -> Result<Vec<Membership>, StoreError> {
        self.read(&self.select_groups(users)).await
    }

    pub(super) fn select_members(
        &self,
        groups: &[ResourceId],
        matching: Option<&Condition>,
    ) -> Result<SelectStatement, StoreError> {
        let translation = self.translation(Kind::Group);
        let matching = matching
            .map(|condition| translation.condition_on_members(condition))
            .transpose()?;
        let groups = stored_ids(groups.iter().map(ResourceId::as_str));
        let mut select = self.select_memberships(Kind::Group, groups);
        select
            .and_where_option(matching)
            .order_by((table::name(TEAMS), Column::Id), Order::Asc)
            .order_by((table::name(USERS), Column::Id), Order::Asc);
        Ok(select)
    }

    pub(super) fn select_groups(&self, users: &[ResourceId]) -> SelectStatement {
        let users = stored_ids(users.iter().map(ResourceId::as_str));
        let mut select = self.select_memberships(Kind::User, users);
        select
            .order_by((table::name(USERS), Column::Id), Order::Asc)
            .order_by((table::name(TEAMS), Column::Id), Order::Asc);
        select
    }

    async fn join(&mut self, team: &str, ids: String, weight: Weight) -> Result<u64, StoreError> {
        let joining = self.joining(team, ids)?;
        self.session.change(&joining, weight).await
    }

    pub(super) fn joining(&self, team: &str, ids: String) -> Result<InsertStatement, StoreError> {
        let mut insert = Query::insert();
        insert
            .into_table(TeamMembers::Table)
            .columns([TeamMembers::TeamPk, TeamMembers::MemberPk])
            .select_from(self.select_joining(team, ids))
            .map_err(table::mismatch)?
            .on_conflict(OnConflict::new().do_nothing().to_owned());
        Ok(insert)
    }

    /// Selects the key of the team with the key of each listed user. Ids that are not users are ignored.
    pub(super) fn select_joining(&self, team: &str, ids: String) -> SelectStatement {
        listed::joining(self.dialect, self.connection, team, ids)
    }

    async fn leave(&mut self, team: &str, ids: String, weight: Weight) -> Result<u64, StoreError> {
        let those = self.those(ids);
        self.remove(team, Some(those), weight).await
    }

    async fn leave_all_but(&mut self, team: &str, ids: String) -> Result<u64, StoreError> {
        let others = self.all_but(ids);
        self.remove(team, others, Weight::Heavy).await
    }

    /// The condition for the memberships of the listed users.
    pub(super) fn those(&self, ids: String) -> Expr {
        Expr::col(TeamMembers::MemberPk).in_subquery(self.users(ids))
    }

    /// The condition for the memberships of all other users; `None` if the list is empty.
    pub(super) fn all_but(&self, ids: String) -> Option<Expr> {
        (ids != "[]").then(|| Expr::col(TeamMembers::MemberPk).not_in_subquery(self.users(ids)))
    }

    async fn remove(&mut self, team: &str, who: Option<Expr>, weight: Weight) -> Result<u64, StoreError> {
        let leaving = self.leaving(team, who);
        self.session.change(&leaving, weight).await
    }

    pub(super) fn leaving(&self, team: &str, who: Option<Expr>) -> DeleteStatement {
        let mut delete = Query::delete();
        delete
            .from_table(TeamMembers::Table)
            .and_where(Expr::col(TeamMembers::TeamPk).eq(scalar(self.team(team))))
            .and_where_option(who);
        delete
    }

    /// Selects the keys of the listed users of this connection.
    pub(super) fn users(&self, ids: String) -> SelectStatement {
        self.listed(Kind::User)
            .select(Column::Id, ids, [Column::Pk], Hold::No)
    }

    /// Selects the key of a team of this connection by its id.
    fn team(&self, id: &str) -> SelectStatement {
        Query::select()
            .expr(column(TEAMS, Column::Pk))
            .from(table::name(TEAMS))
            .and_where(column(TEAMS, Column::Id).eq(id))
            .and_where(self.is_ours(Kind::Group))
            .take()
    }

    /// Selects the memberships of the listed groups or users: group, user and the display name of the other side.
    ///
    /// Both sides of a membership belong to one connection (see [`join`](Self::join)), so only the listed side is checked. A
    /// check of the other side would make the database scan its index.
    fn select_memberships(&self, named: Kind, ids: String) -> SelectStatement {
        let (named_table, shown) = match named {
            Kind::Group => (TEAMS, USERS),
            _ => (USERS, TEAMS),
        };
        let key = |table| match table {
            TEAMS => Expr::col((TeamMembers::Table, TeamMembers::TeamPk)),
            _ => Expr::col((TeamMembers::Table, TeamMembers::MemberPk)),
        };
        let listed = self.listed(named);
        let listed = listed.select(Column::Id, ids, [Column::Pk, Column::Id], Hold::No);
        Query::select()
            .expr(column(TEAMS, Column::Id))
            .expr(column(USERS, Column::Id))
            .expr(column(shown, Column::Display))
            .from_subquery(listed, table::name(named_table))
            .inner_join(
                TeamMembers::Table,
                column(named_table, Column::Pk).eq(key(named_table)),
            )
            .inner_join(table::name(shown), column(shown, Column::Pk).eq(key(shown)))
            .take()
    }

    fn listed(&self, kind: Kind) -> Listed {
        Listed::live(self.dialect, kind, self.connection)
    }

    async fn read(&mut self, select: &SelectStatement) -> Result<Vec<Membership>, StoreError> {
        let membership = |row: &Row<'_>| {
            Ok(Membership {
                group: ResourceId::new(row.text(0)?),
                user: ResourceId::new(row.text(1)?),
                display: row.text(2)?,
            })
        };
        self.session.all(select, Weight::Heavy, membership).await
    }
}
