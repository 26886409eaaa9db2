//! The contract of the port, on both databases.

use std::sync::Arc;

use scim_service::store::Store;

use crate::support::{Engine, TestStore};

mod sqlite {
    scim_service::contract_tests!(super::on_sqlite);
}

mod postgres {
    scim_service::contract_tests!(super::on_postgres);
}

async fn on_sqlite() -> Arc<dyn Store> {
    Arc::new(TestStore::new(Engine::Sqlite).await)
}

async fn on_postgres() -> Arc<dyn Store> {
    Arc::new(TestStore::new(Engine::Postgres).await)
}
