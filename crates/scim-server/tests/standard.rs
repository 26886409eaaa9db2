//! The profile `standard`: RFC 7643 and 7644 to the letter.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::{Answer, TestApp, TestConnection};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

async fn user(standard: &TestConnection<'_>, name: &str) -> (String, String) {
    let id = standard.creates_user(name).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    (format!("/Users/{id}"), id)
}

#[track_caller]
fn refuses(answer: &Answer, status: u16, scim_type: &str) -> String {
    let detail = answer.is_scim_error(status);
    assert_eq!(answer.json()["scimType"], scim_type, "{answer:?}");
    detail
}

#[tokio::test]
async fn operations_that_do_not_fit_are_refused_and_change_nothing() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let (path, _) = user(&standard, "a@x").await;
    let before = standard.get(&path).await;
    for (operation, scim_type) in [
        (
            json!({ "op": "replace", "path": "active", "value": "False" }),
            "invalidValue",
        ),
        (
            json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "x" }),
            "noTarget",
        ),
        (
            json!({ "op": "remove", "path": "emails[type eq \"work\"]" }),
            "noTarget",
        ),
        (
            json!({ "op": "replace", "path": "id", "value": "x" }),
            "mutability",
        ),
        (
            json!({ "op": "replace", "path": "groups", "value": [] }),
            "mutability",
        ),
        (json!({ "op": "remove", "path": "userName" }), "mutability"),
        (json!({ "op": "add", "path": "quota", "value": 1 }), "invalidPath"),
        (
            json!({ "op": "add", "path": "profileUrl", "value": "RVSZJ" }),
            "invalidValue",
        ),
        (
            json!({ "op": "add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "value": "26" }),
            "invalidValue",
        ),
        (
            json!({ "op": "copy", "path": "title", "value": "x" }),
            "invalidSyntax",
        ),
    ] {
        let operations = json!([{ "op": "replace", "path": "title", "value": "T" }, operation]);
        let detail = refuses(&standard.patch(&path, operations).await, 400, scim_type);
        assert!(detail.starts_with("operation 2: "), "{detail}");
    }
    assert_eq!(standard.get(&path).await.text, before.text);
    let created = standard
        .patch(
            &path,
            json!([{ "op": "add", "path": "emails[type eq \"work\"].value", "value": "x@x" }]),
        )
        .await;
    assert_eq!(
        created.json()["emails"],
        json!([{ "type": "work", "value": "x@x" }])
    );
}

#[tokio::test]
async fn versions_are_held_to() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let (path, _) = user(&standard, "a@x").await;
    let etag = standard.get(&path).await.header("etag").to_owned();
    let unchanged = standard
        .request(Method::GET, &path)
        .header("if-none-match", &etag);
    assert_eq!(Answer::of(unchanged).await.status, 304);
    let operations = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "replace", "path": "title", "value": "T" }] });
    let patch = |tag: &str| {
        standard
            .request(Method::PATCH, &path)
            .header("if-match", tag)
            .body(operations.to_string())
    };
    assert_eq!(Answer::of(patch(&etag)).await.status, 200);
    for (stale, status) in [
        (etag.as_str(), 412),
        ("W/\"77\"", 412),
        ("garbage", 400),
        ("\"", 400),
    ] {
        Answer::of(patch(stale)).await.is_scim_error(status);
        Answer::of(standard.request(Method::DELETE, &path).header("if-match", stale))
            .await
            .is_scim_error(status);
    }
    assert_eq!(Answer::of(patch("*")).await.status, 200);
}

#[tokio::test]
async fn members_are_users_who_exist() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let (_, known) = user(&standard, "a@x").await;
    let group = standard.creates_group("G", &[]).await;
    standard.creates_group("g", &[]).await;
    let path = format!("/Groups/{group}");
    let add = |value: Value| json!([{ "op": "add", "path": "members", "value": value }]);
    let answer = standard
        .patch(&path, add(json!([{ "value": known }, { "value": "nobody" }])))
        .await;
    assert!(refuses(&answer, 400, "invalidValue").contains("`nobody`"));
    let nested = standard
        .patch(&path, add(json!([{ "value": group, "type": "Group" }])))
        .await;
    refuses(&nested, 400, "invalidValue");
    assert_eq!(standard.members(&group).await, Vec::<String>::new());
    let none = json!([{ "op": "remove", "path": format!("members[value eq \"{known}\"]") }]);
    refuses(&standard.patch(&path, none).await, 400, "noTarget");
    let added = standard.patch(&path, add(json!([{ "value": known }]))).await;
    assert_eq!(
        (added.status, &added.json()["members"][0]["value"]),
        (200, &json!(known))
    );
    let named = standard
        .get(&format!("{path}?attributes=members.display,members.value"))
        .await
        .json();
    assert_eq!(named["members"], json!([{ "value": known, "display": "a@x" }]));
    let put = json!({ "schemas": [GROUP], "displayName": "Renamed" });
    assert_eq!(
        standard.send(Method::PUT, &path, &put).await.json()["members"][0]["value"],
        json!(known)
    );
    assert_eq!(
        standard
            .patch(&path, json!([{ "op": "remove", "path": "members" }]))
            .await
            .status,
        200
    );
    assert!(standard.get(&path).await.json().get("members").is_none());
    let found = standard
        .get(&format!("/Groups?filter=members%20eq%20%22{known}%22"))
        .await
        .json();
    assert_eq!(found["totalResults"], 0);
}

