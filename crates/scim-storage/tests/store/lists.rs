//! Pages, totals, orders.

use scim_core::filter::{CompareOp, Filter};
use scim_core::query::{Selection, Sort, SortOrder};
use scim_core::schema::ResourceType;
use scim_service::store::{Kind, ResourceId, StoreError};
use serde_json::{Value, json};

use crate::support::{TestStore, compare, condition, equals, ids, path, user};

fn page(offset: u64, limit: u32) -> Selection {
    Selection {
        offset,
        limit,
        ..Selection::default()
    }
}

fn sorted(by: &str, order: SortOrder) -> Selection {
    Selection {
        sort: Some(Sort {
            by: ResourceType::user().resolve(&path(by)).unwrap(),
            order,
        }),
        ..page(0, 100)
    }
}

async fn create(store: &TestStore, users: &[Value]) -> Vec<ResourceId> {
    let mut ids = Vec::new();
    for attributes in users {
        ids.push(store.create(&user(attributes.clone())).await.id);
    }
    ids
}

#[tokio::test]
async fn pages_join_without_a_gap() {
    let store = TestStore::new().await;
    let names: Vec<Value> = (0..25)
        .map(|number| json!({ "userName": format!("u{}", 99 - number) }))
        .collect();
    let all = create(&store, &names).await;
    let mut seen = Vec::new();
    for offset in [0, 10, 20] {
        let page = store.list(Kind::User, &page(offset, 10)).await;
        assert_eq!(page.total, 25);
        seen.extend(ids(&page));
    }
    assert_eq!(seen, all);
    for (offset, limit, read) in [(0, 0, 0), (25, 10, 0), (u64::MAX, 10, 0), (0, 25, 25), (24, 1, 1)] {
        let page = store.list(Kind::User, &page(offset, limit)).await;
        assert_eq!((page.total, page.records.len()), (25, read), "{offset} {limit}");
    }
    store.delete(Kind::User, &all[3]).await;
    let first = store.list(Kind::User, &page(0, 4)).await;
    assert_eq!(ids(&first), [&all[..3], &all[4..5]].concat());
    assert_eq!(first.total, 24);
}

#[tokio::test]
async fn filtered_totals_do_not_depend_on_the_page() {
    let store = TestStore::new().await;
    let names: Vec<Value> = (0..12)
        .map(|n| json!({ "userName": format!("u{n}"), "title": "Guide" }))
        .collect();
    create(&store, &names).await;
    create(&store, &[json!({ "userName": "other" })]).await;
    let condition = Some(condition(Kind::User, &equals("title", "guide")));
    for (offset, limit, read) in [
        (0, 0, 0),
        (0, 5, 5),
        (10, 5, 2),
        (12, 5, 0),
        (99, 5, 0),
        (0, 12, 12),
        (0, 13, 12),
    ] {
        let selection = Selection {
            condition: condition.clone(),
            ..page(offset, limit)
        };
        let page = store.list(Kind::User, &selection).await;
        assert_eq!((page.total, page.records.len()), (12, read), "{offset} {limit}");
    }
}

#[tokio::test]
async fn users_without_a_value_come_last_then_first() {
    let store = TestStore::new().await;
    let users = create(
        &store,
        &[
            json!({ "userName": "d", "title": "b" }),
            json!({ "userName": "C" }),
            json!({ "userName": "b", "title": "A" }),
            json!({ "userName": "A", "title": "B" }),
        ],
    )
    .await;
    let order = async |selection: Selection| -> Vec<usize> {
        let page = store.list(Kind::User, &selection).await;
        ids(&page)
            .iter()
            .map(|id| users.iter().position(|user| user == id).unwrap())
            .collect()
    };
    assert_eq!(
        order(sorted("userName", SortOrder::Ascending)).await,
        [3, 2, 1, 0]
    );
    assert_eq!(
        order(sorted("userName", SortOrder::Descending)).await,
        [0, 1, 2, 3]
    );
    assert_eq!(order(sorted("title", SortOrder::Ascending)).await, [2, 0, 3, 1]);
    assert_eq!(order(sorted("title", SortOrder::Descending)).await, [1, 0, 3, 2]);
    assert_eq!(
        order(sorted("meta.created", SortOrder::Descending)).await,
        [0, 1, 2, 3]
    );
    assert_eq!(order(sorted("id", SortOrder::Descending)).await, [3, 2, 1, 0]);
}

#[tokio::test]
async fn a_list_counts_by_its_primary_value_or_its_first() {
    let store = TestStore::new().await;
    let users = create(
        &store,
        &[
            json!({ "userName": "a", "emails": [{ "value": "z" }, { "value": "B", "primary": true }] }),
            json!({ "userName": "b", "emails": [{ "value": "c" }, { "value": "a", "primary": false }] }),
            json!({ "userName": "c", "emails": [{ "value": "A", "primary": true }, { "value": "z" }] }),
            json!({ "userName": "d" }),
            json!({ "userName": "e", "emails": [{ "value": "a" }, { "type": "work", "primary": true }] }),
        ],
    )
    .await;
    let page = store
        .list(Kind::User, &sorted("emails.value", SortOrder::Ascending))
        .await;
    let expected = [2, 0, 1, 3, 4].map(|index: usize| users[index].clone());
    assert_eq!(ids(&page), expected);
    let group = store.create_group("Z").await;
    store.add(&group, &[&users[1]]).await;
    let page = store
        .list(Kind::User, &sorted("groups.display", SortOrder::Ascending))
        .await;
    assert_eq!(ids(&page).first(), Some(&users[1]));
    store
        .list(Kind::User, &sorted("schemas", SortOrder::Ascending))
        .await;
}

#[tokio::test]
async fn what_the_store_cannot_tell_is_refused() {
    let store = TestStore::new().await;
    store.create_user("bjensen").await;
    for name in ["meta.location", "groups.$ref"] {
        let filter = equals(name, "https://example.com");
        for filter in [filter.clone(), Filter::Not(Box::new(filter))] {
            let selection = crate::support::matching(Kind::User, &filter);
            let error = store.read().await.list(Kind::User, &selection).await.unwrap_err();
            assert!(matches!(error, StoreError::Unsupported(_)));
            assert_eq!(error.to_string(), format!("`{name}` cannot be filtered by"));
        }
    }
    let error = store
        .read()
        .await
        .list(Kind::User, &sorted("meta.location", SortOrder::Ascending))
        .await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "`meta.location` cannot be sorted by"
    );
}

#[tokio::test]
async fn what_only_the_store_knows_can_be_filtered_by() {
    let store = TestStore::new().await;
    let id = store.create_user("bjensen").await;
    for (filter, found) in [
        (equals("meta.version", "W/\"1\""), 1),
        (equals("meta.version", "W/\"2\""), 0),
        (compare("meta.version", CompareOp::NotEqual, json!("1")), 1),
        (equals("meta.resourceType", "User"), 1),
        (equals("meta.resourceType", "Group"), 0),
        (equals("meta.created", "1970-01-01T00:00:00.001Z"), 1),
        (
            compare(
                "meta.lastModified",
                CompareOp::Greater,
                json!("1970-01-01T00:00:00.001Z"),
            ),
            0,
        ),
        (equals("id", id.0.as_str()), 1),
        (equals("schemas", "urn:ietf:params:scim:schemas:core:2.0:User"), 1),
        (Filter::Present(path("meta")), 1),
    ] {
        let page = store
            .list(Kind::User, &crate::support::matching(Kind::User, &filter))
            .await;
        assert_eq!(page.total, found, "{filter:?}");
    }
}
