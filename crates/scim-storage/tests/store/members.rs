//! Who is in which group.

use scim_core::filter::{CompareOp, Filter};
use scim_core::membership::MembershipDelta;
use scim_core::schema::ResourceType;
use scim_service::store::{Kind, Membership, ResourceId};
use serde_json::json;

use crate::support::{TestStore, compare, draft, equals, ids, matching, path, user};

fn delta(change: impl FnOnce(&mut MembershipDelta)) -> MembershipDelta {
    let mut delta = MembershipDelta::default();
    change(&mut delta);
    delta
}

fn users(members: &[Membership]) -> Vec<&ResourceId> {
    members.iter().map(|member| &member.user).collect()
}

#[tokio::test]
async fn rows_that_changed_are_counted_and_no_others() {
    let store = TestStore::new().await;
    let group = store.create_group("Tour Guides").await;
    let mut all = Vec::new();
    for name in ["a", "b", "c", "d"] {
        all.push(store.create_user(name).await);
    }
    let [a, b, c, d] = all.as_slice() else { panic!() };
    assert_eq!(store.add(&group, &[a, b]).await, 2);
    assert_eq!(store.add(&group, &[a, b]).await, 0);
    assert_eq!(store.add(&group, &[&ResourceId(a.0.to_uppercase()), c]).await, 1);
    assert_eq!(users(&store.members(&group).await), [a, b, c]);
    let remove = delta(|delta| delta.remove([a.0.clone(), d.0.clone(), "nobody".to_owned()]));
    assert_eq!(store.change_members(&group, &remove).await, 1);
    let replace = delta(|delta| delta.replace([c.0.clone(), d.0.clone()]));
    assert_eq!(store.change_members(&group, &replace).await, 2);
    assert_eq!(store.change_members(&group, &replace).await, 0);
    assert_eq!(users(&store.members(&group).await), [c, d]);
    let both = delta(|delta| {
        delta.add([a.0.clone()]);
        delta.remove([d.0.clone()]);
    });
    assert_eq!(store.change_members(&group, &both).await, 2);
    assert_eq!(users(&store.members(&group).await), [a, c]);
    assert_eq!(
        store.change_members(&group, &delta(MembershipDelta::clear)).await,
        2
    );
    assert_eq!(store.members(&group).await, []);
    assert_eq!(
        store
            .change_members(&ResourceId("nothing".to_owned()), &both)
            .await,
        0
    );
}

#[tokio::test]
async fn both_sides_are_shown_by_name_and_in_order() {
    let store = TestStore::new().await;
    let guides = store.create_group("Tour Guides").await;
    let staff = store.create_group("Staff").await;
    let named = store
        .create(&user(
            json!({ "userName": "bjensen", "displayName": "Babs Jensen" }),
        ))
        .await
        .id;
    let unnamed = store
        .create(&user(json!({ "userName": "JSmith", "displayName": "" })))
        .await
        .id;
    store.add(&staff, &[&named]).await;
    store.add(&guides, &[&unnamed, &named]).await;
    let membership = |group: &ResourceId, user: &ResourceId, display: &str| Membership {
        group: group.clone(),
        user: user.clone(),
        display: display.to_owned(),
    };
    let mut transaction = store.read().await;
    assert_eq!(
        transaction
            .members(&[staff.clone(), guides.clone()], None)
            .await
            .unwrap(),
        [
            membership(&guides, &named, "Babs Jensen"),
            membership(&guides, &unnamed, "JSmith"),
            membership(&staff, &named, "Babs Jensen"),
        ]
    );
    assert_eq!(
        transaction
            .memberships(&[unnamed.clone(), named.clone()])
            .await
            .unwrap(),
        [
            membership(&guides, &named, "Tour Guides"),
            membership(&staff, &named, "Staff"),
            membership(&guides, &unnamed, "Tour Guides"),
        ]
    );
    assert_eq!(transaction.members(&[], None).await.unwrap(), []);
    let members = ResourceType::group().resolve(&path("members")).unwrap();
    for (filter, expected) in [
        (equals("value", named.0.as_str()), vec![&named]),
        (equals("display", "jsmith"), vec![&unnamed]),
        (Filter::Not(Box::new(equals("display", "jsmith"))), vec![&named]),
        (compare("type", CompareOp::NotEqual, json!("user")), vec![]),
    ] {
        let condition = filter.resolve_within(&members).unwrap();
        let found = transaction
            .members(std::slice::from_ref(&guides), Some(&condition))
            .await
            .unwrap();
        assert_eq!(users(&found), expected, "{filter:?}");
    }
    let by_reference = equals("$ref", "x").resolve_within(&members).unwrap();
    let refused = transaction
        .members(std::slice::from_ref(&guides), Some(&by_reference))
        .await
        .unwrap_err();
    assert_eq!(refused.to_string(), "`members.$ref` cannot be filtered by");
}

