//! The order of lists.

use scim_core::query::{Sort, SortOrder};
use scim_core::schema::{AttributeRef, AttributeType};
use scim_service::store::{Kind, StoreError};
use sea_orm::sea_query::{Expr, ExprTrait, Order, SelectStatement};

use crate::dialect::Dialect;
use crate::filter::{path, table};

/// Orders a list: by the attribute, resources without a value last (first when descending), ties by creation.
pub(crate) fn order(
    select: &mut SelectStatement,
    dialect: Dialect,
    kind: Kind,
    sort: Option<&Sort>,
) -> Result<(), StoreError> {
    if let Some(sort) = sort {
        let key = key(dialect, kind, &sort.by)?;
        let order = match sort.order {
            SortOrder::Ascending => Order::Asc,
            SortOrder::Descending => Order::Desc,
        };
        select.order_by_expr(key.clone().is_null(), order.clone());
        select.order_by_expr(key, order);
    }
    select.order_by((table(kind), "pk"), Order::Asc);
    Ok(())
}

fn key(dialect: Dialect, kind: Kind, attribute: &AttributeRef) -> Result<Expr, StoreError> {
    let column = |name: &'static str| Expr::col((table(kind), name));
    let sub = attribute.sub.as_ref().map(|sub| sub.name.as_str());
    match (kind, attribute.core_name(), sub) {
        (_, Some("id"), None) => Ok(column("id")),
        (_, Some("externalId"), None) => Ok(column("external_id")),
        (Kind::User, Some("userName"), None) => Ok(column("user_name_key")),
        (Kind::Group, Some("displayName"), None) => Ok(column("display_key")),
        (_, Some("meta"), Some("created")) => Ok(column("created_at")),
        (_, Some("meta"), Some("lastModified")) => Ok(column("modified_at")),
        (_, Some("meta"), Some("version")) => Ok(column("version")),
        (_, Some("meta"), Some("resourceType")) => Ok(Expr::val("")),
        (_, Some("meta" | "members" | "groups"), _) => Err(StoreError::Unsupported(format!(
            "`sortBy`: resources cannot be sorted by `{attribute}`"
        ))),
        _ => Ok(json_key(dialect, attribute, column("comparable"))),
    }
}

fn json_key(dialect: Dialect, attribute: &AttributeRef, json: Expr) -> Expr {
    let scalar = match attribute.attribute.multi_valued {
        true => {
            let sub = attribute.sub.as_ref().map(|sub| sub.name.as_str());
            dialect.sorted_element(json, &path(attribute, false), sub)
        }
        false => dialect.json_scalar(json, &path(attribute, true)),
    };
    match (dialect, attribute.leaf().kind) {
        (Dialect::Sqlite, _) => scalar,
        (_, AttributeType::Integer | AttributeType::Decimal | AttributeType::DateTime) => {
            scalar.cast_as("double precision")
        }
        (_, AttributeType::Boolean) => scalar.cast_as("boolean"),
        _ => dialect.by_code_point(scalar),
    }
}
