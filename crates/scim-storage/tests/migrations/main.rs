//! The schema moves forward: from nothing, from every step that was released, and never half way.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests may stop at the first surprise"
)]

mod database;
mod fixtures;

use std::time::Duration;

use database::{Engine, Fresh, on_each_database};
use scim_service::store::{Store, StoreError};
use scim_storage::{SchemaState, SqlStore};
use sea_orm::{ConnectionTrait, TransactionTrait};

on_each_database! {
    four_who_migrate_at_once_do_not_collide,
    a_migration_that_fails_half_way_leaves_nothing,
    a_migration_that_is_broken_off_leaves_nothing,
    a_newer_schema_is_served_and_not_migrated,
    a_schema_that_is_behind_is_named,
}

async fn four_who_migrate_at_once_do_not_collide(fresh: Fresh) {
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let store = fresh.store().await;
        tasks.push(tokio::spawn(async move {
            store.migrate().await.unwrap();
            store.schema_state().await.unwrap()
        }));
    }
    for task in tasks {
        assert_eq!(task.await.unwrap(), SchemaState::Current);
    }
    let steps = fresh.numbers("SELECT count(*) FROM seaql_migrations").await;
    let different = fresh
        .numbers("SELECT count(DISTINCT version) FROM seaql_migrations")
        .await;
    assert_eq!(steps, different);
}

async fn a_migration_that_fails_half_way_leaves_nothing(fresh: Fresh) {
    // in the way of the last table but one
    fresh.run("CREATE TABLE team_members (x INT)").await;
    let store = fresh.store().await;
    store.migrate().await.unwrap_err();
    assert_eq!(fresh.tables().await, ["team_members"]);
    assert!(matches!(
        store.schema_state().await.unwrap(),
        SchemaState::Behind(_)
    ));
    fresh.run("DROP TABLE team_members").await;
    store.migrate().await.unwrap();
    store.ready().await.unwrap();
}

async fn a_migration_that_is_broken_off_leaves_nothing(fresh: Fresh) {
    let store = fresh.store().await;
    for millis in 0..25 {
        // somewhere between the first statement and the last
        let begun = store.migrate();
        drop(tokio::time::timeout(Duration::from_millis(2 * millis), begun).await);
        let tables = fresh.tables().await;
        let complete = tables.iter().any(|table| table == "resource_counts");
        assert!(tables.is_empty() || complete, "{tables:?}");
    }
    store.migrate().await.unwrap();
    store.ready().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_whose_connection_is_killed_leaves_nothing() {
    let fresh = Fresh::new(Engine::Postgres).await;
    let store = fresh.store().await;
    // half way it waits for whoever makes a table of the same name
    let other = fresh.open().await;
    let in_the_way = other.begin().await.unwrap();
    in_the_way
        .execute_unprepared("CREATE TABLE team_members (x INT)")
        .await
        .unwrap();
    let migration = tokio::spawn({
        let store = store.clone();
        async move { store.migrate().await }
    });
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while fresh.numbers(kill).await == [0] {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    migration.await.unwrap().unwrap_err();
    in_the_way.rollback().await.unwrap();
    assert!(fresh.tables().await.is_empty());
    store.migrate().await.unwrap();
    store.ready().await.unwrap();
}

/// Whoever serves already goes on: a migration only adds. Whoever starts does not.
async fn a_newer_schema_is_served_and_not_migrated(fresh: Fresh) {
    let store = fresh.store().await;
    store.migrate().await.unwrap();
    fresh
        .run("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 1)")
        .await;
    let ahead = store.schema_state().await.unwrap();
    assert_eq!(ahead, SchemaState::Ahead(vec!["m9999_later".to_owned()]));
    store.ready().await.unwrap();
    let refused = store.migrate().await.unwrap_err();
    assert!(matches!(refused, StoreError::Failed(_)), "{refused:?}");
    assert_eq!(store.schema_state().await.unwrap(), ahead);
}

async fn a_schema_that_is_behind_is_named(fresh: Fresh) {
    let store = fresh.store().await;
    let error = ready_error(&store).await;
    assert!(error.starts_with("the database schema is behind by"), "{error}");
    assert!(error.contains("m0001_users_and_teams"), "{error}");
    assert!(error.ends_with("run `scim-server migrate`"), "{error}");
    store.migrate().await.unwrap();
    store.migrate().await.unwrap();
}

async fn ready_error(store: &SqlStore) -> String {
    match store.ready().await.unwrap_err() {
        StoreError::Unavailable(cause) => cause.to_string(),
        error => panic!("{error}"),
    }
}
