//! What is told of users.

use reqwest::Method;
use serde_json::{Value, json};

use crate::door::{Door, USER, types};

crate::on_both!(
    each_change_of_a_user_is_told_with_before_and_after,
    who_comes_back_is_reactivated_under_the_same_id,
    what_changes_nothing_is_not_told,
    who_is_deleted_leaves_all_teams_first,
    a_name_that_is_taken_is_not_told,
);

async fn each_change_of_a_user_is_told_with_before_and_after(door: Door) {
    let recorder = &door.recorder;
    let body =
        json!({ "schemas": [USER], "userName": "bjensen", "title": "Guide", "password": "t1meMa$heen" });
    let (status, created) = door.post("standard/Users", body).await;
    assert_eq!(status, 201);
    let id = created["id"].as_str().unwrap();
    let document = |title: &str, active: bool| json!({ "schemas": [USER], "userName": "bjensen", "title": title, "active": active });
    let event = |name: &str, version: u32| json!({ "type": name, "version": 1, "connection": "standard", "id": id, "resourceVersion": version });
    let with = |mut event: Value, members: Value| {
        event
            .as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        event
    };
    let provisioned = with(
        event("user.provisioned", 1),
        json!({ "new": document("Guide", true) }),
    );
    assert_eq!(recorder.told_one(), provisioned);

    let path = format!("standard/Users/{id}");
    let replace =
        |attribute: &str, value: Value| json!([{ "op": "replace", "path": attribute, "value": value }]);
    assert_eq!(door.patch(&path, replace("title", json!("Boss"))).await, 200);
    let change = json!({ "old": document("Guide", true), "new": document("Boss", true) });
    assert_eq!(recorder.told_one(), with(event("user.updated", 2), change));

    assert_eq!(door.patch(&path, replace("active", json!(false))).await, 200);
    let change = json!({ "old": document("Boss", true), "new": document("Boss", false) });
    assert_eq!(recorder.told_one(), with(event("user.deactivated", 3), change));

    let body = document("Guide", true);
    assert_eq!(door.send(Method::PUT, &path, Some(body)).await.0, 200);
    let told = recorder.told_one();
    assert_eq!(told["type"], "user.reactivated");
    assert_eq!(
        (&told["old"]["title"], &told["new"]["title"]),
        (&json!("Boss"), &json!("Guide"))
    );

    assert_eq!(door.delete(&path).await, 204);
    let told = recorder.told_one();
    assert_eq!((&told["type"], &told["id"]), (&json!("user.deleted"), &json!(id)));
    assert_eq!(told["old"]["active"], true);
    assert_eq!(told.get("new"), None);
    assert_eq!(recorder.times_asked(), 5);
}

async fn who_comes_back_is_reactivated_under_the_same_id(door: Door) {
    let body = |active: bool| json!({ "schemas": [USER], "userName": "bjensen", "active": active });
    let (_, created) = door.post("okta/Users", body(true)).await;
    let id = created["id"].as_str().unwrap();
    let path = format!("okta/Users/{id}");
    assert_eq!(door.delete(&path).await, 204);
    door.recorder.told();

    assert_eq!(door.post("okta/Users", body(true)).await.0, 201);
    let told = door.recorder.told_one();
    assert_eq!(
        (&told["type"], &told["id"]),
        (&json!("user.reactivated"), &json!(id))
    );
    assert_eq!(
        (&told["old"], &told["new"]["active"]),
        (&Value::Null, &json!(true))
    );

    let leave = json!([{ "op": "replace", "value": { "active": false } }]);
    assert_eq!(door.patch(&path, leave).await, 200);
    assert_eq!(door.recorder.told_one()["type"], "user.deactivated");
    assert_eq!(door.post("okta/Users", body(true)).await.0, 201);
    let told = door.recorder.told_one();
    assert_eq!(
        (&told["type"], &told["old"]["active"]),
        (&json!("user.reactivated"), &json!(false))
    );

    assert_eq!(door.delete(&path).await, 204);
    door.recorder.told();
    assert_eq!(door.post("okta/Users", body(false)).await.0, 201);
    let told = door.recorder.told_one();
    assert_eq!(
        (&told["type"], &told["id"]),
        (&json!("user.provisioned"), &json!(id))
    );
}

async fn what_changes_nothing_is_not_told(door: Door) {
    let user = door.user("bjensen").await;
    let path = format!("standard/Users/{user}");
    let same = json!([{ "op": "replace", "path": "userName", "value": "bjensen" }]);
    assert_eq!(door.patch(&path, same).await, 200);
    assert_eq!(door.get(&path).await.0, 200);
    assert_eq!(
        door.patch(
            &path,
            json!([{ "op": "replace", "path": "nonsense", "value": 1 }])
        )
        .await,
        400
    );
    assert_eq!(
        door.delete("standard/Users/00000000-0000-7000-8000-000000000000")
            .await,
        404
    );
    assert_eq!((door.recorder.told().len(), door.recorder.times_asked()), (0, 0));
}

async fn who_is_deleted_leaves_all_teams_first(door: Door) {
    let user = door.user("bjensen").await;
    let guides = door.group("Tour Guides", &[&user]).await;
    let staff = door.group("Staff", &[&user]).await;
    assert_eq!(door.delete(&format!("standard/Users/{user}")).await, 204);
    let told = door.recorder.told_once();
    let expected = ["team.members_removed", "team.members_removed", "user.deleted"];
    assert_eq!(types(&told), expected);
    for (event, (team, name)) in told.iter().zip([(&guides, "Tour Guides"), (&staff, "Staff")]) {
        assert_eq!((&event["id"], &event["teamName"]), (&json!(team), &json!(name)));
        assert_eq!(event["users"], json!([user]));
        assert_eq!(event["resourceVersion"], 2);
    }
    assert_eq!(told[2]["id"], json!(user));
}

async fn a_name_that_is_taken_is_not_told(door: Door) {
    door.user("bjensen").await;
    let body = json!({ "schemas": [USER], "userName": "BJensen" });
    assert_eq!(door.post("standard/Users", body).await.0, 409);
    assert_eq!(door.recorder.told().len(), 0);
}
