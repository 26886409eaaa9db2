//! Identity providers and their credentials.

use scim_core::time::Timestamp;
use scim_service::connection::ConnectionKey;
use scim_service::store::Kind;
use scim_storage::{Ensured, NewCredential};

use crate::support::{Engine, TestStore, at, on_each_database};

on_each_database! {
    a_connection_goes_with_all_it_has,
    credentials_are_made_used_and_expire,
}

async fn a_connection_goes_with_all_it_has(engine: Engine) {
    let store = TestStore::new(engine).await;
    let azure = store.seen_by("azure");
    let connections = store.store.connections();
    assert!(connections.list().await.unwrap().is_empty());
    assert!(matches!(
        connections.ensure(&store.key).await.unwrap(),
        Ensured::Created
    ));
    assert!(matches!(
        connections.ensure(&store.key).await.unwrap(),
        Ensured::Existing
    ));
    let user = store.create_user("bjensen").await;
    let gone = store.create_user("gone").await;
    store.delete(Kind::User, &gone).await;
    let group = store.create_group("Tour Guides").await;
    store.add(&group, &[&user]).await;
    azure.create_user("bjensen").await;
    let credential = NewCredential::new("h", at(1)).with_hint("abc");
    connections.add_credential(&store.key, credential).await.unwrap();

    let listed = connections.list().await.unwrap();
    let counts: Vec<_> = listed
        .iter()
        .map(|one| (one.key.as_str(), one.users, one.teams, one.credentials))
        .collect();
    assert_eq!(counts, [("azure", 1, 0, 0), ("okta", 1, 1, 1)]);
    let removed = connections.delete(&store.key).await.unwrap();
    let removed = removed.unwrap();
    assert_eq!((removed.users, removed.teams, removed.credentials), (2, 1, 1));
    assert_eq!(connections.delete(&store.key).await.unwrap(), None);
    assert_eq!(
        (store.total(Kind::User).await, store.total(Kind::Group).await),
        (0, 0)
    );
    assert_eq!(azure.total(Kind::User).await, 1);
    store.create_user("bjensen").await;
    assert_eq!(store.total(Kind::User).await, 1);
}

async fn credentials_are_made_used_and_expire(engine: Engine) {
    let store = TestStore::new(engine).await;
    let connections = store.store.connections();
    let okta: ConnectionKey = "okta".parse().unwrap();
    let new = |hash, expires: Option<Timestamp>| {
        let credential = NewCredential::new(hash, at(1)).with_hint("scim_1");
        match expires {
            Some(expires) => credential.with_expiry(expires),
            None => credential,
        }
    };
    let first = connections.add_credential(&okta, new("one", None)).await.unwrap();
    let second = connections
        .add_credential(&"azure".parse().unwrap(), new("two", Some(at(100))))
        .await
        .unwrap();
    assert!(connections.add_credential(&okta, new("one", None)).await.is_err());
    let all = async || -> Vec<_> {
        let all = connections.all_credentials().await.unwrap();
        all.iter().map(|one| one.id).collect()
    };
    assert_eq!(all().await, [first, second]);
    connections.touch_last_used(first, at(50)).await.unwrap();
    assert!(connections.expire_credential(first, at(60)).await.unwrap());
    let of_okta = connections.credentials(&okta).await.unwrap();
    assert_eq!(of_okta.len(), 1);
    assert_eq!(of_okta[0].connection, okta);
    assert_eq!(
        (of_okta[0].hash.as_str(), of_okta[0].hint.as_str()),
        ("one", "scim_1")
    );
    assert_eq!(
        (of_okta[0].created, of_okta[0].expires, of_okta[0].last_used),
        (at(1), Some(at(60)), Some(at(50)))
    );
    let late = connections
        .add_credential(&okta, new("three", None))
        .await
        .unwrap();
    let newest = connections
        .add_credential(&okta, new("four", None))
        .await
        .unwrap();
    let retire = async |now, end| connections.expire_others(&okta, newest, at(now), at(end)).await;
    assert_eq!(retire(55, 90).await.unwrap(), 2);
    assert_eq!(retire(60, 80).await.unwrap(), 1);
    let ends = connections.all_credentials().await.unwrap();
    let ends: Vec<_> = ends.iter().map(|one| (one.id, one.expires)).collect();
    let expected = [
        (first, Some(at(60))),
        (second, Some(at(100))),
        (late, Some(at(80))),
        (newest, None),
    ];
    assert_eq!(ends, expected);
    for other in [late, newest] {
        assert!(connections.remove_credential(other).await.unwrap());
    }
    assert!(connections.remove_credential(second).await.unwrap());
    assert!(!connections.remove_credential(second).await.unwrap());
    assert_eq!(all().await, [first]);
}
