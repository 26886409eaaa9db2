//! The database and [`Condition::matches`](scim_core::condition::Condition::matches) give the same answers.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRng, TestRunner};
use scim_core::query::{Selection, Sort, SortOrder};
use scim_core::schema::ResourceType;
use scim_service::store::{Kind, Meta};
use serde_json::{Map, Value, json};

use crate::random;
use crate::support::{TestStore, condition, draft, ids, matching, object, path, user};

const USERS: usize = 60;
const FILTERS: usize = 2_500;

/// The resource as a client sees it.
fn full(attributes: &Map<String, Value>, schemas: &[&str], meta: &Meta) -> Map<String, Value> {
    let mut resource = attributes.clone();
    resource.insert("schemas".to_owned(), json!(schemas));
    resource.insert("id".to_owned(), json!(meta.id.0));
    resource.insert(
        "meta".to_owned(),
        json!({
            "resourceType": "User",
            "created": meta.created.to_string(),
            "lastModified": meta.modified.to_string(),
            "version": format!("W/\"{}\"", meta.version.0),
        }),
    );
    resource
}

fn runner() -> TestRunner {
    let seed = std::env::var("AGREEMENT_SEED")
        .ok()
        .and_then(|seed| seed.parse::<u64>().ok());
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&seed.unwrap_or(1).to_le_bytes());
    let rng = TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &bytes);
    TestRunner::new_with_rng(Config::default(), rng)
}

async fn populate(store: &TestStore, runner: &mut TestRunner) -> Vec<Map<String, Value>> {
    let mut resources = Vec::new();
    let mut transaction = store.write().await;
    for number in 0..USERS {
        let (attributes, name) = (random::attributes(), random::text())
            .new_tree(runner)
            .unwrap()
            .current();
        let mut attributes = object(attributes);
        attributes.insert("userName".to_owned(), json!(format!("{name}u{number}")));
        let user = user(Value::Object(attributes.clone()));
        let millis = i64::try_from(number).unwrap() / 2 + 1;
        let mut meta = transaction
            .insert(Kind::User, &draft(&user, millis))
            .await
            .unwrap();
        if number % 3 == 0 {
            let changed = draft(&user, millis + 5);
            meta = transaction
                .update(Kind::User, &meta.id, meta.version, &changed)
                .await
                .unwrap();
        }
        resources.push(full(&attributes, &user.schemas(), &meta));
    }
    transaction.commit().await.unwrap();
    // what does not belong to the connection, or is deleted, is never found
    let other = store.seen_by("azure");
    other
        .create(&user(
            json!({ "userName": "a", "title": "a", "emails": [{ "value": "a" }] }),
        ))
        .await;
    let deleted = store
        .create(&user(
            json!({ "userName": "deleted", "title": "a", "roles": [{ "value": "a" }] }),
        ))
        .await;
    store.delete(Kind::User, &deleted.id).await;
    resources
}

#[tokio::test]
async fn filters_find_the_users_whom_they_match() {
    let mut runner = runner();
    let store = TestStore::new(crate::support::Engine::Sqlite).await;
    let resources = populate(&store, &mut runner).await;
    let strategy = random::filter();
    let mut transaction = store.read().await;
    let (mut none, mut all) = (0, 0);
    for _ in 0..FILTERS {
        let filter = strategy.new_tree(&mut runner).unwrap().current();
        let condition = condition(Kind::User, &filter);
        let page = transaction
            .list(Kind::User, &matching(Kind::User, &filter))
            .await
            .unwrap();
        let found: Vec<String> = ids(&page).into_iter().map(|id| id.0).collect();
        let expected: Vec<&str> = resources
            .iter()
            .filter(|resource| condition.matches(resource))
            .map(|resource| resource["id"].as_str().unwrap())
            .collect();
        assert_eq!(
            found,
            expected,
            "{}",
            explained(&filter, &resources, &found, &expected)
        );
        assert_eq!(page.total, u64::try_from(expected.len()).unwrap());
        let counted = Selection {
            limit: 0,
            ..matching(Kind::User, &filter)
        };
        assert_eq!(
            transaction.list(Kind::User, &counted).await.unwrap().total,
            page.total
        );
        none += usize::from(expected.is_empty());
        all += usize::from(expected.len() == resources.len());
    }
    // the test says something only if most filters tell users apart
    assert!(
        none + all < FILTERS * 7 / 10,
        "{none} found nobody, {all} everybody"
    );
}

fn explained(
    filter: &scim_core::filter::Filter,
    resources: &[Map<String, Value>],
    found: &[String],
    expected: &[&str],
) -> String {
    let odd = resources.iter().find(|resource| {
        let id = resource["id"].as_str().unwrap();
        found.iter().any(|found| found == id) != expected.contains(&id)
    });
    format!("{filter:?}\n{}", serde_json::to_string(&odd).unwrap())
}

#[tokio::test]
async fn no_order_loses_anybody() {
    let mut runner = runner();
    let store = TestStore::new(crate::support::Engine::Sqlite).await;
    let resources = populate(&store, &mut runner).await;
    for by in [
        "userName",
        "title",
        "active",
        "emails.value",
        "emails.primary",
        "roles",
        "name.givenName",
        "meta.version",
    ] {
        for order in [SortOrder::Ascending, SortOrder::Descending] {
            let attribute = ResourceType::user().resolve(&path(by)).unwrap();
            let sub = attribute
                .attribute
                .sub_attribute("value")
                .filter(|_| attribute.leaf().is_complex());
            let sort = Sort {
                by: sub.map_or(attribute.clone(), |sub| attribute.with_sub(sub.clone())),
                order,
            };
            let mut seen = Vec::new();
            for page in 0..7 {
                let selection = Selection {
                    sort: Some(sort.clone()),
                    offset: page * 9,
                    limit: 9,
                    condition: None,
                };
                seen.extend(ids(&store.list(Kind::User, &selection).await));
            }
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), resources.len(), "{by}");
        }
    }
}
