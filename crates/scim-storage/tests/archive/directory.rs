//! A directory with something of everything.

use std::sync::Arc;

use scim_core::membership::MembershipDelta;
use scim_core::resource::Resource;
use scim_core::schema::ResourceType;
use scim_core::time::Timestamp;
use scim_service::connection::ConnectionKey;
use scim_service::store::{Access, Draft, GroupNames, Kind, ResourceId, Store, Transaction};
use scim_storage::{NewCredential, SqlStore};
use serde_json::{Value, json};

/// More than one line names.
pub(crate) const LARGE: usize = 2345;

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(crate) fn key(name: &str) -> ConnectionKey {
    name.parse().unwrap()
}

pub(crate) async fn begin(store: &SqlStore, name: &str, access: Access) -> Box<dyn Transaction> {
    store.begin(&key(name), access).await.unwrap()
}

fn resource(kind: Kind, attributes: Value) -> Resource {
    let resource_type = match kind {
        Kind::Group => ResourceType::group(),
        _ => ResourceType::user(),
    };
    let Value::Object(attributes) = attributes else {
        panic!("no object")
    };
    Resource::from_checked(Arc::new(resource_type), attributes)
}

pub(crate) async fn create(
    transaction: &mut Box<dyn Transaction>,
    kind: Kind,
    attributes: Value,
    group_names: GroupNames,
    now: i64,
) -> ResourceId {
    let resource = resource(kind, attributes);
    let draft = Draft::new(&resource, at(now)).with_group_names(group_names);
    transaction.insert(kind, &draft).await.unwrap().id
}

pub(crate) fn joining(ids: &[ResourceId]) -> MembershipDelta {
    let mut delta = MembershipDelta::default();
    delta.add(ids.iter().map(|id| id.as_str().to_owned()));
    delta
}

/// Fills two connections.
pub(crate) async fn fill(store: &SqlStore) {
    let connections = store.connections();
    connections.set_profile(&key("okta"), "okta").await.unwrap();
    for (connection, hash, expires) in [
        ("okta", "hash-1", None),
        ("azure", "hash-2", Some(at(2_000))),
        ("okta", "hash-3", Some(at(3_000_000_000_000))),
    ] {
        let credential = NewCredential::new(hash, at(1_000)).with_hint("scim_Ab1…");
        let credential = match expires {
            Some(expires) => credential.with_expiry(expires),
            None => credential,
        };
        let id = connections
            .add_credential(&key(connection), credential)
            .await
            .unwrap();
        if hash == "hash-3" {
            connections.touch_last_used(id, at(1_234_567)).await.unwrap();
        }
    }
    fill_okta(store).await;
    let mut azure = begin(store, "azure", Access::Write).await;
    let bjensen = json!({ "userName": "BJensen@example.com" });
    let id = create(&mut azure, Kind::User, bjensen, GroupNames::Shared, 9_000).await;
    let team = json!({ "displayName": "Tour Guides", "externalId": "e-1" });
    let team = create(&mut azure, Kind::Group, team, GroupNames::Shared, 9_001).await;
    azure.change_members(&team, &joining(&[id])).await.unwrap();
    azure.commit().await.unwrap();
}

async fn fill_okta(store: &SqlStore) {
    let mut okta = begin(store, "okta", Access::Write).await;
    let bjensen = json!({
        "userName": "bjensen@example.com",
        "externalId": "00u1",
        "name": { "familyName": "Jensen", "givenName": "Bárbara \"Babs\"\n\u{2028}" },
        "active": false,
        "emails": [
            { "value": "bjensen@example.com", "type": "work", "primary": true },
            { "value": "babs@example.org", "type": "home" },
        ],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Tour Operations" },
    });
    let first = create(
        &mut okta,
        Kind::User,
        bjensen.clone(),
        GroupNames::Shared,
        1_700_000_000_001,
    )
    .await;
    let gone = json!({ "userName": "gone", "active": true, "emails": [{ "value": "gone@example.com" }] });
    let deleted = create(&mut okta, Kind::User, gone.clone(), GroupNames::Shared, 2_000).await;
    let mut users = vec![first.clone()];
    for number in 0..LARGE {
        let user = json!({ "userName": format!("user-{number}"), "displayName": format!("User {number}") });
        users.push(create(&mut okta, Kind::User, user, GroupNames::Shared, 3_000).await);
    }
    let large = json!({ "displayName": "Everyone" });
    let large = create(&mut okta, Kind::Group, large, GroupNames::Unique, 4_000).await;
    let empty = json!({ "displayName": "Nobody" });
    create(&mut okta, Kind::Group, empty, GroupNames::Shared, 4_000).await;
    okta.change_members(&large, &joining(&users)).await.unwrap();
    let joined = joining(std::slice::from_ref(&deleted));
    okta.change_members(&large, &joined).await.unwrap();
    // bjensen is at version 3, and the group at version 2
    for now in [5_000, 1_700_000_000_999] {
        let record = okta.get(Kind::User, &first).await.unwrap().unwrap();
        let changed = resource(Kind::User, bjensen.clone());
        let draft = Draft::new(&changed, at(now));
        okta.update(Kind::User, &first, record.meta.version, &draft)
            .await
            .unwrap();
    }
    let record = okta.get(Kind::User, &deleted).await.unwrap().unwrap();
    okta.delete(Kind::User, &deleted, record.meta.version, at(6_000))
        .await
        .unwrap();
    // somebody else has the name now
    create(&mut okta, Kind::User, gone, GroupNames::Shared, 7_000).await;
    okta.commit().await.unwrap();
}
