//! Users who are deleted, and removed for good.

use std::time::Duration;

use scim_service::store::{Kind, Version};
use sea_orm::{ConnectionTrait as _, Database, TransactionTrait as _};

use crate::support::{Engine, TestStore, at, on_each_database};

on_each_database! { purging_takes_those_deleted_before }

async fn purging_takes_those_deleted_before(engine: Engine) {
    let store = TestStore::new(engine).await;
    let early = store.create_user("early").await;
    let late = store.create_user("late").await;
    store.create_user("here").await;
    store.delete(Kind::User, &early).await;
    let mut transaction = store.write().await;
    transaction
        .delete(Kind::User, &late, Version::FIRST, at(1000))
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(store.store.purge_deleted(at(500)).await.unwrap(), 0);
    assert_eq!(store.store.purge_deleted(at(501)).await.unwrap(), 1);
    let mut transaction = store.read().await;
    assert_eq!(transaction.account("early").await.unwrap(), None);
    assert!(transaction.account("late").await.unwrap().is_some());
    assert_eq!(store.total(Kind::User).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_is_restored_while_others_are_purged_stays() {
    let store = TestStore::new(Engine::Postgres).await;
    let user = store.create_user("bjensen").await;
    store.delete(Kind::User, &user).await;
    let admin = Database::connect(&store.url).await.unwrap();
    let restoring = admin.begin().await.unwrap();
    let restore = "UPDATE users SET status = 'active', deleted_at = NULL";
    restoring.execute_unprepared(restore).await.unwrap();
    let purging = store.store.clone();
    let purging = tokio::spawn(async move { purging.purge_deleted(at(1000)).await });
    // the purge has found the user by now, and waits for the row
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!purging.is_finished());
    restoring.commit().await.unwrap();
    assert_eq!(purging.await.unwrap().unwrap(), 0);
    assert!(store.get(Kind::User, &user).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn deletions_and_changes_of_members_do_not_wait_for_each_other() {
    let store = TestStore::new(Engine::Postgres).await;
    let mut teams = Vec::new();
    for name in ["Tour Guides", "Drivers", "Cooks"] {
        teams.push(store.create_group(name).await);
    }
    let mut users = Vec::new();
    for number in 0..40 {
        users.push(store.create_user(&format!("user{number}")).await);
    }
    let (leaving, staying) = users.split_at(20);
    for team in &teams {
        store.add(team, &leaving.iter().collect::<Vec<_>>()).await;
    }
    // a deadlock would be a panic: it is `StoreError::Stale`
    let delete = async |half: usize| {
        for user in leaving.iter().skip(half).step_by(2) {
            store.delete(Kind::User, user).await;
        }
    };
    let change = async |from: usize| {
        for user in staying.iter().chain(leaving) {
            let team = &teams[from];
            let mut transaction = store.write().await;
            transaction.get(Kind::Group, team).await.unwrap();
            let known = transaction.known_users(&[user.as_str()]).await.unwrap();
            let mut delta = scim_core::membership::MembershipDelta::default();
            delta.add(known);
            transaction.change_members(team, &delta).await.unwrap();
            transaction.commit().await.unwrap();
        }
    };
    tokio::join!(delete(0), change(2), delete(1), change(1), change(0));
    assert_eq!(store.members(&teams[0]).await.len(), staying.len());
}
