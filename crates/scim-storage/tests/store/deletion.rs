//! Users who were deleted, and what was never committed.

use scim_service::store::{AccountState, Kind, StoreError, Version};
use serde_json::json;

use crate::support::{TestStore, at, draft, equals, matching, user};

#[tokio::test]
async fn a_deleted_user_is_out_of_sight_until_restored() {
    let store = TestStore::new().await;
    let bjensen = user(json!({ "userName": "bjensen", "emails": [{ "value": "b@example.com" }] }));
    let id = store.create(&bjensen).await.id;
    let guides = store.create_group("Tour Guides").await;
    store.add(&guides, &[&id]).await;
    store.delete(Kind::User, &id).await;

    assert_eq!(store.get(Kind::User, &id).await, None);
    assert_eq!(store.total(Kind::User).await, 0);
    assert_eq!(store.members(&guides).await, []);
    for filter in [
        equals("userName", "bjensen"),
        equals("emails.value", "b@example.com"),
        equals("id", id.0.as_str()),
    ] {
        assert_eq!(
            store.list(Kind::User, &matching(Kind::User, &filter)).await.total,
            0
        );
    }
    let mut transaction = store.write().await;
    assert!(transaction.known_users(&[id.as_str()]).await.unwrap().is_empty());
    let account = transaction.account("BJENSEN").await.unwrap().unwrap();
    assert_eq!((account.id, account.state), (id.clone(), AccountState::Deleted));
    let stale = transaction.delete(Kind::User, &id, Version(2), at(2)).await;
    assert!(matches!(stale, Err(StoreError::Stale)));
    let meta = transaction.restore(&id, &draft(&bjensen, 9)).await.unwrap();
    assert_eq!(
        (meta.version, meta.created, meta.modified),
        (Version(3), at(1), at(9))
    );
    assert!(matches!(
        transaction.restore(&id, &draft(&bjensen, 9)).await,
        Err(StoreError::Stale)
    ));
    transaction.commit().await.unwrap();
    assert_eq!(store.get(Kind::User, &id).await.unwrap().meta, meta);
    assert_eq!(store.total(Kind::User).await, 1);
    let by_mail = matching(Kind::User, &equals("emails", "b@example.com"));
    assert_eq!(store.list(Kind::User, &by_mail).await.total, 1);
    assert_eq!(store.members(&guides).await, []);
}

#[tokio::test]
async fn the_account_of_a_name_is_the_one_that_is_there_or_was_last() {
    let store = TestStore::new().await;
    let first = store.create_user("bjensen").await;
    store.delete(Kind::User, &first).await;
    let second = store.create_user("BJensen").await;
    let mut transaction = store.write().await;
    transaction
        .delete(Kind::User, &second, Version(1), at(900))
        .await
        .unwrap();
    let account = transaction.account("bjensen").await.unwrap().unwrap();
    assert_eq!(
        (account.id, account.state),
        (second.clone(), AccountState::Deleted)
    );
    let inactive = user(json!({ "userName": "bjensen", "active": false }));
    let third = transaction
        .insert(Kind::User, &draft(&inactive, 1))
        .await
        .unwrap()
        .id;
    let account = transaction.account("bjensen").await.unwrap().unwrap();
    assert_eq!((account.id, account.state), (third, AccountState::Inactive));
    assert_eq!(transaction.account("jsmith").await.unwrap(), None);
    let taken = transaction.restore(&second, &draft(&inactive, 2)).await;
    assert!(matches!(taken, Err(StoreError::Taken("userName"))));
}

#[tokio::test]
async fn purging_takes_those_deleted_before() {
    let store = TestStore::new().await;
    let early = store.create_user("early").await;
    let late = store.create_user("late").await;
    store.create_user("here").await;
    store.delete(Kind::User, &early).await;
    let mut transaction = store.write().await;
    transaction
        .delete(Kind::User, &late, Version(1), at(1000))
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

#[tokio::test]
async fn what_is_not_committed_leaves_no_trace() {
    let store = TestStore::new().await;
    let guides = store.create_group("Tour Guides").await;
    let here = store.create_user("here").await;
    let mut transaction = store.write().await;
    transaction
        .insert(Kind::User, &draft(&user(json!({ "userName": "gone" })), 1))
        .await
        .unwrap();
    transaction
        .delete(Kind::Group, &guides, Version(1), at(2))
        .await
        .unwrap();
    transaction
        .delete(Kind::User, &here, Version(1), at(2))
        .await
        .unwrap();
    drop(transaction);
    assert_eq!(
        (store.total(Kind::User).await, store.total(Kind::Group).await),
        (1, 1)
    );
    assert!(store.get(Kind::Group, &guides).await.is_some());
    store.create_user("gone").await;
    store.delete(Kind::Group, &guides).await;
    assert_eq!(
        (store.total(Kind::User).await, store.total(Kind::Group).await),
        (2, 0)
    );
}
