//! Conditions that an index can evaluate.

use scim_core::condition::{Condition, Operand};
use scim_core::filter::CompareOp;
use scim_core::schema::AttributeRef;
use scim_service::store::{Kind, StoreError};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};

use super::{Scope, Translation};
use crate::table::{self, Column, USERS, column};

impl Translation {
    /// Translates the disjunction of lookups into a union of queries, each of which uses an index. Joined by `OR`, the
    /// database would evaluate them for every resource of the connection.
    pub(super) fn any_lookup(&self, operands: &[Condition]) -> Result<Expr, StoreError> {
        let table = table::of(self.kind);
        let keys = |operand: &Condition| -> Result<SelectStatement, StoreError> {
            let mut select = Query::select();
            select
                .expr(column(table, Column::Pk))
                .from(table::name(table))
                .and_where(column(table, Column::ConnectionId).eq(self.connection))
                .and_where(self.within(operand, Scope::Resource)?);
            if let Some(is_of_kind) = table::is_of(self.kind) {
                select.and_where(is_of_kind);
            }
            if table == USERS {
                // the indexes cover users that are not deleted
                select.and_where(column(table, Column::DeletedAt).is_null());
            }
            Ok(select.take())
        };
        let found = operands.iter().map(keys).reduce(|all, next| {
            let mut all = all?;
            all.union(UnionType::All, next?);
            Ok(all)
        });
        match found {
            Some(found) => Ok(column(table, Column::Pk).in_subquery(found?)),
            None => Ok(super::comparison::constant(false)),
        }
    }
}

/// Whether only few resources can match the condition.
pub(crate) fn is_lookup(kind: Kind, condition: &Condition) -> bool {
    match condition {
        Condition::Compare(attribute, comparison) => {
            comparison.op == CompareOp::Equal
                && matches!(comparison.operand, Operand::Exact(_) | Operand::Folded(_))
                && is_key(kind, attribute)
        }
        Condition::And(all) => all.iter().any(|one| is_lookup(kind, one)),
        Condition::Or(any) => any.iter().all(|one| is_lookup(kind, one)),
        Condition::Element(_, inner) => is_lookup(kind, inner),
        Condition::Present(_) | Condition::Not(_) => false,
    }
}

/// Whether only few resources have the same value, and an index finds them.
fn is_key(kind: Kind, attribute: &AttributeRef) -> bool {
    let sub = attribute.sub.as_ref().map(|sub| sub.name.as_str());
    matches!(
        (kind, attribute.core_name(), sub),
        (_, Some("id" | "externalId"), None)
            | (Kind::User, Some("userName"), None)
            | (Kind::User, Some("emails"), Some("value"))
            | (Kind::Group, Some("displayName"), None)
    )
}
