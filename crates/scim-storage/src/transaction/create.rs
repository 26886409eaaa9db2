//! The statements that create a user: its row, its e-mails, and the count.

use scim_service::store::{ResourceId, StoreError};
use sea_orm::Statement;
use sea_orm::sea_query::{
    Alias, BinOper, CommonTableExpression, Expr, ExprTrait, Func, InsertStatement, Query, SelectStatement,
    WithClause, WithQuery,
};
use serde_json::json;

use super::SqlTransaction;
use super::columns::Email;
use crate::dialect::scalar;
use crate::table::{self, Column, USERS, UserEmails};

impl SqlTransaction {
    /// Returns the statements that create a user: a single one on PostgreSQL, several on SQLite.
    pub(super) fn creating(
        &self,
        mut user: InsertStatement,
        id: &ResourceId,
        emails: &[Email],
        count: InsertStatement,
    ) -> Result<Vec<Statement>, StoreError> {
        if self.dialect.takes_chains() {
            user.returning_col(Column::Pk);
            let chain = chained(user, count, self.connection, emails)?;
            return Ok(vec![self.session.built(&chain)]);
        }
        let pk = Query::select()
            .column(Column::Pk)
            .from(table::name(USERS))
            .and_where(Expr::col(Column::ConnectionId).eq(self.connection))
            .and_where(Expr::col(Column::Id).eq(id.as_str()))
            .take();
        let rows: Vec<_> = (0_i32..)
            .zip(emails)
            .map(|(position, email)| (scalar(pk.clone()), position, email.clone()))
            .collect();
        let mut statements = vec![self.session.built(&user)];
        for insert in self.inserting_emails(&rows)? {
            statements.push(self.session.built(&insert));
        }
        statements.push(self.session.built(&count));
        Ok(statements)
    }
}

/// Chains the insertions of a user, its e-mails and the count into one statement. `user` must return the key of its row.
fn chained(
    user: InsertStatement,
    count: InsertStatement,
    connection: i64,
    emails: &[Email],
) -> Result<WithQuery, StoreError> {
    let created = Alias::new("created");
    let mut chain = WithClause::new();
    for (name, statement) in [("created", user), ("counted", count)] {
        chain.cte(
            CommonTableExpression::new()
                .query(statement)
                .table_name(Alias::new(name))
                .to_owned(),
        );
    }
    let listed = Alias::new("listed");
    let member = |name: &'static str| {
        Expr::col((listed.clone(), Alias::new("value"))).binary(BinOper::Custom("->>"), Expr::val(name))
    };
    let list = Expr::val(list(emails)).cast_as(Alias::new("jsonb"));
    let rows = SelectStatement::new()
        .expr(Expr::col((created.clone(), Alias::new("pk"))))
        .expr(member("position").cast_as(Alias::new("smallint")))
        .expr(Expr::val(connection))
        .expr(member("value"))
        .expr(member("kind"))
        .from(created)
        .from_function(
            Func::cust(Alias::new("jsonb_array_elements")).arg(list),
            listed.clone(),
        )
        .take();
    let mut insert = Query::insert();
    insert
        .into_table(UserEmails::Table)
        .columns([
            UserEmails::UserPk,
            UserEmails::Position,
            UserEmails::ConnectionId,
            UserEmails::Value,
            UserEmails::Kind,
        ])
        .select_from(rows)
        .map_err(table::mismatch)?;
    Ok(insert.with(chain))
}

fn list(emails: &[Email]) -> String {
    let rows = (0_u32..)
        .zip(emails)
        .map(|(position, email)| json!({ "position": position, "value": email.value, "kind": email.kind }));
    serde_json::Value::from_iter(rows).to_string()
}
