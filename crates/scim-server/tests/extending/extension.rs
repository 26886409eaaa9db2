//! An extension of users, as its schema says.

use reqwest::Method;
use serde_json::json;

use crate::example::{BADGE, ENTERPRISE, USER, creates, found, path_of, start, with};

#[actix_web::test]
async fn an_extension_is_written_and_read_as_its_schema_says() {
    let app = start().await;
    let standard = app.as_standard();
    let badge = json!({
        "NUMBER": "B-1", "level": 3, "color": "Green", "issued": "2026-01-02T03:04:05Z", "pin": "1234",
        "note": "has a dog", "doors": [{ "value": "Lab" }], "unknown": 1
    });
    let user = creates(&standard, "bjensen", badge).await;
    assert_eq!(user["schemas"], json!([USER, BADGE]));
    assert_eq!(
        user[BADGE],
        json!({
            "number": "B-1", "level": 3, "color": "Green", "issued": "2026-01-02T03:04:05Z",
            "doors": [{ "value": "Lab" }]
        })
    );
    let path = path_of(&user);
    let asked = standard
        .get(&format!("{path}?attributes={BADGE}:note,{BADGE}:pin"))
        .await;
    assert_eq!(asked.json()[BADGE], json!({ "note": "has a dog" }));
    let without = standard.get(&format!("{path}?excludedAttributes={BADGE}")).await;
    assert!(without.json().get(BADGE).is_none());

    for (badge, reason) in [
        (json!({ "level": 3 }), format!("`{BADGE}:number` is required")),
        (
            json!({ "number": "1", "level": "3" }),
            format!("`{BADGE}:level` must be"),
        ),
        (
            json!({ "number": "1", "issued": "now" }),
            format!("`{BADGE}:issued` must be"),
        ),
        (
            json!({ "number": "1", "doors": [{ "type": "inner" }] }),
            format!("`{BADGE}:doors.value` is required"),
        ),
    ] {
        let body = json!({ "schemas": [USER, BADGE], "userName": "x", BADGE: badge });
        let detail = standard.post("/Users", &body).await.is_scim_error(400);
        assert!(detail.contains(&reason), "{detail}");
    }

    let same = json!({ "schemas": [USER], "userName": "bjensen", BADGE: { "number": "B-2" } });
    let replaced = standard.send(Method::PUT, &path, &same).await.json();
    assert_eq!(
        replaced[BADGE],
        json!({ "number": "B-2", "issued": "2026-01-02T03:04:05Z" })
    );
    let other = json!({
        "schemas": [USER], "userName": "bjensen", BADGE: { "number": "B-2", "issued": "2027-01-02T03:04:05Z" }
    });
    let refused = standard.send(Method::PUT, &path, &other).await;
    assert!(refused.is_scim_error(400).contains("immutable"), "{refused:?}");
}

#[actix_web::test]
async fn an_extension_is_filtered_and_sorted_by() {
    let app = start().await;
    let standard = app.as_standard();
    let door = |name: &str, kind: &str| json!([{ "value": name, "type": kind }]);
    let badges = [
        (
            "ann",
            json!({ "number": "b-1", "level": 10, "active": true, "doors": door("Lab", "inner") }),
        ),
        (
            "bob",
            json!({ "number": "B-1", "level": 9, "color": "Green", "doors": door("Lab", "outer") }),
        ),
        (
            "cid",
            json!({ "number": "C", "issued": "2026-01-02T03:04:05Z", "approver": { "value": "x" } }),
        ),
    ];
    for (name, badge) in badges {
        creates(&standard, name, badge).await;
    }
    standard.creates_user("dan").await;
    for (filter, expected) in [
        ("number eq \"B-1\"", vec!["bob"]),
        ("number sw \"B\"", vec!["bob"]),
        ("COLOR eq \"GREEN\"", vec!["bob"]),
        ("level gt 9", vec!["ann"]),
        ("active eq true", vec!["ann"]),
        ("issued lt \"2026-01-02T04:04:05+00:00\"", vec!["cid"]),
        ("doors eq \"lab\"", vec!["ann", "bob"]),
        ("doors.type eq \"outer\"", vec!["bob"]),
        ("doors[value eq \"LAB\" and type eq \"inner\"]", vec!["ann"]),
        ("approver.value pr", vec!["cid"]),
        ("level pr", vec!["ann", "bob"]),
        ("number ne \"C\"", vec!["ann", "bob", "dan"]),
    ] {
        let filter = format!("{BADGE}:{filter}");
        assert_eq!(
            found(&standard, &[("filter", &filter)]).await,
            expected,
            "{filter}"
        );
    }
    let schemas = format!("schemas eq \"{BADGE}\"");
    assert_eq!(
        found(&standard, &[("filter", &schemas)]).await,
        ["ann", "bob", "cid"]
    );
    let level = format!("{BADGE}:level");
    assert_eq!(
        found(&standard, &[("sortBy", &level)]).await,
        ["bob", "ann", "cid", "dan"]
    );
    let pin = format!("{BADGE}:pin eq \"1\"");
    let hidden = standard.get(&with("/Users", &[("filter", &pin)])).await;
    assert!(hidden.is_scim_error(400).contains("cannot be read"));
}

