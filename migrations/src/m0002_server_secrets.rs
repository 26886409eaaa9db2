//! Secrets that all processes share.

use sea_orm_migration::async_trait::async_trait;
use sea_orm_migration::sea_orm::DbErr;
use sea_orm_migration::sea_query::{Alias, Table};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::column::{key_text, text};

/// The name of the table.
const SECRETS: &str = "server_secrets";

#[derive(Debug)]
pub(crate) struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0002_server_secrets"
    }
}

#[async_trait]
impl MigrationTrait for Step {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let secrets = Table::create()
            .table(Alias::new(SECRETS))
            .col(key_text(backend, "name").not_null().primary_key())
            .col(text("secret").not_null())
            .take();
        manager.create_table(secrets).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(Alias::new(SECRETS)).to_owned())
            .await
    }
}
