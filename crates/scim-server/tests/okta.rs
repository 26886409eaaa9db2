//! Okta: the life of a user and a group, as its two kinds of app send it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::{TestApp, TestConnection};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

fn test_user() -> Value {
    json!({
        "schemas": [USER], "userName": "test.user@okta.local",
        "name": { "givenName": "Test", "familyName": "User" },
        "emails": [{ "primary": true, "value": "test.user@okta.local", "type": "work" }],
        "displayName": "Test User", "locale": "en-US", "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [], "password": "1mz050nq", "active": true
    })
}

async fn look_up(okta: &TestConnection<'_>, name: &str) -> Value {
    let filter = format!("/Users?filter=userName%20eq%20%22{name}%22&startIndex=1&count=100");
    let answer = okta.get(&filter).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/scim+json");
    answer.json()
}

#[tokio::test]
async fn a_user_is_created_found_deactivated_and_reactivated() {
    let app = TestApp::start().await;
    let okta = app.as_okta();
    let tested = okta.get("/Users?startIndex=1&count=2").await.json();
    assert_eq!(
        (&tested["totalResults"], &tested["startIndex"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(
        look_up(&okta, "test.user%40okta.local").await["Resources"],
        json!([])
    );

    let created = okta.post("/Users", &test_user()).await;
    assert_eq!(created.status, 201);
    let user = created.json();
    let id = user["id"].as_str().unwrap().to_owned();
    assert_eq!(created.header("location"), user["meta"]["location"]);
    assert_eq!(created.header("etag"), user["meta"]["version"]);
    assert!(user.get("password").is_none() && user.get("groups").is_none());
    assert_eq!(
        (&user["locale"], &user["active"]),
        (&json!("en-US"), &json!(true))
    );

    let again = okta.post("/Users", &test_user()).await;
    again.is_scim_error(409);
    assert_eq!(again.json()["scimType"], "uniqueness");
    let found = look_up(&okta, "TEST.USER%40OKTA.LOCAL").await;
    assert_eq!(
        (&found["totalResults"], &found["Resources"][0]["id"]),
        (&json!(1), &json!(id))
    );

    let path = format!("/Users/{id}");
    let off = okta
        .patch(&path, json!([{ "op": "replace", "value": { "active": false } }]))
        .await;
    assert_eq!((off.status, &off.json()["active"]), (200, &json!(false)));
    assert_eq!(look_up(&okta, "test.user%40okta.local").await["totalResults"], 1);
    let on = okta
        .patch(&path, json!([{ "op": "replace", "value": { "active": true } }]))
        .await;
    assert_eq!((on.status, &on.json()["id"]), (200, &json!(id)));

    okta.patch(&path, json!([{ "op": "replace", "value": { "active": false } }]))
        .await;
    let back = okta.post("/Users", &test_user()).await;
    assert_eq!(
        (back.status, &back.json()["id"], &back.json()["active"]),
        (201, &json!(id), &json!(true))
    );
    assert_eq!(okta.delete(&path).await.status, 204);
    okta.get(&path).await.is_scim_error(404);
    let restored = okta.post("/Users", &test_user()).await;
    assert_eq!((restored.status, &restored.json()["id"]), (201, &json!(id)));
    okta.get("/Users/00919288221112222").await.is_scim_error(404);
}

#[tokio::test]
async fn a_put_of_what_get_returned_changes_what_it_changes() {
    let app = TestApp::start().await;
    let okta = app.as_okta();
    let mut user = okta.post("/Users", &test_user()).await.json();
    let path = format!("/Users/{}", user["id"].as_str().unwrap());
    let group = okta
        .creates_group("Guides", &[user["id"].as_str().unwrap()])
        .await;
    user = okta.get(&path).await.json();
    assert_eq!(user["groups"][0]["value"], json!(group));
    user["active"] = json!(false);
    user["groups"] = json!([]);
    user["unknown"] = json!({ "a": 1 });
    let off = okta.send(Method::PUT, &path, &user).await;
    assert_eq!((off.status, &off.json()["active"]), (200, &json!(false)));
    assert_eq!(off.json()["groups"][0]["display"], "Guides");
    assert!(off.json().get("unknown").is_none());
    let same = okta.send(Method::PUT, &path, &user).await;
    assert_eq!(
        same.header("etag"),
        off.header("etag"),
        "what changes nothing makes no version"
    );
    assert_eq!(
        okta.members(&group).await.len(),
        1,
        "memberships are kept while a user is inactive"
    );
}

#[tokio::test]
async fn a_group_is_pushed_by_a_wizard_app() {
    let app = TestApp::start().await;
    let okta = app.as_okta();
    let id = okta.creates_user("test.user@okta.local").await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let missing = okta
        .get("/Groups?filter=displayName%20eq%20%22Test%20SCIMv2%22&startIndex=1&count=100")
        .await;
    assert_eq!(missing.json()["totalResults"], 0);
    let group = okta.creates_group("Test SCIMv2", &[]).await;
    let path = format!("/Groups/{group}");
    assert!(okta.get(&path).await.json().get("members").is_none());
    let member = json!([{ "value": id, "display": "test.user@okta.local" }]);
    let put = json!({ "schemas": [GROUP], "displayName": "Test SCIMv2", "members": member });
    let filled = okta.send(Method::PUT, &path, &put).await;
    assert_eq!(
        (filled.status, &filled.json()["members"][0]["value"]),
        (200, &json!(id))
    );
    let put = json!({ "schemas": [GROUP], "displayName": "Renamed", "members": [] });
    assert_eq!(
        okta.send(Method::PUT, &path, &put).await.json()["displayName"],
        "Renamed"
    );
    assert_eq!(okta.members(&group).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_group_is_pushed_by_a_catalog_app() {
    let app = TestApp::start().await;
    let okta = app.as_okta();
    let mut ids = Vec::new();
    for name in ["a@x", "b@x", "c@x"] {
        ids.push(okta.creates_user(name).await["id"].as_str().unwrap().to_owned());
    }
    let group = okta.creates_group("Test SCIMv2", &[&ids[0], &ids[1]]).await;
    let path = format!("/Groups/{group}");
    let rename = okta
        .patch(
            &path,
            json!([{ "op": "replace", "value": { "id": group, "displayName": "Renamed" } }]),
        )
        .await;
    assert_eq!((rename.status, rename.text.as_str()), (204, ""));
    assert_eq!(
        okta.members(&group).await,
        ids[..2],
        "a rename leaves the members"
    );
    let delta = json!([
        { "op": "remove", "path": format!("members[value eq \"{}\"]", ids[0]) },
        { "op": "add", "path": "members", "value": [{ "value": ids[2], "display": "c@x" }] }
    ]);
    assert_eq!(okta.patch(&path, delta).await.status, 204);
    assert_eq!(okta.members(&group).await, ids[1..]);
    let full = json!([{ "op": "replace", "path": "members", "value": [{ "value": ids[0] }] }]);
    assert_eq!(okta.patch(&path, full).await.status, 204);
    assert_eq!(okta.members(&group).await, ids[..1]);
    let empty = json!([{ "op": "replace", "path": "members", "value": [] }]);
    assert_eq!(okta.patch(&path, empty).await.status, 204);
    okta.patch(
        &path,
        json!([{ "op": "add", "path": "members", "value": [{ "value": ids[0] }] }]),
    )
    .await;
    let variant = json!([{ "op": "replace", "value": { "members": [], "id": group, "displayName": "G" } }]);
    assert_eq!(okta.patch(&path, variant).await.status, 204);
    assert_eq!(okta.members(&group).await, Vec::<String>::new());
    let unknown =
        json!([{ "op": "add", "path": "members", "value": [{ "value": "nobody" }, { "value": ids[2] }] }]);
    assert_eq!(okta.patch(&path, unknown).await.status, 204);
    assert_eq!(
        okta.members(&group).await,
        ids[2..],
        "unknown members are skipped"
    );
    okta.post("/Groups", &json!({ "schemas": [GROUP], "displayName": "g " }))
        .await
        .is_scim_error(409);
    assert_eq!(okta.delete(&path).await.status, 204);
    okta.delete(&path).await.is_scim_error(404);
}

#[tokio::test]
async fn parallel_adds_lose_nobody() {
    let app = TestApp::start().await;
    let okta = app.as_okta();
    let group = okta.creates_group("Everybody", &[]).await;
    let mut ids = Vec::new();
    for number in 0..24 {
        ids.push(
            okta.creates_user(&format!("u{number}@x")).await["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    let path = format!("/Groups/{group}");
    let adds = ids.chunks(3).map(|ids| {
        let (okta, path) = (&okta, &path);
        async move {
            for id in ids {
                let add = json!([{ "op": "add", "path": "members", "value": [{ "value": id }] }]);
                assert_eq!(okta.patch(path, add).await.status, 204);
            }
        }
    });
    futures_util::future::join_all(adds).await;
    ids.sort();
    assert_eq!(okta.members(&group).await, ids);
}
