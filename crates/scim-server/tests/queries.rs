//! Query parameters (RFC 7644 sections 3.4.2 and 3.9), and filters by what every resource has.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use serde_json::{Value, json};
use support::{Answer, TestApp, TestConnection};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// What a list with these parameters answers.
async fn list(connection: &TestConnection<'_>, parameters: &[(&str, &str)]) -> Answer {
    Answer::of(connection.query("/Users", parameters)).await
}

async fn two_users(connection: &TestConnection<'_>) -> Vec<Value> {
    let mut users = Vec::new();
    for body in [
        json!({ "schemas": [USER, ENTERPRISE], "userName": "a@x", "externalId": "Ext-1", "title": "T",
            "name": { "givenName": "G", "familyName": "F" }, ENTERPRISE: { "department": "D" } }),
        json!({ "schemas": [USER], "userName": "b@x" }),
    ] {
        let answer = connection.post("/Users", &body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        users.push(answer.json());
    }
    users
}

#[tokio::test]
async fn resources_are_found_by_what_every_resource_has() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let users = two_users(&standard).await;
    let id = users[0]["id"].as_str().unwrap();
    let created = users[0]["meta"]["created"].as_str().unwrap();
    for (filter, total) in [
        (format!("id eq \"{id}\""), 1),
        (format!("ID ne \"{id}\""), 1),
        (format!("id sw \"{id}\""), 1),
        ("id pr".to_owned(), 2),
        ("externalId eq \"Ext-1\"".to_owned(), 1),
        // externalId is caseExact
        ("externalId eq \"ext-1\"".to_owned(), 0),
        ("externalId pr".to_owned(), 1),
        (format!("schemas eq \"{USER}\""), 2),
        (format!("schemas eq \"{ENTERPRISE}\""), 1),
        ("schemas co \"enterprise\"".to_owned(), 1),
        ("schemas pr".to_owned(), 2),
        ("meta pr".to_owned(), 2),
        (format!("meta.created ge \"{created}\""), 2),
        (format!("meta.created lt \"{created}\""), 0),
        ("meta.lastModified gt \"2001-02-03T04:05:06Z\"".to_owned(), 2),
        ("meta.lastModified pr".to_owned(), 2),
        ("META.lastmodified lt \"2001-02-03T04:05:06+02:00\"".to_owned(), 0),
        ("meta.resourceType eq \"User\"".to_owned(), 2),
        ("meta.resourceType eq \"Group\"".to_owned(), 0),
        ("meta.version pr".to_owned(), 2),
        (format!("{USER}:userName eq \"A@X\""), 1),
        (format!("{}:USERNAME eq \"A@X\"", USER.to_uppercase()), 1),
        (format!("{ENTERPRISE}:department eq \"d\""), 1),
    ] {
        let answer = list(&standard, &[("filter", &filter)]).await;
        assert_eq!(answer.status, 200, "{filter}: {answer:?}");
        assert_eq!(answer.json()["totalResults"], total, "{filter}");
    }
    for (filter, reason) in [
        ("meta.location eq \"x\"", "`meta.location` cannot be filtered by"),
        (
            r#"meta.version eq "W/\"1\"""#,
            "`meta.version` of users and groups",
        ),
        (
            r#"title pr or not (meta.version eq "1")"#,
            "`meta.version` of users and groups",
        ),
        (r#"meta[version sw "W"]"#, "`meta.version` of users and groups"),
        ("meta.nothing eq \"x\"", "unknown attribute"),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr",
            "is a schema and no attribute: filter by one of its attributes, or by `schemas eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"`",
        ),
        ("meta.created eq \"yesterday\"", "date"),
    ] {
        let answer = list(&standard, &[("filter", filter)]).await;
        let detail = answer.is_scim_error(400);
        assert_eq!(answer.json()["scimType"], "invalidFilter");
        assert!(detail.contains(reason), "{filter}: {detail}");
    }
}

#[tokio::test]
async fn parameters_that_are_unknown_do_not_matter_and_known_ones_come_once() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    two_users(&standard).await;
    let odd = [("foo", "1"), ("foo", "2"), ("aadOptscim062020", "")];
    assert_eq!(list(&standard, &odd).await.json()["totalResults"], 2);
    for (name, value, scim_type) in [
        ("filter", "title pr", "invalidFilter"),
        ("sortBy", "userName", "invalidValue"),
        ("sortOrder", "ascending", "invalidValue"),
        ("startIndex", "1", "invalidValue"),
        ("count", "1", "invalidValue"),
        ("attributes", "userName", "invalidValue"),
        ("excludedAttributes", "userName", "invalidValue"),
    ] {
        let answer = list(&standard, &[(name, value), (name, value)]).await;
        assert_eq!(answer.is_scim_error(400), format!("`{name}` is given twice"));
        assert_eq!(answer.json()["scimType"], scim_type);
    }
}

#[tokio::test]
async fn attributes_and_excluded_attributes_exclude_one_another() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let id = two_users(&standard).await[0]["id"].as_str().unwrap().to_owned();
    let both = [("attributes", "userName"), ("excludedAttributes", "title")];
    list(&standard, &both).await.is_scim_error(400);
    let one = format!("/Users/{id}?attributes=userName&excludedAttributes=title");
    standard.get(&one).await.is_scim_error(400);
    let search = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "attributes": ["userName"], "excludedAttributes": ["title"] });
    standard.post("/Users/.search", &search).await.is_scim_error(400);
    let empty = format!("/Users/{id}?attributes=userName&excludedAttributes=");
    assert_eq!(standard.get(&empty).await.status, 200);
}

#[tokio::test]
async fn attributes_are_named_in_any_case_with_or_without_their_schema() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let id = two_users(&standard).await[0]["id"].as_str().unwrap().to_owned();
    let core = format!("{USER}:name.givenName");
    let shouted = format!("{ENTERPRISE}:department").to_uppercase();
    for (attributes, expected) in [
        (
            "USERNAME,Name.GivenName",
            json!({ "userName": "a@x", "name": { "givenName": "G" } }),
        ),
        (core.as_str(), json!({ "name": { "givenName": "G" } })),
        (shouted.as_str(), json!({ ENTERPRISE: { "department": "D" } })),
        (ENTERPRISE, json!({ ENTERPRISE: { "department": "D" } })),
        ("externalId, nonsense", json!({ "externalId": "Ext-1" })),
        ("meta.resourcetype", json!({ "meta": { "resourceType": "User" } })),
    ] {
        let path = format!("/Users/{id}");
        let request = standard.query(&path, &[("attributes", attributes)]);
        let mut user = Answer::of(request).await.json();
        let user = user.as_object_mut().unwrap();
        user.remove("schemas").unwrap();
        assert_eq!(user.remove("id").unwrap(), id.as_str());
        assert_eq!(Value::Object(user.clone()), expected, "{attributes}");
    }
    let excluded = format!("{shouted},{USER}:NAME,meta,title");
    let request = standard.query(&format!("/Users/{id}"), &[("excludedAttributes", &excluded)]);
    let user = Answer::of(request).await.json();
    let names: Vec<&String> = user.as_object().unwrap().keys().collect();
    assert_eq!(names, ["id", "schemas", "userName", "externalId", "active"]);
}

#[tokio::test]
async fn what_cannot_be_sorted_by_or_asked_for_is_told() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    two_users(&standard).await;
    for (name, value, scim_type, expected) in [
        (
            "sortBy",
            "groups.$ref",
            "invalidPath",
            "`sortBy`: `groups.$ref` cannot be sorted by",
        ),
        (
            "sortBy",
            "quota",
            "invalidPath",
            "`sortBy`: unknown attribute `quota`",
        ),
        (
            "sortBy",
            "name",
            "invalidPath",
            "`sortBy`: `name` is made of sub-attributes; sort by one of them",
        ),
        (
            "attributes",
            "userName,emails[type eq \"work\"]",
            "invalidValue",
            "`attributes` takes names such as `emails` and `emails.value` with commas between them, and no filters: `emails[type eq \"work\"]`",
        ),
        (
            "excludedAttributes",
            "emails[type eq \"work\"].value",
            "invalidValue",
            "`excludedAttributes` takes names such as `emails` and `emails.value` with commas between them, and no filters: `emails[type eq \"work\"].value`",
        ),
    ] {
        let answer = list(&standard, &[(name, value)]).await;
        assert_eq!(answer.is_scim_error(400), expected);
        assert_eq!(answer.json()["scimType"], scim_type, "{answer:?}");
    }
    // the versions of all together are those of users and groups, too
    let answer = standard.get("/?filter=meta.version%20eq%20%22x%22").await;
    answer.is_scim_error(400);
    assert_eq!(answer.json()["scimType"], "invalidFilter");
}

#[tokio::test]
async fn discovery_passes_over_what_queries_ask_for() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for path in [
        "/ResourceTypes",
        "/Schemas",
        "/ServiceProviderConfig",
        "/ResourceTypes/User",
    ] {
        let whole = standard.get(path).await;
        assert_eq!(whole.status, 200);
        for query in [
            "attributes=name",
            "excludedAttributes=name",
            "attributes=a&excludedAttributes=b",
            "count=1&startIndex=2&sortBy=x",
            "cursor",
        ] {
            let answer = standard.get(&format!("{path}?{query}")).await;
            assert_eq!(
                (answer.status, answer.text),
                (200, whole.text.clone()),
                "{path}?{query}"
            );
        }
    }
}
