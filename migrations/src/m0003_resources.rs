//! Resources of custom types, with their unique values and counts.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::sea_query::{Alias, Index, IndexCreateStatement, Table, TableCreateStatement};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::column::{Growth, belongs_to, json, key, key_text, number, small_number, text};

#[derive(Debug)]
pub(crate) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0003_resources"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [resources(manager), unique_values(manager), counts(manager)] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["resource_type_counts", "resource_unique_values", "resources"] {
            let drop = Table::drop().table(Alias::new(table)).to_owned();
            manager.drop_table(drop).await?;
        }
        Ok(())
    }
}

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(Alias::new(name)).take()
}

fn resources(manager: &SchemaManager) -> TableCreateStatement {
    let backend = manager.get_database_backend();
    table("resources")
        .col(key(backend, "pk", Growth::Next))
        .col(key_text(backend, "id").not_null())
        .col(number("connection_id").not_null())
        // the name of the resource type
        .col(key_text(backend, "kind").not_null())
        .col(key_text(backend, "external_id"))
        .col(number("created_at").not_null())
        .col(number("modified_at").not_null())
        .col(number("version").not_null())
        .col(text("document").not_null())
        .col(json(backend, "comparable").not_null())
        .foreign_key(&mut belongs_to(
            "resources",
            "connection_id",
            ("connections", "id"),
        ))
        .take()
}

/// One row for each value that must be unique among the resources of a type.
fn unique_values(manager: &SchemaManager) -> TableCreateStatement {
    let backend = manager.get_database_backend();
    table("resource_unique_values")
        .col(number("connection_id").not_null())
        .col(key_text(backend, "kind").not_null())
        .col(key_text(backend, "attribute").not_null())
        .col(key_text(backend, "value").not_null())
        .col(number("resource_pk").not_null())
        .primary_key(&mut primary(["connection_id", "kind", "attribute", "value"]))
        .foreign_key(&mut belongs_to(
            "resource_unique_values",
            "resource_pk",
            ("resources", "pk"),
        ))
        .take()
}

/// Counts in sixteen rows for each type, as for users and teams.
fn counts(manager: &SchemaManager) -> TableCreateStatement {
    let backend = manager.get_database_backend();
    table("resource_type_counts")
        .col(number("connection_id").not_null())
        .col(key_text(backend, "kind").not_null())
        .col(small_number("shard").not_null())
        .col(number("live").not_null())
        .primary_key(&mut primary(["connection_id", "kind", "shard"]))
        .foreign_key(&mut belongs_to(
            "resource_type_counts",
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
    vec![
        index("resources_id", "resources", ["connection_id", "kind", "id"])
            .unique()
            .take(),
        index(
            "resources_external_id",
            "resources",
            ["connection_id", "kind", "external_id"],
        ),
        index("resources_created", "resources", ["connection_id", "kind", "pk"]),
        index(
            "resource_unique_values_resource",
            "resource_unique_values",
            ["resource_pk"],
        ),
    ]
}
