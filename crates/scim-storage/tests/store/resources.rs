//! One resource at a time.

use scim_service::store::{Draft, Kind, Naming, ResourceId, Store, StoreError, Version};
use serde_json::json;

use crate::support::{TestStore, at, draft, equals, group, matching, user};

#[tokio::test]
async fn what_is_kept_is_read_back_as_it_was() {
    let store = TestStore::new().await;
    let bjensen = user(json!({
        "userName": "bjensen", "externalId": "701984", "active": true, "name": { "familyName": "Jensen" },
    }));
    let meta = store.create(&bjensen).await;
    assert_eq!(
        (meta.version, meta.created, meta.modified),
        (Version(1), at(1), at(1))
    );

    let record = store.get(Kind::User, &meta.id).await.unwrap();
    assert_eq!(record.meta, meta);
    assert_eq!(record.document, bjensen.to_document());
    let shouted = ResourceId(meta.id.0.to_uppercase());
    assert_eq!(store.get(Kind::User, &shouted).await.unwrap().meta.id, meta.id);
    for absent in ["", "bjensen", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(store.get(Kind::User, &ResourceId(absent.to_owned())).await, None);
    }
    assert_eq!(store.get(Kind::Group, &meta.id).await, None);
}

#[tokio::test]
async fn an_update_replaces_everything_and_moves_the_version() {
    let store = TestStore::new().await;
    let before =
        user(json!({ "userName": "bjensen", "emails": [{ "value": "B@example.com", "type": "work" }] }));
    let id = store.create(&before).await.id;
    let after =
        user(json!({ "userName": "babs", "emails": [{ "value": "babs@example.com" }], "active": false }));
    let mut transaction = store.write().await;
    let meta = transaction
        .update(Kind::User, &id, Version(1), &draft(&after, 7))
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(
        (meta.version, meta.created, meta.modified),
        (Version(2), at(1), at(7))
    );
    assert_eq!(store.get(Kind::User, &id).await.unwrap().meta, meta);
    for (filter, found) in [
        (equals("userName", "BABS"), 1),
        (equals("userName", "bjensen"), 0),
        (equals("emails.value", "babs@EXAMPLE.com"), 1),
        (equals("emails.value", "b@example.com"), 0),
        (equals("active", false), 1),
    ] {
        assert_eq!(
            store.list(Kind::User, &matching(Kind::User, &filter)).await.total,
            found,
            "{filter:?}"
        );
    }
}

#[tokio::test]
async fn a_stale_version_changes_nothing() {
    let store = TestStore::new().await;
    for resource in [
        user(json!({ "userName": "bjensen" })),
        group(json!({ "displayName": "Tour Guides" })),
    ] {
        let kind = crate::support::kind_of(&resource);
        let id = store.create(&resource).await.id;
        let absent = ResourceId("00000000-0000-0000-0000-000000000000".to_owned());
        let mut transaction = store.write().await;
        for (id, version) in [(&id, Version(2)), (&id, Version(0)), (&absent, Version(1))] {
            let draft = draft(&resource, 2);
            assert!(matches!(
                transaction.update(kind, id, version, &draft).await,
                Err(StoreError::Stale)
            ));
            assert!(matches!(
                transaction.touch(kind, id, version, at(2)).await,
                Err(StoreError::Stale)
            ));
            assert!(matches!(
                transaction.delete(kind, id, version, at(2)).await,
                Err(StoreError::Stale)
            ));
        }
        let touched = transaction.touch(kind, &id, Version(1), at(9)).await.unwrap();
        assert_eq!(
            (touched.version, touched.created, touched.modified),
            (Version(2), at(1), at(9))
        );
        transaction.commit().await.unwrap();
        assert_eq!(store.get(kind, &id).await.unwrap().meta, touched);
    }
}

#[tokio::test]
async fn a_user_name_is_taken_in_every_spelling() {
    let store = TestStore::new().await;
    for (first, second) in [
        ("bjensen@example.com", "BJensen@Example.COM"),
        ("\u{c9}milie", "e\u{301}milie"),
        ("stra\u{df}e", "STRASSE"),
    ] {
        store.create_user(first).await;
        let again = store.try_create(&user(json!({ "userName": second }))).await;
        assert!(matches!(again, Err(StoreError::Taken("userName"))), "{second}");
    }
    assert_eq!(store.total(Kind::User).await, 3);
    let other = store.create_user("other").await;
    let mut transaction = store.write().await;
    let taken = user(json!({ "userName": "STRASSE" }));
    let result = transaction
        .update(Kind::User, &other, Version(1), &draft(&taken, 2))
        .await;
    assert!(matches!(result, Err(StoreError::Taken("userName"))));
}

