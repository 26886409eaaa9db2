//! What this store does besides the contract, and what it cannot do.

use scim_core::filter::Filter;
use scim_core::query::{Selection, Sort};
use scim_core::schema::ResourceType;
use scim_service::limits::LOOKUP_BYTES;
use scim_service::store::{Kind, ResourceId, StoreError};
use scim_storage::SqlStore;
use serde_json::json;

use crate::support::{Engine, TestStore, equals, matching, on_each_database, path, user};

on_each_database! {
    what_the_store_cannot_tell_is_refused,
    ids_in_another_spelling_are_nobodys,
    the_longest_names_are_kept_and_found,
}

async fn what_the_store_cannot_tell_is_refused(engine: Engine) {
    let store = TestStore::new(engine).await;
    store.create_user("bjensen").await;
    for name in ["meta.location", "groups.$ref"] {
        let filter = equals(name, "https://example.com");
        for filter in [filter.clone(), Filter::Not(Box::new(filter))] {
            let selection = matching(Kind::User, &filter);
            let error = store.read().await.list(Kind::User, &selection).await.unwrap_err();
            assert!(matches!(error, StoreError::UnsupportedFilter(_)));
            assert_eq!(error.to_string(), format!("`{name}` cannot be filtered by"));
        }
    }
    let selection = Selection {
        sort: Some(Sort {
            by: ResourceType::user().resolve(&path("groups.$ref")).unwrap(),
            order: Default::default(),
        }),
        ..Selection::default()
    };
    let error = store.read().await.list(Kind::User, &selection).await.unwrap_err();
    assert_eq!(error.to_string(), "`groups.$ref` cannot be sorted by");
    let members = ResourceType::group().resolve(&path("members")).unwrap();
    let by_reference = equals("$ref", "x").resolve_within(&members).unwrap();
    let guides = store.create_group("Tour Guides").await;
    let error = store
        .read()
        .await
        .members_matching(std::slice::from_ref(&guides), &by_reference)
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "`members.$ref` cannot be filtered by");
}

async fn ids_in_another_spelling_are_nobodys(engine: Engine) {
    let store = TestStore::new(engine).await;
    let id = store.create_user("bjensen").await;
    let group = store.create_group("Tour Guides").await;
    let spelled = [
        id.as_str().to_uppercase(),
        id.as_str().replace('-', ""),
        format!("urn:uuid:{id}"),
        format!("{{{id}}}"),
    ];
    for other in spelled.map(ResourceId::new) {
        assert!(store.get(Kind::User, &other).await.is_none(), "{other}");
        let known = store.read().await.known_users(&[other.as_str()]).await.unwrap();
        assert!(known.is_empty(), "{other}");
        assert_eq!(store.add(&group, &[&other]).await, 0, "{other}");
    }
    assert_eq!(store.add(&group, &[&id]).await, 1);
    assert_eq!(store.members(&group).await[0].user, id);
}

/// PostgreSQL compresses index entries, so what they hold must not repeat itself.
async fn the_longest_names_are_kept_and_found(engine: Engine) {
    let longest = |first: char| {
        let mut text: String = (first..).take(LOOKUP_BYTES / 3).collect();
        text.extend(std::iter::repeat_n('x', LOOKUP_BYTES - text.len()));
        text
    };
    let (name, external, display, email) = (
        longest('\u{4e00}'),
        longest('\u{5e00}'),
        longest('\u{6e00}'),
        longest('\u{7e00}'),
    );
    let store = TestStore::new(engine).await;
    let id = store
        .create(&user(
            json!({ "userName": name, "externalId": external, "displayName": display,
            "emails": [{ "value": email }] }),
        ))
        .await
        .id;
    for (attribute, value) in [
        ("userName", &name),
        ("externalId", &external),
        ("displayName", &display),
        ("emails.value", &email),
    ] {
        let selection = matching(Kind::User, &equals(attribute, value.as_str()));
        let page = store.read().await.list(Kind::User, &selection).await.unwrap();
        assert_eq!(page.records[0].meta.id, id, "{attribute}");
    }
}

#[tokio::test]
async fn sqlite_in_memory_is_refused() {
    let refused = SqlStore::connect("sqlite::memory:", &Default::default()).await;
    assert!(refused.is_err());
}
