//! Queries of all resource types at the base URL (RFC 7644 sections 3.4.2.1 and 3.4.3), through HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use serde_json::{Value, json};
use support::{TestApp, TestConnection};

const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// Users b, d, a with names to show but for the last, and groups c and B.
async fn settle(connection: &TestConnection<'_>) {
    for (name, shown) in [("b", json!("b")), ("d", json!("D")), ("a", Value::Null)] {
        let user = json!({ "schemas": [USER], "userName": name, "displayName": shown });
        assert_eq!(connection.post("/Users", &user).await.status, 201);
    }
    for name in ["c", "B"] {
        connection.creates_group(name, &[]).await;
    }
}

/// `user b`, `group c`.
fn names(list: &Value) -> Vec<String> {
    let name = |resource: &Value| match resource["meta"]["resourceType"].as_str() {
        Some("User") => format!("user {}", resource["userName"].as_str().unwrap()),
        _ => format!("group {}", resource["displayName"].as_str().unwrap()),
    };
    let resources = list["Resources"].as_array().unwrap();
    resources.iter().map(name).collect()
}

async fn search(connection: &TestConnection<'_>, query: Value) -> Value {
    let mut query = query;
    query["schemas"] = json!([SEARCH]);
    let answer = connection.post("/.search", &query).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[tokio::test]
async fn users_come_before_groups_on_pages_of_one_list() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    settle(&standard).await;
    let all = ["user b", "user d", "user a", "group c", "group B"];
    for path in ["", "/", "?count=10"] {
        let list = standard.get(path).await.json();
        assert_eq!(names(&list), all);
        assert_eq!(
            (&list["totalResults"], &list["startIndex"]),
            (&json!(5), &json!(1))
        );
    }
    for start in 1..=6 {
        for count in 0..=6 {
            let list = search(&standard, json!({ "startIndex": start, "count": count })).await;
            let expected: Vec<&str> = all.iter().skip(start - 1).take(count).copied().collect();
            assert_eq!(names(&list), expected, "{start} {count}");
            assert_eq!(list["totalResults"], 5);
        }
    }
    assert_eq!(app.as_okta().get("").await.json()["totalResults"], 0);
}

#[tokio::test]
async fn an_attribute_that_a_type_does_not_have_has_no_value() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    settle(&standard).await;
    for (filter, expected) in [
        (
            "meta.resourceType eq \"User\"",
            vec!["user b", "user d", "user a"],
        ),
        ("meta.resourceType eq \"Group\"", vec!["group c", "group B"]),
        ("displayName eq \"b\"", vec!["user b", "group B"]),
        (
            "userName eq \"b\" or displayName eq \"C\"",
            vec!["user b", "group c"],
        ),
        ("userName pr", vec!["user b", "user d", "user a"]),
        ("not (userName pr)", vec!["group c", "group B"]),
        ("members pr or emails pr", vec![]),
    ] {
        let list = search(&standard, json!({ "filter": filter })).await;
        assert_eq!(names(&list), expected, "{filter}");
        assert_eq!(list["totalResults"], expected.len(), "{filter}");
        let none = search(&standard, json!({ "filter": filter, "count": 0 })).await;
        assert_eq!(none["totalResults"], expected.len(), "{filter}");
    }
    let unknown = json!({ "schemas": [SEARCH], "filter": "shoeSize gt 41" });
    let answer = standard.post("/.search", &unknown).await;
    assert_eq!(answer.is_scim_error(400), "unknown attribute `shoeSize`");
    assert_eq!(answer.json()["scimType"], "invalidFilter");
    standard.post("", &unknown).await.is_scim_error(405);
    standard.get("/.search").await.is_scim_error(405);
}

#[tokio::test]
async fn types_are_sorted_together() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    settle(&standard).await;
    let ascending = ["user b", "group B", "group c", "user d", "user a"];
    let descending = ["user a", "user d", "group c", "user b", "group B"];
    let by_name = ["user a", "user b", "user d", "group c", "group B"];
    let by_name_down = ["group c", "group B", "user d", "user b", "user a"];
    for (by, order, expected) in [
        ("displayName", "ascending", ascending),
        ("displayName", "descending", descending),
        ("userName", "ascending", by_name),
        ("userName", "descending", by_name_down),
    ] {
        for count in 1..=5 {
            let mut seen = Vec::new();
            for start in (1..=5).step_by(count) {
                let query = json!({ "sortBy": by, "sortOrder": order, "startIndex": start, "count": count });
                seen.extend(names(&search(&standard, query).await));
            }
            assert_eq!(seen, expected, "{by} {order} by {count}");
        }
    }
    let unknown = json!({ "schemas": [SEARCH], "sortBy": "shoeSize" });
    standard.post("/.search", &unknown).await.is_scim_error(400);
    let far = json!({ "schemas": [SEARCH], "sortBy": "id", "startIndex": 10_000, "count": 2 });
    assert!(
        standard
            .post("/.search", &far)
            .await
            .is_scim_error(400)
            .contains("cursor")
    );
}

#[tokio::test]
async fn cursors_lead_through_all_types_and_back() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    settle(&standard).await;
    for order in ["", "displayName", "-displayName", "userName", "-userName", "id"] {
        let query = match order.strip_prefix('-') {
            Some(by) => json!({ "sortBy": by, "sortOrder": "descending" }),
            None if order.is_empty() => json!({}),
            None => json!({ "sortBy": order }),
        };
        let whole = names(&search(&standard, query.clone()).await);
        for count in 1..=6 {
            let page = async |cursor: &str| {
                let mut query = query.clone();
                query["cursor"] = json!(cursor);
                query["count"] = json!(count);
                search(&standard, query).await
            };
            let mut list = page("").await;
            let mut seen = names(&list);
            while let Some(next) = list["nextCursor"].as_str() {
                list = page(next).await;
                seen.extend(names(&list));
            }
            assert_eq!(seen, whole, "{order} by {count}");
            let mut back = names(&list);
            while let Some(previous) = list["previousCursor"].as_str() {
                list = page(previous).await;
                assert_eq!(list["totalResults"], 5);
                back.splice(0..0, names(&list));
            }
            assert_eq!(back, whole, "{order} by {count} backward");
        }
    }
}

#[tokio::test]
async fn each_type_is_shown_as_it_is() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let user = standard.creates_user("a").await;
    standard.creates_group("g", &[user["id"].as_str().unwrap()]).await;
    let list = search(&standard, json!({ "attributes": ["members", "userName"] })).await;
    let keys = |number: usize| -> Vec<String> {
        list["Resources"][number]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    assert_eq!(keys(0), ["id", "schemas", "userName"]);
    assert_eq!(keys(1), ["id", "schemas", "members"]);
    let list = standard
        .get("?excludedAttributes=meta,members,groups")
        .await
        .json();
    assert!(list["Resources"][0].get("groups").is_none());
    assert!(list["Resources"][1].get("members").is_none());
}
