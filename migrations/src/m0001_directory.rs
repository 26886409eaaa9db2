//! Connections with their credentials, users, teams, and who is in which.
//!
//! Times are milliseconds since 1970. Keys are folded text, compared byte by byte on both databases. `comparable` is the
//! document as filters compare it; `document` is what is sent.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        for table in [
            connections(),
            credentials(),
            users(backend),
            user_emails(backend),
            teams(backend),
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
        let tables = [
            "resource_counts",
            "team_members",
            "teams",
            "user_emails",
            "users",
            "credentials",
            "connections",
        ];
        for table in tables {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// One identity provider's way in; the tenant of everything else.
fn connections() -> TableCreateStatement {
    Table::create()
        .table("connections")
        .col(
            ColumnDef::new("id")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
        .col(ColumnDef::new("key").text().not_null().unique_key())
        .col(ColumnDef::new("profile").text())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .to_owned()
}

/// Secrets made at run time, hashed. Several may be valid at once.
fn credentials() -> TableCreateStatement {
    Table::create()
        .table("credentials")
        .col(
            ColumnDef::new("id")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .col(ColumnDef::new("hash").text().not_null().unique_key())
        .col(ColumnDef::new("hint").text().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("expires_at").big_integer())
        .col(ColumnDef::new("last_used_at").big_integer())
        .foreign_key(&mut cascade("credentials", "connection_id", "connections", "id"))
        .to_owned()
}

fn users(backend: DbBackend) -> TableCreateStatement {
    Table::create()
        .table("users")
        .col(
            ColumnDef::new("pk")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
        .col(key(backend, "id").not_null().unique_key())
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .col(key(backend, "user_name_key").not_null())
        .col(key(backend, "external_id"))
        .col(ColumnDef::new("display").text().not_null())
        .col(key(backend, "display_key").not_null())
        .col(ColumnDef::new("active").boolean().not_null())
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("modified_at").big_integer().not_null())
        .col(ColumnDef::new("deleted_at").big_integer())
        .col(ColumnDef::new("document").text().not_null())
        .col(json(backend, "comparable"))
        .foreign_key(&mut cascade("users", "connection_id", "connections", "id"))
        .to_owned()
}

/// The e-mail addresses of users, for the lookups that identity providers send.
fn user_emails(backend: DbBackend) -> TableCreateStatement {
    Table::create()
        .table("user_emails")
        .col(ColumnDef::new("user_pk").big_integer().not_null())
        .col(ColumnDef::new("position").integer().not_null())
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .col(key(backend, "value_key"))
        .col(key(backend, "type_key"))
        .primary_key(Index::create().col("user_pk").col("position"))
        .foreign_key(&mut cascade("user_emails", "user_pk", "users", "pk"))
        .to_owned()
}

fn teams(backend: DbBackend) -> TableCreateStatement {
    Table::create()
        .table("teams")
        .col(
            ColumnDef::new("pk")
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
        .col(key(backend, "id").not_null().unique_key())
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .col(ColumnDef::new("display").text().not_null())
        .col(key(backend, "display_key").not_null())
        // set where the connection wants every name once
        .col(key(backend, "unique_name_key"))
        .col(key(backend, "external_id"))
        .col(ColumnDef::new("version").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("modified_at").big_integer().not_null())
        .col(ColumnDef::new("document").text().not_null())
        .col(json(backend, "comparable"))
        .foreign_key(&mut cascade("teams", "connection_id", "connections", "id"))
        .to_owned()
}

fn team_members() -> TableCreateStatement {
    Table::create()
        .table("team_members")
        .col(ColumnDef::new("team_pk").big_integer().not_null())
        .col(ColumnDef::new("member_pk").big_integer().not_null())
        .primary_key(Index::create().col("team_pk").col("member_pk"))
        .foreign_key(&mut cascade("team_members", "team_pk", "teams", "pk"))
        .foreign_key(&mut cascade("team_members", "member_pk", "users", "pk"))
        .to_owned()
}

/// How many users and teams a connection has: kept, so that a total need not be counted. In shards, so that concurrent
/// writers do not queue on one row.
fn resource_counts() -> TableCreateStatement {
    Table::create()
        .table("resource_counts")
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .col(ColumnDef::new("kind").text().not_null())
        .col(ColumnDef::new("shard").integer().not_null())
        .col(ColumnDef::new("live").big_integer().not_null())
        .primary_key(Index::create().col("connection_id").col("kind").col("shard"))
        .foreign_key(&mut cascade(
            "resource_counts",
            "connection_id",
            "connections",
            "id",
        ))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let live = || Expr::col("deleted_at").is_null();
    let mut live_names = index("users", "users_live_name", &["connection_id", "user_name_key"]);
    let mut live_order = index("users", "users_live_order", &["connection_id", "pk"]);
    let mut external_ids = index("users", "users_external_id", &["connection_id", "external_id"]);
    let mut deleted_names = index(
        "users",
        "users_deleted_name",
        &["connection_id", "user_name_key", "deleted_at"],
    );
    let mut deleted = index("users", "users_deleted", &["deleted_at"]);
    let mut unique_names = index(
        "teams",
        "teams_unique_name",
        &["connection_id", "unique_name_key"],
    );
    vec![
        live_names.unique().and_where(live()).to_owned(),
        live_order.and_where(live()).to_owned(),
        external_ids.and_where(live()).to_owned(),
        deleted_names
            .and_where(Expr::col("deleted_at").is_not_null())
            .to_owned(),
        deleted
            .and_where(Expr::col("deleted_at").is_not_null())
            .to_owned(),
        index(
            "user_emails",
            "user_emails_value",
            &["connection_id", "value_key"],
        ),
        unique_names.unique().to_owned(),
        index("teams", "teams_order", &["connection_id", "pk"]),
        index("teams", "teams_display", &["connection_id", "display_key"]),
        index("teams", "teams_external_id", &["connection_id", "external_id"]),
        index("team_members", "team_members_member", &["member_pk"]),
        index("credentials", "credentials_connection", &["connection_id"]),
    ]
}

fn index(table: &'static str, name: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.table(table).name(name);
    for column in columns {
        index.col(*column);
    }
    index
}

/// Text that is compared byte by byte, whatever language the database speaks.
fn key(backend: DbBackend, name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    column.text();
    if backend == DbBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

fn json(backend: DbBackend, name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    match backend {
        DbBackend::Postgres => column.json_binary(),
        _ => column.text(),
    };
    column.not_null().to_owned()
}

fn cascade(
    table: &'static str,
    column: &'static str,
    to: &'static str,
    key: &'static str,
) -> ForeignKeyCreateStatement {
    let mut foreign_key = ForeignKey::create();
    foreign_key
        .from(table, column)
        .to(to, key)
        .on_delete(ForeignKeyAction::Cascade);
    foreign_key
}
