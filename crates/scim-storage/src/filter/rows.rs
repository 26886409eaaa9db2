//! The values of a multi-valued attribute as rows.

use scim_core::schema::AttributeRef;
use scim_service::store::{Kind, StoreError};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use super::{Scope, Translator};

/// Rows that stand for the values of an attribute, and how a resource is tied to them.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub(super) scope: Scope,
    select: SelectStatement,
    tie: Tie,
}

/// How a resource is tied to the rows of its values.
#[derive(Debug, Clone)]
enum Tie {
    /// The rows are made from the resource: `EXISTS (SELECT …)`.
    Exists,
    /// The rows name the resource: `key IN (SELECT …)`. Starts from an index on the value.
    Key(Expr),
}

impl Rows {
    /// The rows of a multi-valued attribute. E-mail addresses have a table of their own for `value` and `type`.
    pub(super) fn of(
        translator: &Translator,
        attribute: &AttributeRef,
        subs: &mut dyn Iterator<Item = &str>,
    ) -> Result<Self, StoreError> {
        match (translator.kind, attribute.core_name()) {
            (Kind::User, Some("groups")) => Ok(Self::teams_of_user(translator)),
            (Kind::Group, Some("members")) => Ok(Self::members_of_team(translator)),
            (Kind::User, Some("emails")) if only_value_and_type(subs) => Ok(Self::emails(translator)),
            _ => Ok(Self::json(translator, attribute)),
        }
    }

    /// Whether one row meets a condition; without one, whether there is a row.
    pub(super) fn any(&self, condition: Option<Expr>) -> Expr {
        let mut select = self.select.clone();
        if let Some(condition) = condition {
            select.and_where(condition);
        }
        match &self.tie {
            Tie::Exists => Expr::exists(select),
            Tie::Key(key) => key.clone().in_subquery(select),
        }
    }

    fn json(translator: &Translator, attribute: &AttributeRef) -> Self {
        let path = super::leaf::path(attribute, false);
        let json = Expr::col((super::leaf::table(translator.kind), "comparable"));
        Self {
            scope: Scope::Element,
            select: translator.dialect.json_elements(json, &path),
            tie: Tie::Exists,
        }
    }

    fn emails(translator: &Translator) -> Self {
        let select = Query::select()
            .column(("user_emails", "user_pk"))
            .from("user_emails")
            .and_where(Expr::col(("user_emails", "connection_id")).eq(translator.connection))
            .to_owned();
        Self {
            scope: Scope::Email,
            select,
            tie: Tie::Key(Expr::col(("users", "pk"))),
        }
    }

    fn teams_of_user(translator: &Translator) -> Self {
        let select = Query::select()
            .column(("team_members", "member_pk"))
            .from("team_members")
            .inner_join(
                "teams",
                Expr::col(("teams", "pk")).equals(("team_members", "team_pk")),
            )
            .and_where(Expr::col(("teams", "connection_id")).eq(translator.connection))
            .to_owned();
        Self {
            scope: Scope::TeamOfUser,
            select,
            tie: Tie::Key(Expr::col(("users", "pk"))),
        }
    }

    fn members_of_team(translator: &Translator) -> Self {
        let select = Query::select()
            .column(("team_members", "team_pk"))
            .from("team_members")
            .inner_join(
                "users",
                Expr::col(("users", "pk")).equals(("team_members", "member_pk")),
            )
            .and_where(Expr::col(("users", "connection_id")).eq(translator.connection))
            .to_owned();
        Self {
            scope: Scope::MemberOfTeam,
            select,
            tie: Tie::Key(Expr::col(("teams", "pk"))),
        }
    }
}

fn only_value_and_type(subs: &mut dyn Iterator<Item = &str>) -> bool {
    let mut any = false;
    subs.inspect(|_| any = true)
        .all(|sub| matches!(sub, "value" | "type"))
        && any
}
