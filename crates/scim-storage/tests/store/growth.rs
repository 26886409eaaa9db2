//! PostgreSQL knows the size of a directory that grows.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};

use crate::support::{Engine, TestStore};

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_analyzed_while_they_grow() {
    let store = TestStore::new(Engine::Postgres).await;
    let database = Database::connect(&store.url).await.unwrap();
    // nobody else does it
    let still = "ALTER TABLE users SET (autovacuum_enabled = false)";
    database.execute_unprepared(still).await.unwrap();
    for number in 0..300 {
        store.create_user(&format!("user{number}")).await;
    }
    let known = "SELECT reltuples::bigint FROM pg_class WHERE oid = 'users'::regclass";
    for _ in 0..100 {
        let statement = Statement::from_string(DbBackend::Postgres, known);
        let row = database.query_one_raw(statement).await.unwrap().unwrap();
        let known: i64 = row.try_get_by_index(0).unwrap();
        if known >= 128 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("PostgreSQL does not know that there are users");
}
