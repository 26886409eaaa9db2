//! Connections and credentials; users, e-mails, teams and memberships; counts.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::sea_query::{
    Alias, ConditionalStatement, Expr, ExprTrait, Index, IndexCreateStatement, Table, TableCreateStatement,
};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::column::{Growth, belongs_to, boolean, json, key, key_text, number, small_number, text};

#[derive(Debug)]
pub(crate) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0001_users_and_teams"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            connections(manager),
            credentials(manager),
            users(manager),
            user_emails(manager),
            teams(manager),
            team_members(),
            resource_counts(),
        ] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "resource_counts",
            "team_members",
            "teams",
            "user_emails",
            "users",
            "credentials",
            "connections",
        ] {
            let drop = Table::drop().table(Alias::new(table)).to_owned();
            manager.drop_table(drop).await?;
        }
        Ok(())
    }
}

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(Alias::new(name)).take()
}

fn connections(manager: &SchemaManager) -> TableCreateStatement {
    let backend = manager.get_database_backend();
    table("connections")
        .col(key(backend, "id", Growth::NeverAgain))
        .col(key_text(backend, "key").not_null().unique_key())
        .col(text("profile"))
        .col(number("created_at").not_null())
        .take()
}

fn credentials(manager: &SchemaManager) -> TableCreateStatement {
    let backend = manager.get_database_backend();
    table("credentials")
        .col(key(backend, "id", Growth::NeverAgain))
        .col(number("connection_id").not_null())
        .col(key_text(backend, "hash").not_null().unique_key())
        .col(text("hint").not_null())
        .col(number("created_at").not_null())
        .col(number("expires_at"))
        .col(number("last_used_at"))
        .foreign_key(&mut belongs_to(
            "credentials",
            "connection_id",
            ("connections", "id"),
        ))
        .take()
}

fn users(manager: &SchemaManager) -> TableCreateStatement {
    let backend = manager.get_database_backend();
    table("users")
        .col(key(backend, "pk", Growth::Next))
        .col(key_text(backend, "id").not_null())
        .col(number("connection_id").not_null())
        .col(key_text(backend, "user_name_key").not_null())
        .col(key_text(backend, "external_id"))
        .col(key_text(backend, "display_name_key"))
        // the display name of a member
        .col(text("display").not_null())
        // the attribute `active` as it was sent; NULL if it was not
        .col(boolean("active"))
        .col(key_text(backend, "status").not_null())
        .col(number("created_at").not_null())
        .col(number("modified_at").not_null())
        .col(number("deleted_at"))
        .col(number("version").not_null())
        .col(text("document").not_null())
        .col(json(backend, "comparable").not_null())
        .foreign_key(&mut belongs_to("users", "connection_id", ("connections", "id")))
        .take()
}

fn user_emails(manager: &SchemaManager) -> TableCreateStatement {
    let backend = manager.get_database_backend();
    table("user_emails")
        .col(number("user_pk").not_null())
        .col(small_number("position").not_null())
        .col(number("connection_id").not_null())
        .col(key_text(backend, "value"))
        .col(key_text(backend, "kind"))
        .primary_key(&mut primary(["user_pk", "position"]))
        .foreign_key(&mut belongs_to("user_emails", "user_pk", ("users", "pk")))
        .take()
}

fn teams(manager: &SchemaManager) -> TableCreateStatement {
    let backend = manager.get_database_backend();
    table("teams")
        .col(key(backend, "pk", Growth::Next))
        .col(key_text(backend, "id").not_null())
        .col(number("connection_id").not_null())
        .col(key_text(backend, "display_name_key"))
        // set if the name must be unique
        .col(key_text(backend, "unique_name_key"))
        .col(key_text(backend, "external_id"))
        .col(text("display").not_null())
        .col(number("created_at").not_null())
        .col(number("modified_at").not_null())
        .col(number("version").not_null())
        .col(text("document").not_null())
        .col(json(backend, "comparable").not_null())
        .foreign_key(&mut belongs_to("teams", "connection_id", ("connections", "id")))
        .take()
}

fn team_members() -> TableCreateStatement {
    table("team_members")
        .col(number("team_pk").not_null())
        .col(number("member_pk").not_null())
        .primary_key(&mut primary(["team_pk", "member_pk"]))
        .foreign_key(&mut belongs_to("team_members", "team_pk", ("teams", "pk")))
        .foreign_key(&mut belongs_to("team_members", "member_pk", ("users", "pk")))
        .take()
}

/// Counts in sixteen rows for each kind of resource, so that concurrent transactions do not wait for each other.
fn resource_counts() -> TableCreateStatement {
    table("resource_counts")
        .col(number("connection_id").not_null())
        .col(small_number("kind").not_null())
        .col(small_number("shard").not_null())
        .col(number("live").not_null())
        .primary_key(&mut primary(["connection_id", "kind", "shard"]))
        .foreign_key(&mut belongs_to(
            "resource_counts",
            "connection_id",
            ("connections", "id"),
        ))
        .take()
}

fn primary<const N: usize>(columns: [&'static str; N]) -> IndexCreateStatement {
    let mut index = Index::create().primary().take();
    for column in columns {
        index.col(Alias::new(column));
    }
    index
}

fn index<const N: usize>(
    name: &'static str,
    table: &'static str,
    columns: [&'static str; N],
) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(Alias::new(table)).take();
    for column in columns {
        index.col(Alias::new(column));
    }
    index
}

fn indexes() -> Vec<IndexCreateStatement> {
    let live = || Expr::col(Alias::new("deleted_at")).is_null();
    let deleted = || Expr::col(Alias::new("deleted_at")).is_not_null();
    vec![
        // the connection first: every statement that looks for an id has it
        index("users_id", "users", ["connection_id", "id"])
            .unique()
            .take(),
        index("teams_id", "teams", ["connection_id", "id"])
            .unique()
            .take(),
        index("credentials_connection", "credentials", ["connection_id"]),
        index("users_name", "users", ["connection_id", "user_name_key"])
            .unique()
            .and_where(live())
            .take(),
        index("users_external_id", "users", ["connection_id", "external_id"])
            .and_where(live())
            .take(),
        index(
            "users_display_name",
            "users",
            ["connection_id", "display_name_key"],
        )
        .and_where(live())
        .take(),
        index("users_created", "users", ["connection_id", "pk"])
            .and_where(live())
            .take(),
        index(
            "users_deleted_name",
            "users",
            ["connection_id", "user_name_key", "deleted_at"],
        )
        .and_where(deleted())
        .take(),
        index("users_purge", "users", ["deleted_at"])
            .and_where(deleted())
            .take(),
        index("user_emails_value", "user_emails", ["connection_id", "value"]),
        index("teams_unique_name", "teams", ["connection_id", "unique_name_key"])
            .unique()
            .take(),
        index(
            "teams_display_name",
            "teams",
            ["connection_id", "display_name_key"],
        ),
        index("teams_external_id", "teams", ["connection_id", "external_id"]),
        index("teams_created", "teams", ["connection_id", "pk"]),
        index("team_members_member", "team_members", ["member_pk"]),
    ]
}