#[tokio::test]
async fn a_refusal_names_the_operation_by_its_place_in_the_request() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let (_, known) = user(&standard, "a@x").await;
    let path = format!("/Groups/{}", standard.creates_group("G", &[]).await);
    let operations = json!([
        { "op": "add", "path": "members", "value": [{ "value": known }] },
        { "op": "replace", "path": "displayName", "value": "" }
    ]);
    let detail = refuses(&standard.patch(&path, operations).await, 400, "invalidValue");
    assert_eq!(detail, "operation 2: `displayName` is required");
}

#[tokio::test]
async fn the_version_of_a_group_changes_when_a_member_is_deleted() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let (member, id) = user(&standard, "a@x").await;
    let path = format!("/Groups/{}", standard.creates_group("G", &[&id]).await);
    let before = standard.get(&path).await.header("etag").to_owned();
    assert_eq!(standard.delete(&member).await.status, 204);
    let read = standard
        .request(Method::GET, &path)
        .header("if-none-match", before);
    assert_eq!(Answer::of(read).await.status, 200);
}

#[tokio::test]
async fn a_deleted_user_is_in_nobodys_way() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let (path, id) = user(&standard, "a@x").await;
    let body = json!({ "schemas": [USER], "userName": "A@X" });
    standard
        .patch(
            &path,
            json!([{ "op": "replace", "path": "active", "value": false }]),
        )
        .await;
    refuses(&standard.post("/Users", &body).await, 409, "uniqueness");
    assert_eq!(standard.delete(&path).await.status, 204);
    let answer = standard.post("/Users", &body).await;
    assert_eq!(answer.status, 201);
    assert_ne!(answer.json()["id"], json!(id));
}

#[tokio::test]
async fn connections_see_only_their_own() {
    let app = TestApp::start().await;
    let (standard, okta) = (app.as_standard(), app.as_okta());
    let (path, id) = user(&standard, "a@x").await;
    okta.get(&path).await.is_scim_error(404);
    okta.delete(&path).await.is_scim_error(404);
    assert_eq!(okta.get("/Users").await.json()["totalResults"], 0);
    okta.creates_user("a@x").await;
    let group = okta.creates_group("G", &[&id]).await;
    assert_eq!(okta.members(&group).await, Vec::<String>::new());
    assert_eq!(standard.get("/Groups").await.json()["totalResults"], 0);
}

#[tokio::test]
async fn lists_are_sorted_paged_and_projected() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    for (name, title) in [("c", None), ("B", Some("x")), ("a", Some("Y"))] {
        let mut body = json!({ "schemas": [USER], "userName": name, "title": title, "emails": [
            { "value": format!("z{name}@x") }, { "value": format!("{name}@x"), "primary": true }] });
        body["emails"][0]["type"] = json!("home");
        assert_eq!(standard.post("/Users", &body).await.status, 201);
    }
    let names = async |query: &str| -> Vec<String> {
        let list = standard.get(&format!("/Users?{query}")).await.json();
        list["Resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["userName"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("sortBy=userName").await, ["a", "B", "c"]);
    assert_eq!(names("sortBy=emails&sortOrder=descending").await, ["c", "B", "a"]);
    assert_eq!(names("sortBy=title").await, ["B", "a", "c"]);
    assert_eq!(names("sortBy=title&sortOrder=descending").await, ["c", "a", "B"]);
    assert_eq!(names("startIndex=2&count=1&sortBy=userName").await, ["B"]);
    assert_eq!(names("filter=not%20(title%20pr)").await, ["c"]);
    let page = standard.get("/Users?startIndex=0&count=-1").await.json();
    assert_eq!(
        (&page["totalResults"], &page["startIndex"], &page["itemsPerPage"]),
        (&json!(3), &json!(1), &json!(0))
    );
    let only = standard
        .get("/Users?attributes=userName&filter=userName%20eq%20%22A%22")
        .await
        .json();
    let keys: Vec<&String> = only["Resources"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "schemas", "userName"]);
    let search = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": "title pr", "count": 1 });
    assert_eq!(
        standard.post("/Users/.search", &search).await.json()["totalResults"],
        2
    );
    standard.get("/Schemas?filter=id%20pr").await.is_scim_error(403);
}

