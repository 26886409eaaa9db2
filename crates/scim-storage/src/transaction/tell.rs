//! Changes of memberships that report what they changed, by `RETURNING`.

use std::collections::{BTreeSet, HashMap};

use scim_core::membership::MembershipDelta;
use scim_core::time::Timestamp;
use scim_service::store::{Departure, MemberChanges, ResourceId, StoreError, Version};
use sea_orm::sea_query::{Expr, ExprTrait, Query, ReturningClause};

use super::{SqlTransaction, stored_id, stored_ids};
use crate::database::{Row, Weight};
use crate::dialect::scalar;
use crate::table::{self, Column, TeamMembers, USERS, column};

impl SqlTransaction {
    /// Applies a change of members like [`apply`](Self::apply), and returns who joined and who left.
    pub(super) async fn apply_and_tell(
        &mut self,
        group: &ResourceId,
        delta: &MembershipDelta,
    ) -> Result<MemberChanges, StoreError> {
        let Some(team) = stored_id(group.as_str()) else {
            return Ok(MemberChanges::default());
        };
        let mut changes = MemberChanges::default();
        let member = |row: &Row<'_>| Ok(ResourceId::new(row.text(0)?));
        if delta.replaces() || delta.removed().len() > 0 {
            let (who, weight) = match delta.replaces() {
                true => (self.all_but(stored_ids(delta.added())), Weight::Heavy),
                false => (
                    Some(self.those(stored_ids(delta.removed()))),
                    self.weight_of(delta.removed().len()),
                ),
            };
            let mut leaving = self.leaving(&team, who);
            leaving.returning(id_of_member());
            let left = self.session.change_returning_all(&leaving, weight, member);
            changes.left = left.await?;
        }
        if delta.added().len() > 0 {
            let weight = self.weight_of(delta.added().len());
            let mut joining = self.joining(&team, stored_ids(delta.added()))?;
            joining.returning(id_of_member());
            let joined = self.session.change_returning_all(&joining, weight, member);
            changes.joined = joined.await?;
        }
        Ok(changes)
    }

    /// Deletes a user like [`mark_deleted`](Self::mark_deleted), and returns the groups that it left.
    pub(super) async fn mark_deleted_and_tell(
        &mut self,
        id: &ResourceId,
        expected: Version,
        now: Timestamp,
    ) -> Result<Vec<Departure>, StoreError> {
        let pk = self.mark_row_deleted(id, expected, now).await?;
        let mut touching = self.touching_teams_of(pk, now);
        let returned = [Column::Pk, Column::Id, Column::Display, Column::Version];
        touching.returning(Query::returning().columns(returned));
        let team = |row: &Row<'_>| {
            let (group, version) = (ResourceId::new(row.text(1)?), Version::new(row.number(3)?));
            Ok((row.number(0)?, Departure::new(group, row.text(2)?, version)))
        };
        let touched = self.session.change_returning_all(&touching, Weight::Light, team);
        let mut touched: HashMap<i64, Departure> = touched.await?.into_iter().collect();
        let mut leaving = Self::leaving_all(pk);
        leaving.returning(Query::returning().column(TeamMembers::TeamPk));
        let left = self
            .session
            .change_returning_all(&leaving, Weight::Light, |row| row.number(0));
        // another transaction may have removed the user from a team in the meantime: that team was touched for nothing
        let left: BTreeSet<i64> = left.await?.into_iter().collect();
        self.after_deletion(id, pk).await?;
        Ok(left.iter().filter_map(|team| touched.remove(team)).collect())
    }
}

/// Returns the id of the member of each changed row.
fn id_of_member() -> ReturningClause {
    let member = Query::select()
        .expr(column(USERS, Column::Id))
        .from(table::name(USERS))
        .and_where(column(USERS, Column::Pk).eq(Expr::col((TeamMembers::Table, TeamMembers::MemberPk))))
        .take();
    Query::returning().expr(scalar(member))
}
