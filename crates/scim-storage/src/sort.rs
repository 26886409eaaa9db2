//! SQL for the order of lists.

use scim_core::query::{Sort, SortOrder};
use scim_core::schema::AttributeRef;
use scim_service::store::StoreError;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Func, Order, SelectStatement};

use crate::filter::{Found, Nullability, Place, Scope, Translation, container_path};
use crate::seek::Way;
use crate::table::{self, Column, TEAMS, USERS, column};

impl Translation {
    /// Orders the query by the sort key, and ties by creation. Without a sort key, orders it by creation.
    pub(crate) fn order(
        &self,
        select: &mut SelectStatement,
        sort: Option<&Sort>,
        way: Way,
    ) -> Result<(), StoreError> {
        if let Some(sort) = sort {
            let key = self.sort_key(&sort.by)?;
            // rows without a value come last in ascending order, first in descending order
            let order = match sort.order {
                SortOrder::Ascending => Order::Asc,
                SortOrder::Descending => Order::Desc,
            };
            let order = way.apply(order);
            // a column that is never NULL may have an index, which such a term would bypass
            if !key.is_always_there() {
                select.order_by_expr(key.value.clone().is_null(), order.clone());
            }
            select.order_by_expr(key.value, order);
        }
        let pk = (table::name(table::of(self.kind)), Column::Pk);
        select.order_by(pk, way.apply(Order::Asc));
        Ok(())
    }

    /// Returns the sort key of resources; NULL if they have no value.
    pub(crate) fn sort_key(&self, by: &AttributeRef) -> Result<Found, StoreError> {
        if by.is("meta", Some("location")) {
            // a location ends with the id, and has the same prefix for all resources
            let id = column(table::of(self.kind), Column::Id);
            return Ok(Found::text(id, Nullability::Never));
        }
        let unsupported = || StoreError::UnsupportedOrder(format!("`{by}` cannot be sorted by"));
        if !by.attribute.multi_valued {
            return match self.place(by, Scope::Resource) {
                Ok(Place::One(found)) => Ok(found),
                _ => Err(unsupported()),
            };
        }
        if let Some(rows) = self.relation(by) {
            let (table, scope) = match by.core_name() {
                Some("groups") => (TEAMS, Scope::Groups),
                _ => (USERS, Scope::Members),
            };
            let Ok(Place::One(found)) = self.place(by, scope) else {
                return Err(unsupported());
            };
            let first = rows.first(found.value.clone(), column(table, Column::Id));
            return first.map(|value| found.computed(value)).ok_or_else(unsupported);
        }
        let list = container_path(by)?;
        let element = self.dialect.json_primary_or_first(self.comparable(), &list);
        let form = self.form_of(by);
        Ok(match &by.sub {
            Some(sub) => {
                let found = self.json_found(element.clone(), &[sub.name.as_str()], sub, form);
                match by.is_primary() {
                    // an element without `primary` is not primary
                    true => {
                        let no = CaseStatement::new().case(element.is_not_null(), Expr::cust("FALSE"));
                        let value = Func::coalesce([found.value.clone(), no.into()]);
                        found.computed(value.into())
                    }
                    false => found,
                }
            }
            // on SQLite, an element that is not an object is already a value
            None => self.json_found(element, &[], &by.attribute, form),
        })
    }
}