#[tokio::test]
async fn lists_of_values_have_one_primary_and_no_twins() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let body = json!({ "schemas": [USER], "userName": "a", "emails": [
        { "type": "work", "value": "a@x", "primary": true }, { "type": "work", "value": "A@X" },
        { "type": "home", "value": "b@x", "primary": true }] });
    let emails = standard.post("/Users", &body).await.json()["emails"].clone();
    assert_eq!(emails.as_array().unwrap().len(), 2);
    let primaries = emails
        .as_array()
        .unwrap()
        .iter()
        .filter(|email| email["primary"] == true);
    assert_eq!(
        primaries
            .map(|email| email["type"].as_str().unwrap())
            .collect::<Vec<_>>(),
        ["home"]
    );
}

/// What a value path selects is replaced, and nothing where it selects nothing (RFC 7644 section 3.5.2.3).
#[tokio::test]
async fn a_member_is_replaced_who_is_there() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        let user = standard.creates_user(name).await;
        ids.push(user["id"].as_str().unwrap().to_owned());
    }
    let group = standard.creates_group("Tour Guides", &[&ids[0]]).await;
    let path = format!("/Groups/{group}");
    let selected = |id: &str| format!("members[value eq \"{id}\"]");
    let replace =
        |gone: &str| json!([{ "op": "replace", "path": selected(gone), "value": { "value": ids[1] } }]);
    let answer = standard.patch(&path, replace(&ids[2])).await;
    answer.is_scim_error(400);
    assert_eq!(answer.json()["scimType"], "noTarget");
    assert_eq!(standard.members(&group).await, ids[..1]);
    assert_eq!(standard.patch(&path, replace(&ids[0])).await.status, 200);
    assert_eq!(standard.members(&group).await, ids[1..2]);
    // whom the value names is added, whatever the path selects
    let add = json!([{ "op": "add", "path": selected(&ids[0]), "value": { "value": ids[2] } }]);
    assert_eq!(standard.patch(&path, add).await.status, 200);
    assert_eq!(standard.members(&group).await, ids[1..]);
}

/// Removals one after the other are checked together, and each must still find a member.
#[tokio::test]
async fn members_are_removed_one_by_one_in_one_patch() {
    let app = TestApp::start().await;
    let standard = app.as_standard();
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d"] {
        let user = standard.creates_user(name).await;
        ids.push(user["id"].as_str().unwrap().to_owned());
    }
    let [a, b, c, d] = &*ids else { panic!() };
    let remove = |id: &str| json!({ "op": "remove", "path": format!("members[value eq \"{id}\"]") });
    let either = |one: &str, other: &str| {
        let path = format!("members[value eq \"{one}\" or value eq \"{other}\"]");
        json!({ "op": "remove", "path": path })
    };
    let add = |id: &str| json!({ "op": "add", "path": "members", "value": [{ "value": id }] });
    let all = json!({ "op": "remove", "path": "members[value pr]" });
    for (operations, left) in [
        (json!([remove(a), remove(b)]), Some(vec![c])),
        (json!([remove(a), either(a, b), remove(c)]), Some(vec![])),
        (json!([remove(a), add(d), remove(b), remove(d)]), Some(vec![c])),
        (json!([add(d), remove(a), remove(d)]), Some(vec![b, c])),
        (json!([remove(a), remove(b), add(a), remove(c)]), Some(vec![a])),
        (json!([remove(a), all, add(d)]), Some(vec![d])),
        (json!([remove(a), remove(a)]), None),
        (json!([remove(a), remove(d), add(d)]), None),
        (json!([remove(a), either(a, d)]), None),
        (json!([remove(a), all, remove(b)]), None),
        (json!([add(d), remove(d), remove(d)]), None),
    ] {
        let group = standard.creates_group("Tour Guides", &[a, b, c]).await;
        let answer = standard
            .patch(&format!("/Groups/{group}"), operations.clone())
            .await;
        match &left {
            Some(_) => assert_eq!(answer.status, 200, "{operations}: {}", answer.text),
            None => drop(refuses(&answer, 400, "noTarget")),
        }
        let left = left.unwrap_or(vec![a, b, c]);
        assert_eq!(
            standard.members(&group).await.iter().collect::<Vec<_>>(),
            left,
            "{operations}"
        );
    }
}
