//! Work that nobody waits for any more.

use std::time::Duration;

use scim_core::query::Selection;
use scim_service::store::Kind;
use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement, TransactionTrait as _};

use crate::support::{Engine, TestStore};

#[tokio::test(flavor = "multi_thread")]
async fn postgres_ends_a_statement_that_nobody_waits_for() {
    let store = TestStore::new(Engine::Postgres).await;
    let admin = Database::connect(&store.url).await.unwrap();
    let lock = admin.begin().await.unwrap();
    lock.execute_unprepared("LOCK TABLE users").await.unwrap();
    let mut transaction = store.read().await;
    let all = Selection {
        limit: 10,
        ..Selection::default()
    };
    let reading = transaction.list(Kind::User, &all);
    assert!(
        tokio::time::timeout(Duration::from_millis(500), reading)
            .await
            .is_err()
    );
    drop(transaction);
    let waiting = "SELECT count(*) FROM pg_stat_activity \
         WHERE datname = current_database() AND wait_event_type = 'Lock'";
    for _ in 0..200 {
        let statement = Statement::from_string(DbBackend::Postgres, waiting);
        let row = admin.query_one_raw(statement).await.unwrap().unwrap();
        if row.try_get_by_index::<i64>(0).unwrap() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("PostgreSQL still waits for the lock");
}