#[tokio::test]
async fn groups_are_found_by_member_and_users_by_group() {
    let store = TestStore::new().await;
    let guides = store.create_group("Tour Guides").await;
    let staff = store.create_group("Staff").await;
    let bjensen = store
        .create(&user(json!({ "userName": "bjensen", "displayName": "Babs" })))
        .await
        .id;
    let jsmith = store.create_user("JSmith").await;
    store.add(&guides, &[&bjensen, &jsmith]).await;
    store.add(&staff, &[&bjensen]).await;
    let element = |name: &str, inner: Filter| Filter::Element(path(name), Box::new(inner));
    for (filter, expected) in [
        (equals("members.value", jsmith.0.as_str()), vec![&guides]),
        (equals("members", bjensen.0.as_str()), vec![&guides, &staff]),
        (equals("members.display", "jsmith"), vec![&guides]),
        (
            compare("members.value", CompareOp::NotEqual, json!(bjensen.0)),
            vec![&guides],
        ),
        (
            element("members", Filter::Not(Box::new(equals("display", "babs")))),
            vec![&guides],
        ),
        (equals("members.type", "User"), vec![&guides, &staff]),
    ] {
        let page = store.list(Kind::Group, &matching(Kind::Group, &filter)).await;
        assert_eq!(ids(&page).iter().collect::<Vec<_>>(), expected, "{filter:?}");
    }
    for (filter, expected) in [
        (equals("groups", staff.0.as_str()), vec![&bjensen]),
        (equals("groups.display", "TOUR GUIDES"), vec![&bjensen, &jsmith]),
        (
            Filter::Not(Box::new(equals("groups.display", "staff"))),
            vec![&jsmith],
        ),
        (equals("groups.type", "direct"), vec![&bjensen, &jsmith]),
        (equals("groups.type", "indirect"), vec![]),
        (Filter::Present(path("groups")), vec![&bjensen, &jsmith]),
    ] {
        let page = store.list(Kind::User, &matching(Kind::User, &filter)).await;
        assert_eq!(ids(&page).iter().collect::<Vec<_>>(), expected, "{filter:?}");
    }
}

#[tokio::test]
async fn ten_thousand_members_at_once() {
    let store = TestStore::new().await;
    let group = store.create_group("Everyone").await;
    let mut transaction = store.write().await;
    let mut everyone = Vec::new();
    for number in 0..10_000 {
        let user = user(json!({ "userName": format!("user{number}") }));
        everyone.push(
            transaction
                .insert(Kind::User, &draft(&user, 1))
                .await
                .unwrap()
                .id
                .0,
        );
    }
    transaction.commit().await.unwrap();
    assert_eq!(store.total(Kind::User).await, 10_000);

    let begun = std::time::Instant::now();
    let all = delta(|delta| delta.replace(everyone.iter().cloned()));
    assert_eq!(store.change_members(&group, &all).await, 10_000);
    let half = delta(|delta| delta.replace(everyone.iter().take(5_000).cloned()));
    assert_eq!(store.change_members(&group, &half).await, 5_000);
    let others = delta(|delta| delta.add(everyone.iter().cloned()));
    assert_eq!(store.change_members(&group, &others).await, 5_000);
    assert_eq!(store.members(&group).await.len(), 10_000);
    let ids: Vec<&str> = everyone.iter().map(String::as_str).collect();
    assert_eq!(store.read().await.known_users(&ids).await.unwrap().len(), 10_000);
    println!(
        "three changes of a group of 10,000, and two readings: {:?}",
        begun.elapsed()
    );
    assert_eq!(
        store
            .change_members(&group, &delta(|delta| delta.remove(everyone)))
            .await,
        10_000
    );
}
