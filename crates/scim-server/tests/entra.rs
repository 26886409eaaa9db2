//! Microsoft Entra ID: its requests with and without `aadOptscim062020`, and those of its validator.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use serde_json::{Value, json};
use support::TestApp;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn test_user() -> Value {
    json!({
        "schemas": [USER, ENTERPRISE], "externalId": "0a21f0f2", "userName": "Test_User_00aa@contoso.com",
        "active": true, "emails": [{ "primary": true, "type": "work", "value": "Test_User_00aa@contoso.com" }],
        "meta": { "resourceType": "User" },
        "name": { "formatted": "givenName familyName", "familyName": "familyName", "givenName": "givenName" },
        "roles": []
    })
}

#[tokio::test]
async fn a_user_is_matched_created_and_updated() {
    let app = TestApp::start().await;
    let entra = app.as_entra();
    let missing = entra.get("/Users?filter=externalId+eq+%22c8b0a1%22").await.json();
    assert_eq!(
        (&missing["totalResults"], &missing["Resources"]),
        (&json!(0), &json!([]))
    );
    let user = entra.post("/Users", &test_user()).await;
    assert_eq!(user.status, 201, "{user:?}");
    let id = user.json()["id"].as_str().unwrap().to_owned();
    for filter in [
        "userName+eq+%22test_user_00AA@contoso.com%22",
        "externalId+eq+%220a21f0f2%22",
        "emails[type+eq+%22work%22].value+eq+%22TEST_user_00aa@contoso.com%22",
        "active+eq+%22True%22",
    ] {
        let found = entra.get(&format!("/Users?filter={filter}")).await.json();
        assert_eq!(found["Resources"][0]["id"], json!(id), "{filter}");
    }
    let path = format!("/Users/{id}");
    let operations = json!([
        { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "updatedEmail@microsoft.com" },
        { "op": "Replace", "path": "name.familyName", "value": "updatedFamilyName" },
        { "op": "Add", "path": "nickName", "value": "Babs" },
        { "op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+1 555" },
        { "op": "Add", "path": "addresses[type eq \"work\"].country", "value": "DE" },
        { "op": "Add", "path": "roles[primary eq \"True\"].value", "value": "admin" },
        { "op": "Add", "path": "roles[primary eq \"True\"].display", "value": "Admin" },
        { "op": "Replace", "path": "active", "value": "False" },
        { "op": "replace", "value": { "displayName": "Bjfe", "name.givenName": "Kkom", format!("{ENTERPRISE}:employeeNumber"): "Aklq" } }
    ]);
    let patched = entra.patch(&path, operations).await;
    assert_eq!(patched.status, 200, "{patched:?}");
    let user = patched.json();
    assert_eq!(
        user["emails"],
        json!([{ "primary": true, "type": "work", "value": "updatedEmail@microsoft.com" }])
    );
    assert_eq!(user["name"]["familyName"], "updatedFamilyName");
    assert_eq!(user["name"]["givenName"], "Kkom");
    assert!(user.get("name.givenName").is_none());
    assert_eq!(
        user["phoneNumbers"],
        json!([{ "type": "mobile", "value": "+1 555" }])
    );
    assert_eq!(user["addresses"], json!([{ "type": "work", "country": "DE" }]));
    assert_eq!(
        user["roles"],
        json!([{ "primary": true, "value": "admin", "display": "Admin" }])
    );
    assert_eq!(user[ENTERPRISE]["employeeNumber"], "Aklq");
    assert_eq!(
        (&user["active"], &user["nickName"], &user["displayName"]),
        (&json!(false), &json!("Babs"), &json!("Bjfe"))
    );
    assert_eq!(entra.delete(&path).await.status, 204);
    entra.delete(&path).await.is_scim_error(404);
}