#[actix_web::test]
async fn an_extension_is_patched() {
    let app = start().await;
    let standard = app.as_standard();
    let path = path_of(&standard.creates_user("bjensen").await);
    let added = standard
        .patch(&path, json!([
            { "op": "add", "path": BADGE, "value": { "number": "1", "doors": [{ "value": "Lab", "type": "inner" }] } },
            { "op": "replace", "path": format!("{BADGE}:level"), "value": 4 },
            { "op": "replace", "path": format!("{BADGE}:doors[type eq \"inner\"].value"), "value": "Vault" },
            { "op": "add", "value": { BADGE: { "color": "red" } } }
        ]))
        .await;
    assert_eq!(added.status, 200, "{added:?}");
    assert_eq!(
        added.json()[BADGE],
        json!({ "number": "1", "doors": [{ "value": "Vault", "type": "inner" }], "level": 4, "color": "red" })
    );
    let issued = |time: &str| json!([{ "op": "add", "path": format!("{BADGE}:issued"), "value": time }]);
    assert_eq!(
        standard.patch(&path, issued("2026-01-02T03:04:05Z")).await.status,
        200
    );
    for operations in [
        issued("2027-01-02T03:04:05Z"),
        json!([{ "op": "remove", "path": BADGE }]),
    ] {
        let refused = standard.patch(&path, operations).await;
        assert_eq!(refused.json()["scimType"], "mutability", "{refused:?}");
    }
    let required = json!([{ "op": "remove", "path": format!("{BADGE}:number") }]);
    assert!(
        standard
            .patch(&path, required)
            .await
            .is_scim_error(400)
            .contains("is required")
    );
}

#[actix_web::test]
async fn identity_providers_write_an_extension_in_their_ways() {
    let app = start().await;
    let entra = app.as_entra();
    let path = path_of(&creates(&entra, "bjensen", json!({ "number": "1", "active": "True" })).await);
    let operations = json!([
        { "op": "Add", "path": format!("{BADGE}:color"), "value": "red" },
        { "op": "Replace", "path": format!("{BADGE}:active"), "value": "False" },
        { "op": "Add", "path": format!("{BADGE}:doors[type eq \"outer\"].value"), "value": "Gate" },
        { "op": "Replace", "value": { format!("{BADGE}:level"): 7 } },
        { "op": "Add", "path": "manager", "value": "1" }
    ]);
    let answer = entra.patch(&path, operations).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        answer.json()[BADGE],
        json!({
            "number": "1", "active": false, "color": "red", "doors": [{ "type": "outer", "value": "Gate" }], "level": 7
        })
    );
    assert_eq!(answer.json()[ENTERPRISE]["manager"]["value"], "1");

    let okta = app.as_okta();
    let path = path_of(&creates(&okta, "bjensen", json!({ "number": "1" })).await);
    let operations = json!([{ "op": "replace", "value": { BADGE: { "number": "2", "level": 1 } } }]);
    let answer = okta.patch(&path, operations).await;
    assert_eq!(answer.json()[BADGE], json!({ "number": "2", "level": 1 }));
}

#[actix_web::test]
async fn a_replacement_keeps_no_half_of_an_extension() {
    let app = start().await;
    let standard = app.as_standard();
    let badge = json!({ "number": "B-1", "issued": "2026-01-02T03:04:05Z" });
    let user = creates(&standard, "bjensen", badge).await;
    // `issued` is immutable and stays, but the required `number` would be gone
    let without = json!({ "schemas": [USER, BADGE], "userName": "bjensen", BADGE: { "level": 1 } });
    let answer = standard.send(Method::PUT, &path_of(&user), &without).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    assert_eq!(answer.json()["scimType"], "invalidValue");
    assert_eq!(standard.get(&path_of(&user)).await.json()[BADGE]["number"], "B-1");
}

/// It could not give the required values of an extension that stays because of an immutable one.
#[tokio::test]
async fn a_client_that_does_not_know_an_extension_replaces_the_rest() {
    let app = start().await;
    let standard = app.as_standard();
    let badge = json!({ "number": "1", "level": 5, "issued": "2020-01-01T00:00:00Z" });
    let user = creates(&standard, "bjensen", badge).await;
    let replacement = json!({ "schemas": [USER], "userName": "bjensen", "title": "Guide" });
    let answer = standard.send(Method::PUT, &path_of(&user), &replacement).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let badge = &answer.json()[BADGE];
    assert_eq!(badge["number"], "1");
    assert_eq!(badge["issued"], "2020-01-01T00:00:00Z");
    assert!(badge.get("level").is_none());
    assert_eq!(answer.json()["title"], "Guide");
}
