//! The query plan of a statement, and whether it uses an index.

use sea_orm::{DbBackend, Statement, StatementBuilder};

use crate::SqlStore;
use crate::database::Weight;
use crate::dialect::Dialect;
use scim_service::store::Access;

const TABLES: [&str; 5] = ["users", "teams", "team_members", "user_emails", "resources"];

/// An `EXPLAIN` of a statement.
struct Explained(Statement);

impl StatementBuilder for Explained {
    fn build(&self, _: &DbBackend) -> Statement {
        self.0.clone()
    }
}

/// Returns the query plan of a statement, one line for each step.
pub(super) async fn plan(store: &SqlStore, statement: &impl StatementBuilder) -> Vec<String> {
    let (backend, explain, column) = match store.database.dialect {
        Dialect::Sqlite => (DbBackend::Sqlite, "EXPLAIN QUERY PLAN", 3),
        Dialect::Postgres => (DbBackend::Postgres, "EXPLAIN", 0),
    };
    let statement = statement.build(&backend);
    let explained = Explained(Statement {
        sql: format!("{explain} {}", statement.sql),
        ..statement
    });
    let mut session = store.database.begin(Access::Read).await.unwrap();
    session
        .all(&explained, Weight::Light, move |row| row.text(column))
        .await
        .unwrap()
}

/// Whether a step reads a whole table, or all rows of a connection.
pub(super) fn walks(dialect: Dialect, plan: &[String]) -> bool {
    match dialect {
        Dialect::Sqlite => plan.iter().any(|step| {
            let scans = |table: &&str| {
                step.strip_prefix("SCAN ")
                    .is_some_and(|rest| rest.split(' ').next() == Some(table))
            };
            let all = ["(connection_id=?)", "(connection_id=? AND kind=?)"];
            TABLES.iter().any(scans) || all.iter().any(|all| step.ends_with(all))
        }),
        Dialect::Postgres => plan.iter().enumerate().any(|(number, step)| {
            let reads = TABLES.iter().any(|table| {
                step.contains(&format!(" on {table} ")) || step.contains(&format!(" on {table}_"))
            }) || step.contains("Bitmap Index Scan");
            if step.contains("Seq Scan") {
                return reads;
            }
            if !reads || !step.contains("Index") {
                return false;
            }
            let condition = plan
                .get(number + 1)
                .and_then(|next| next.trim().strip_prefix("Index Cond: "));
            condition.is_none_or(is_all_of_a_connection)
        }),
    }
}

/// Whether an index condition is `(connection_id = '1'::bigint)`, with nothing else except the name of a resource type.
fn is_all_of_a_connection(condition: &str) -> bool {
    condition.contains("connection_id =")
        && condition
            .split(" AND ")
            .all(|part| part.contains("connection_id =") || part.contains("kind ="))
}

/// Whether a step sorts rows. Sorting ties within an index order (`Incremental Sort`) does not count.
pub(super) fn sorts(plan: &[String]) -> bool {
    plan.iter().any(|step| {
        step.contains("TEMP B-TREE") || step.trim_start_matches([' ', '-', '>']).starts_with("Sort  (")
    })
}