#[tokio::test]
async fn a_manager_comes_in_four_shapes_and_goes_in_two() {
    let app = TestApp::start().await;
    let entra = app.as_entra();
    let id = entra.creates_user("a@x").await["id"].as_str().unwrap().to_owned();
    let path = format!("/Users/{id}");
    let urn = format!("{ENTERPRISE}:manager");
    for (attribute, value) in [
        (urn.as_str(), json!("26")),
        (urn.as_str(), json!({ "value": "26" })),
        ("manager", json!([{ "$ref": "http://x/Users/26", "value": "26" }])),
        ("manager", json!({ "value": "26" })),
    ] {
        let set = entra
            .patch(&path, json!([{ "op": "Add", "path": attribute, "value": value }]))
            .await;
        assert_eq!(
            set.json()[ENTERPRISE]["manager"]["value"],
            "26",
            "{value} {set:?}"
        );
        let filter = format!("/Users?attributes=id&filter=id+eq+%22{id}%22+and+manager+eq+%2226%22");
        assert_eq!(entra.get(&filter).await.json()["totalResults"], 1);
        for gone in [json!({ "value": "" }), json!(""), Value::Null] {
            let cleared = entra
                .patch(&path, json!([{ "op": "replace", "path": urn, "value": gone }]))
                .await;
            assert_eq!(cleared.status, 200, "{cleared:?}");
            assert!(cleared.json().get(ENTERPRISE).is_none(), "{cleared:?}");
        }
    }
}

#[tokio::test]
async fn of_several_operations_on_a_required_attribute_the_last_one_counts() {
    let app = TestApp::start().await;
    let entra = app.as_entra();
    let path = format!("/Groups/{}", entra.creates_group("A", &[]).await);
    let operations = json!([
        { "op": "remove", "path": "displayName" },
        { "op": "add", "path": "displayName", "value": "B" },
        { "op": "replace", "path": "displayName", "value": "C" }
    ]);
    assert_eq!(entra.patch(&path, operations).await.status, 204);
    assert_eq!(entra.get(&path).await.json()["displayName"], "C");
}

#[tokio::test]
async fn a_reference_goes_with_its_value() {
    let app = TestApp::start().await;
    let entra = app.as_entra();
    let path = format!(
        "/Users/{}",
        entra.creates_user("a@x").await["id"].as_str().unwrap()
    );
    let first =
        json!([{ "op": "Add", "path": "manager", "value": [{ "$ref": "http://x/Users/1", "value": "1" }] }]);
    assert_eq!(
        entra.patch(&path, first).await.json()[ENTERPRISE]["manager"]["$ref"],
        "http://x/Users/1"
    );
    let second = json!([{ "op": "Replace", "path": format!("{ENTERPRISE}:manager"), "value": "2" }]);
    assert_eq!(
        entra.patch(&path, second).await.json()[ENTERPRISE]["manager"],
        json!({ "value": "2" })
    );
}

#[tokio::test]
async fn taking_active_away_gives_nobody_access_back() {
    let app = TestApp::start().await;
    let entra = app.as_entra();
    let path = format!(
        "/Users/{}",
        entra.creates_user("a@x").await["id"].as_str().unwrap()
    );
    entra
        .patch(
            &path,
            json!([{ "op": "Replace", "path": "active", "value": "False" }]),
        )
        .await;
    for operation in [
        json!({ "op": "Remove", "path": "active" }),
        json!({ "op": "Replace", "path": "active", "value": null }),
    ] {
        assert_eq!(
            entra.patch(&path, json!([operation])).await.json()["active"],
            false
        );
    }
}

#[tokio::test]
async fn a_group_of_many_members_is_pushed_in_one_request() {
    let app = TestApp::start().await;
    let entra = app.as_entra();
    let group = entra.creates_group("Everybody", &[]).await;
    let id = entra.creates_user("a@x").await["id"].as_str().unwrap().to_owned();
    let mut members: Vec<Value> = (0..40_000)
        .map(|number| json!({ "value": format!("00000000-0000-7000-8000-{number:012}") }))
        .collect();
    members.push(json!({ "value": id }));
    let add = json!([{ "op": "Add", "path": "members", "value": members }]);
    let added = entra.patch(&format!("/Groups/{group}"), add).await;
    assert_eq!(added.status, 204, "{added:?}");
    assert_eq!(entra.members(&group).await, [id]);
}