#[tokio::test]
async fn group_names_are_unique_where_that_is_asked_for() {
    let store = TestStore::new().await;
    let mut transaction = store.write().await;
    let guides = group(json!({ "displayName": "Tour Guides" }));
    let shouted = group(json!({ "displayName": "TOUR GUIDES" }));
    let unique = |resource| Draft {
        naming: Naming::Unique,
        ..draft(resource, 1)
    };
    transaction.insert(Kind::Group, &draft(&guides, 1)).await.unwrap();
    let id = transaction
        .insert(Kind::Group, &draft(&shouted, 1))
        .await
        .unwrap()
        .id;
    transaction.insert(Kind::Group, &unique(&guides)).await.unwrap();
    transaction.commit().await.unwrap();
    let mut transaction = store.write().await;
    let again = transaction.insert(Kind::Group, &unique(&shouted)).await;
    assert!(matches!(again, Err(StoreError::Taken("displayName"))));
    drop(transaction);
    let mut transaction = store.write().await;
    let renamed = transaction
        .update(Kind::Group, &id, Version(1), &unique(&shouted))
        .await;
    assert!(matches!(renamed, Err(StoreError::Taken("displayName"))));
}

#[tokio::test]
async fn a_reading_transaction_cannot_write() {
    let store = TestStore::new().await;
    store.create_user("here").await;
    let mut transaction = store.read().await;
    let result = transaction
        .insert(Kind::User, &draft(&user(json!({ "userName": "x" })), 1))
        .await;
    assert!(matches!(result, Err(StoreError::Failed(_))));
}

#[tokio::test]
async fn connections_see_nothing_of_one_another() {
    let okta = TestStore::new().await;
    let azure = okta.seen_by("azure");
    assert_eq!(azure.total(Kind::User).await, 0);
    let theirs = okta.create_user("bjensen").await;
    let group = okta.create_group("Tour Guides").await;
    okta.add(&group, &[&theirs]).await;
    let ours = azure.create_user("BJENSEN").await;
    let our_group = azure.create_group("Tour Guides").await;

    assert_eq!(azure.get(Kind::User, &theirs).await, None);
    assert_eq!(
        (azure.total(Kind::User).await, azure.total(Kind::Group).await),
        (1, 1)
    );
    assert_eq!(azure.members(&group).await, []);
    assert_eq!(azure.add(&group, &[&ours]).await, 0);
    assert_eq!(azure.add(&our_group, &[&theirs]).await, 0);
    let mut transaction = azure.write().await;
    assert!(
        transaction
            .known_users(&[theirs.as_str()])
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        transaction
            .memberships(std::slice::from_ref(&theirs))
            .await
            .unwrap(),
        []
    );
    let draft_of_ours = user(json!({ "userName": "mine" }));
    let update = transaction
        .update(Kind::User, &theirs, Version(1), &draft(&draft_of_ours, 1))
        .await;
    assert!(matches!(update, Err(StoreError::Stale)));
    assert!(matches!(
        transaction.delete(Kind::Group, &group, Version(1), at(1)).await,
        Err(StoreError::Stale)
    ));
    assert!(matches!(
        transaction.delete(Kind::User, &theirs, Version(1), at(1)).await,
        Err(StoreError::Stale)
    ));
    transaction.commit().await.unwrap();
    for filter in [
        equals("displayName", "tour guides"),
        equals("members", theirs.0.as_str()),
    ] {
        let page = azure.list(Kind::Group, &matching(Kind::Group, &filter)).await;
        assert!(
            page.total <= 1 && !crate::support::ids(&page).contains(&group),
            "{filter:?}"
        );
    }
    assert_eq!(okta.members(&group).await.len(), 1);
}

#[tokio::test]
async fn the_schema_is_looked_at() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!(
        "sqlite://{}?mode=rwc",
        directory.path().join("scim.sqlite").display()
    );
    let store = scim_storage::SqlStore::connect(&url, &Default::default())
        .await
        .unwrap();
    let error = store.ready().await.unwrap_err();
    let StoreError::Unavailable(cause) = error else {
        panic!("{error}")
    };
    assert_eq!(
        cause.to_string(),
        "the database schema is behind by 1 migration (m0001_users_and_teams); run `scim-server migrate`"
    );
    store.migrate().await.unwrap();
    store.migrate().await.unwrap();
    store.ready().await.unwrap();
    assert!(
        scim_storage::SqlStore::connect("sqlite::memory:", &Default::default())
            .await
            .is_err()
    );
}
