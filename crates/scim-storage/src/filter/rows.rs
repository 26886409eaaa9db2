//! Rows with the values of a multi-valued attribute.

use scim_core::schema::AttributeRef;
use scim_service::store::{Kind, StoreError};
use sea_orm::DynIden;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, FunctionCall, IntoIden, Order, Query, SelectStatement};

use super::Translation;
use super::place::{Scope, container_path};
use crate::dialect::{Form, scalar};
use crate::table::{self, Column, TEAMS, TeamMembers, USERS, UserEmails, column};

/// The rows with the values of an attribute of the outer row.
#[derive(Debug, Clone)]
pub(crate) struct Elements {
    pub(super) scope: Scope,
    rows: Rows,
}

#[derive(Debug, Clone)]
enum Rows {
    /// Rows of a table. The query selects the keys of the outer resources.
    Table {
        outside: &'static str,
        keys: Box<SelectStatement>,
    },
    /// The elements of a JSON list of the outer row.
    Json { list: FunctionCall, alias: DynIden },
}

impl Elements {
    /// The condition that at least one row matches.
    pub(super) fn any(self, condition: Expr) -> Expr {
        match self.rows {
            Rows::Table { outside, mut keys } => {
                keys.and_where(condition);
                column(outside, Column::Pk).in_subquery(*keys)
            }
            Rows::Json { list, alias } => {
                let rows = Query::select()
                    .expr(Expr::cust("1"))
                    .from_function(list, alias)
                    .and_where(condition)
                    .take();
                Expr::exists(rows)
            }
        }
    }

    /// Returns the value of the first row of a table, as the sort key of the outer resources.
    pub(crate) fn first(self, value: Expr, order: Expr) -> Option<Expr> {
        match self.rows {
            Rows::Table { outside, mut keys } => {
                let key = match self.scope {
                    Scope::Groups => Expr::col((TeamMembers::Table, TeamMembers::MemberPk)),
                    _ => Expr::col((TeamMembers::Table, TeamMembers::TeamPk)),
                };
                keys.clear_selects()
                    .expr(value)
                    .and_where(key.eq(column(outside, Column::Pk)))
                    .order_by_expr(order, Order::Asc)
                    .limit(1);
                Some(scalar(*keys))
            }
            Rows::Json { .. } => None,
        }
    }
}

impl Translation {
    /// Returns the rows of a multi-valued attribute of a resource.
    pub(super) fn elements(&self, attribute: &AttributeRef) -> Result<Elements, StoreError> {
        if attribute.is("emails", None) && self.kind == Kind::User {
            return Ok(self.emails());
        }
        match self.relation(attribute) {
            Some(elements) => Ok(elements),
            None => self.json_elements(attribute),
        }
    }

    /// Returns the rows of a multi-valued attribute of a resource, without the table of e-mails.
    pub(super) fn json_elements(&self, attribute: &AttributeRef) -> Result<Elements, StoreError> {
        match self.relation(attribute) {
            Some(elements) => Ok(elements),
            None => {
                let form = self.form_of(attribute);
                Ok(self.json_list(self.comparable(), &container_path(attribute)?, 0, form))
            }
        }
    }

    fn emails(&self) -> Elements {
        let keys = Query::select()
            .column((UserEmails::Table, UserEmails::UserPk))
            .from(UserEmails::Table)
            .and_where(Expr::col((UserEmails::Table, UserEmails::ConnectionId)).eq(self.connection))
            .take();
        Elements {
            scope: Scope::Emails,
            rows: Rows::Table {
                outside: USERS,
                keys: Box::new(keys),
            },
        }
    }

    /// Returns the members of a group or the groups of a user; `None` for other attributes.
    pub(crate) fn relation(&self, attribute: &AttributeRef) -> Option<Elements> {
        let (scope, outside, inside, own, other) = match (self.kind, attribute.core_name()) {
            (Kind::User, Some("groups")) => (
                Scope::Groups,
                USERS,
                TEAMS,
                TeamMembers::MemberPk,
                TeamMembers::TeamPk,
            ),
            (Kind::Group, Some("members")) => (
                Scope::Members,
                TEAMS,
                USERS,
                TeamMembers::TeamPk,
                TeamMembers::MemberPk,
            ),
            _ => return None,
        };
        let keys = Query::select()
            .column((TeamMembers::Table, own))
            .from(TeamMembers::Table)
            .inner_join(
                table::name(inside),
                column(inside, Column::Pk).eq(Expr::col((TeamMembers::Table, other))),
            )
            .and_where(column(inside, Column::ConnectionId).eq(self.connection))
            .take();
        Some(Elements {
            scope,
            rows: Rows::Table {
                outside,
                keys: Box::new(keys),
            },
        })
    }

    pub(super) fn json_list(&self, json: Expr, path: &[&str], depth: u8, form: Form) -> Elements {
        Elements {
            scope: Scope::Json(depth),
            rows: Rows::Json {
                list: match form {
                    Form::Certain => self.dialect.json_elements(json, path),
                    Form::Uncertain => self.dialect.json_elements_if_list(json, path),
                },
                alias: json_alias(depth),
            },
        }
    }
}

/// Returns the alias of the elements of a JSON list.
pub(super) fn json_alias(depth: u8) -> DynIden {
    let name = if depth == 0 { "element" } else { "leaf" };
    Alias::new(name).into_iden()
}