#[tokio::test]
async fn a_group_is_created_filled_and_emptied() {
    let app = TestApp::start().await;
    let entra = app.as_entra();
    let mut ids = Vec::new();
    for name in ["a@x", "b@x", "c@x"] {
        ids.push(entra.creates_user(name).await["id"].as_str().unwrap().to_owned());
    }
    let body = json!({
        "schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
        "externalId": "8aa1a0c0", "displayName": "displayName", "meta": { "resourceType": "Group" }
    });
    let created = entra.post("/Groups", &body).await;
    assert_eq!((created.status, &created.json()["members"]), (201, &json!([])));
    entra.post("/Groups", &body).await.is_scim_error(409);
    let group = created.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/Groups/{group}");
    let add = json!([{ "op": "Add", "path": "members", "value": [
        { "$ref": null, "value": ids[0] }, { "$ref": null, "value": ids[1] }, { "$ref": null, "value": ids[2] }
    ]}]);
    assert_eq!(entra.patch(&path, add.clone()).await.status, 204);
    assert_eq!(
        entra.patch(&path, add).await.status,
        204,
        "adding a member again is no error"
    );
    let remove = json!([{ "op": "Remove", "path": "members", "value": [{ "$ref": null, "value": ids[0] }] }]);
    assert_eq!(entra.patch(&path, remove).await.status, 204);
    assert_eq!(
        entra.members(&group).await,
        ids[1..],
        "only the one that was listed is gone"
    );
    let remove = json!([{ "op": "remove", "path": format!("members[value eq \"{}\"]", ids[1]) }]);
    assert_eq!(entra.patch(&path, remove).await.status, 204);
    let both = json!([
        { "op": "add", "path": "members", "value": [{ "value": ids[0] }] },
        { "op": "remove", "path": format!("members[value eq \"{}\"]", ids[0]) }
    ]);
    assert_eq!(entra.patch(&path, both).await.status, 204);
    assert_eq!(entra.members(&group).await, ids[2..]);

    let without = entra
        .get("/Groups?excludedAttributes=members&filter=displayName+eq+%22DISPLAYNAME%22")
        .await
        .json();
    assert_eq!(without["totalResults"], 1);
    assert!(without["Resources"][0].get("members").is_none());
    assert!(
        entra
            .get(&format!("{path}?excludedAttributes=members"))
            .await
            .json()
            .get("members")
            .is_none()
    );
    let several = json!([
        { "op": "remove", "path": "externalId" }, { "op": "add", "path": "externalId", "value": "x" },
        { "op": "replace", "path": "externalId", "value": "y" }, { "op": "Replace", "path": "displayName", "value": "N" }
    ]);
    assert_eq!(entra.patch(&path, several).await.status, 204);
    let renamed = entra.get(&path).await.json();
    assert_eq!(
        (&renamed["externalId"], &renamed["displayName"]),
        (&json!("y"), &json!("N"))
    );
    let shown = entra
        .patch(
            &format!("{path}?attributes=displayName"),
            json!([{ "op": "Replace", "path": "displayName", "value": "M" }]),
        )
        .await;
    assert_eq!((shown.status, &shown.json()["displayName"]), (200, &json!("M")));
}

#[tokio::test]
async fn what_the_standard_has_no_place_for_is_kept_or_passed_over() {
    let app = TestApp::start().await;
    let entra = app.as_entra();
    let mut body = test_user();
    body["profileUrl"] = json!("RVSZJGLGMDLF");
    body["roles"] = json!([{ "primary": "True", "value": "{\"id\":\"827f\",\"value\":\"Admin\"}" }]);
    body[ENTERPRISE] = json!({ "manager": "abc", "department": "D" });
    let user = entra.post("/Users", &body).await.json();
    assert_eq!(user["profileUrl"], "RVSZJGLGMDLF");
    assert_eq!(
        user["roles"][0],
        json!({ "primary": true, "value": "{\"id\":\"827f\",\"value\":\"Admin\"}" })
    );
    assert_eq!(
        user[ENTERPRISE],
        json!({ "manager": { "value": "abc" }, "department": "D" })
    );
    let path = format!("/Users/{}", user["id"].as_str().unwrap());
    let passed_over = json!([
        { "op": "Add", "path": "urn:example:2.0:User:badge", "value": "1" }, { "op": "Replace", "path": "id", "value": "x" },
        { "op": "Remove", "path": "phoneNumbers[type eq \"fax\"]" }, { "op": "Replace", "path": "title", "value": "T" }
    ]);
    let patched = entra.patch(&path, passed_over).await;
    assert_eq!(
        (patched.status, &patched.json()["title"], &patched.json()["id"]),
        (200, &json!("T"), &user["id"])
    );
    assert_eq!(app.get("/v1/scim/v2/microsoft/Users").await.status, 401);
    assert_eq!(entra.get("/Schemas").await.json()["totalResults"], 3);
}
