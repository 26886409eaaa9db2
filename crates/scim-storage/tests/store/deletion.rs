//! Users who were deleted and are removed for good.

use scim_service::store::{Kind, Version};

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
