//! Many at the same time.

use std::sync::Arc;

use scim_core::membership::MembershipDelta;
use scim_service::store::{Kind, StoreError};
use serde_json::json;

use crate::support::{TestStore, user};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_who_add_members_lose_none() {
    let store = Arc::new(TestStore::new().await);
    let group = store.create_group("Everyone").await;
    let mut tasks = Vec::new();
    for task in 0..8 {
        let (store, group) = (store.clone(), group.clone());
        tasks.push(tokio::spawn(async move {
            for number in 0..10 {
                let id = store.create_user(&format!("user{task}-{number}")).await;
                let mut transaction = store.write().await;
                let version = transaction
                    .get(Kind::Group, &group)
                    .await
                    .unwrap()
                    .unwrap()
                    .meta
                    .version;
                let mut delta = MembershipDelta::default();
                delta.add([id.0]);
                assert_eq!(transaction.change_members(&group, &delta).await.unwrap(), 1);
                transaction
                    .touch(Kind::Group, &group, version, crate::support::at(2))
                    .await
                    .unwrap();
                transaction.commit().await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(store.members(&group).await.len(), 80);
    assert_eq!(store.total(Kind::User).await, 80);
    assert_eq!(store.get(Kind::Group, &group).await.unwrap().meta.version.0, 81);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_sixteen_gets_the_name() {
    let store = Arc::new(TestStore::new().await);
    let tasks: Vec<_> = (0..16)
        .map(|number| {
            let store = store.clone();
            let name = if number % 2 == 0 {
                "\u{c9}milie"
            } else {
                "e\u{301}MILIE"
            };
            tokio::spawn(async move { store.try_create(&user(json!({ "userName": name }))).await })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => winners += 1,
            Err(StoreError::Taken("userName")) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!((winners, store.total(Kind::User).await), (1, 1));
}
