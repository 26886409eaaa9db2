//! There and back.

use scim_core::condition::Condition;
use scim_core::filter::{Filter, FilterLimits};
use scim_core::query::Selection;
use scim_core::schema::ResourceType;
use scim_service::store::{Access, AccountState, GroupNames, Kind, StoreError};
use scim_storage::{ArchiveError, Counts};
use serde_json::{Value, json};

use crate::databases::Archive;
use crate::directory::{LARGE, at, begin, create, fill, joining, key};

fn where_user(filter: &str) -> Selection {
    let filter = Filter::parse(filter, &FilterLimits::default()).unwrap();
    let condition: Condition = filter.resolve(&ResourceType::user()).unwrap();
    Selection {
        condition: Some(condition),
        limit: 10,
        ..Selection::default()
    }
}

#[tokio::test]
async fn a_directory_goes_to_the_other_database_and_back_unchanged() {
    let (here, there, back) = (
        Archive::sqlite().await,
        Archive::other().await,
        Archive::sqlite().await,
    );
    fill(&here.store).await;
    let first = here.export().await;
    let large = u64::try_from(LARGE).unwrap();
    let mut counts = Counts::default();
    counts.connections = 2;
    counts.credentials = 3;
    counts.users = large + 3;
    counts.deleted_users = 1;
    counts.groups = 3;
    counts.memberships = large + 2;
    assert_eq!(there.import(&first).await.unwrap(), counts);
    let second = there.export().await;
    are_equal(&first, &second);
    assert_eq!(back.import(&second).await.unwrap(), counts);
    are_equal(&first, &back.export().await);
    for archive in [&here, &there, &back] {
        is_complete(archive).await;
        goes_on(archive).await;
    }
    assert!(there.export().await != first);
}

/// Names the first line that differs.
fn are_equal(one: &str, other: &str) {
    for (number, (one, other)) in one.lines().zip(other.lines()).enumerate() {
        assert_eq!(one, other, "line {}", number + 1);
    }
    assert!(one == other);
}

/// What is looked up is there.
async fn is_complete(archive: &Archive) {
    let store = &archive.store;
    let connections = store.connections();
    let listed = connections.list().await.unwrap();
    let listed: Vec<_> = listed
        .iter()
        .map(|one| {
            (
                one.key.as_str(),
                one.profile.as_deref(),
                one.credentials,
                one.teams,
            )
        })
        .collect();
    assert_eq!(listed, [("azure", None, 1, 1), ("okta", Some("okta"), 2, 2)]);
    let credentials = connections.credentials(&key("okta")).await.unwrap();
    let credentials: Vec<_> = credentials
        .iter()
        .map(|one| (one.hash.as_str(), one.created, one.expires, one.last_used))
        .collect();
    assert_eq!(
        credentials,
        [
            ("hash-1", at(1_000), None, None),
            (
                "hash-3",
                at(1_000),
                Some(at(3_000_000_000_000)),
                Some(at(1_234_567))
            )
        ]
    );
    let mut okta = begin(store, "okta", Access::Read).await;
    for filter in [
        r#"emails.value eq "BABS@example.org""#,
        r#"active eq false"#,
        r#"externalId eq "00u1""#,
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department sw "tour""#,
    ] {
        let found = okta.list(Kind::User, &where_user(filter)).await.unwrap();
        assert_eq!(found.total, 1, "{filter}");
        let meta = &found.records[0].meta;
        assert_eq!((meta.version.get(), meta.created), (3, at(1_700_000_000_001)));
        assert_eq!(meta.modified, at(1_700_000_000_999));
    }
    // the count that is kept
    let one = Selection {
        limit: 1,
        ..Selection::default()
    };
    let page = okta.list(Kind::User, &one).await.unwrap();
    assert_eq!(page.total, u64::try_from(LARGE).unwrap() + 2);
    assert!(page.records[0].document.contains("bjensen"), "the order is kept");
    let account = okta.account("bjensen@example.com").await.unwrap().unwrap();
    assert_eq!(account.state, AccountState::Inactive);
}

/// What comes afterwards finds what it needs.
async fn goes_on(archive: &Archive) {
    let store = &archive.store;
    let mut okta = begin(store, "okta", Access::Write).await;
    let user = json!({ "userName": "new", "emails": [{ "value": "new@example.com" }] });
    let user = create(&mut okta, Kind::User, user, GroupNames::Shared, 10_000).await;
    let group = json!({ "displayName": "New" });
    let group = create(&mut okta, Kind::Group, group, GroupNames::Shared, 10_000).await;
    let joined = okta.change_members(&group, &joining(&[user])).await.unwrap();
    assert_eq!(joined, 1);
    // the one who came after has the name; without that one, it is the deleted one who is found
    let account = okta.account("gone").await.unwrap().unwrap();
    assert_eq!(account.state, AccountState::Active);
    let record = okta.get(Kind::User, &account.id).await.unwrap().unwrap();
    let version = record.meta.version;
    okta.delete(Kind::User, &account.id, version, at(5_999))
        .await
        .unwrap();
    let account = okta.account("gone").await.unwrap().unwrap();
    assert_eq!(account.state, AccountState::Deleted);
    okta.commit().await.unwrap();
    assert_eq!(store.purge_deleted(at(6_001)).await.unwrap(), 2);
    has_unique_names(archive).await;
}

async fn has_unique_names(archive: &Archive) {
    let resource = scim_core::resource::Resource::from_document(
        std::sync::Arc::new(ResourceType::group()),
        r#"{"displayName":"EVERYONE"}"#,
    )
    .unwrap();
    let draft = scim_service::store::Draft::new(&resource, at(11_000)).with_group_names(GroupNames::Unique);
    let mut okta = begin(&archive.store, "okta", Access::Write).await;
    let refused = okta.insert(Kind::Group, &draft).await;
    assert!(
        matches!(&refused, Err(StoreError::NotUnique(name)) if name == "displayName"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn one_connection_goes_by_itself() {
    let (here, there) = (Archive::other().await, Archive::sqlite().await);
    fill(&here.store).await;
    let azure = here.export_of(Some("azure")).await.unwrap();
    assert!(!azure.contains("okta") && azure.contains("BJensen"), "{azure}");
    let counts = there.import(&azure).await.unwrap();
    assert_eq!(
        (
            counts.connections,
            counts.users,
            counts.groups,
            counts.memberships
        ),
        (1, 1, 1, 1)
    );
    let okta = here.export_of(Some("okta")).await.unwrap();
    there.import(&okta).await.unwrap();
    assert!(there.export_of(Some("okta")).await.unwrap() == okta);
    assert_eq!(there.export_of(Some("azure")).await.unwrap(), azure);
    let nobody = here.export_of(Some("nobody")).await;
    assert!(matches!(nobody, Err(ArchiveError::NoConnection(_))), "{nobody:?}");
}

#[tokio::test]
async fn lines_are_of_a_bounded_length_and_hold_scim_resources() {
    let here = Archive::sqlite().await;
    fill(&here.store).await;
    let text = here.export().await;
    let mut sizes = Vec::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        if let Some(users) = line["members"]["users"].as_array() {
            sizes.push(users.len());
        }
        if let Some(user) = line.get("user") {
            assert_eq!(user["resource"]["meta"]["resourceType"], "User");
            assert!(user["resource"]["schemas"].is_array());
        }
    }
    assert_eq!(sizes, [1000, 1000, 346, 1]);
    assert!(!here.export_of(None).await.unwrap().is_empty());
}
