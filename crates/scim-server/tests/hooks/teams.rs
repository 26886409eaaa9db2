//! What is told of Teams and their members.

use reqwest::Method;
use serde_json::{Value, json};

use crate::door::{Door, GROUP, types, values};

crate::on_both!(
    each_change_of_a_team_is_told_with_before_and_after,
    members_are_told_who_really_come_and_go,
    a_team_that_is_deleted_is_left_by_its_members_first,
    two_thousand_members_are_one_event,
);

async fn each_change_of_a_team_is_told_with_before_and_after(door: Door) {
    let recorder = &door.recorder;
    let user = door.user("bjensen").await;
    let body = json!({ "schemas": [GROUP], "displayName": "Tour Guides", "members": values(&[&user]) });
    let (status, created) = door.post("standard/Groups", body).await;
    assert_eq!(status, 201);
    let id = created["id"].as_str().unwrap();
    let document = |name: &str| json!({ "schemas": [GROUP], "displayName": name });
    let team = |name: &str| json!({ "type": name, "version": 1, "connection": "standard", "id": id, "resourceVersion": 1 });
    let mut expected = vec![team("team.created"), team("team.members_added")];
    expected[0]["new"] = document("Tour Guides");
    expected[1]["teamName"] = json!("Tour Guides");
    expected[1]["users"] = json!([user]);
    assert_eq!(recorder.told_once(), expected);

    let path = format!("standard/Groups/{id}");
    let rename = json!([{ "op": "replace", "path": "displayName", "value": "Guides" }]);
    assert_eq!(door.patch(&path, rename).await, 200);
    let mut renamed = team("team.renamed");
    renamed["resourceVersion"] = json!(2);
    renamed["oldName"] = json!("Tour Guides");
    renamed["newName"] = json!("Guides");
    renamed["old"] = document("Tour Guides");
    renamed["new"] = document("Guides");
    assert_eq!(recorder.told_one(), renamed);

    let body = json!({ "schemas": [GROUP], "displayName": "Guides", "externalId": "g1" });
    assert_eq!(door.send(Method::PUT, &path, Some(body)).await.0, 200);
    let told = recorder.told_one();
    assert_eq!(told["type"], "team.updated");
    assert_eq!(
        (told["old"].get("externalId"), &told["new"]["externalId"]),
        (None, &json!("g1"))
    );
    assert_eq!(door.members(id).await, [user]);
}

async fn members_are_told_who_really_come_and_go(door: Door) {
    let recorder = &door.recorder;
    let [a, b, c] = [door.user("a").await, door.user("b").await, door.user("c").await];
    let group = door.group("Tour Guides", &[&a]).await;
    let path = format!("standard/Groups/{group}");
    let add = |ids: &[&str]| json!([{ "op": "add", "path": "members", "value": values(ids) }]);

    assert_eq!(door.patch(&path, add(&[&a, &b])).await, 200);
    let told = recorder.told_one();
    assert_eq!(
        (&told["type"], &told["users"]),
        (&json!("team.members_added"), &json!([b]))
    );
    assert_eq!(
        (&told["id"], &told["teamName"]),
        (&json!(group), &json!("Tour Guides"))
    );
    assert_eq!(told["resourceVersion"], 2);

    assert_eq!(door.patch(&path, add(&[&a, &b])).await, 200);
    let remove = |id: &str| json!([{ "op": "remove", "path": format!("members[value eq \"{id}\"]") }]);
    let back = json!([add(&[&c])[0], remove(&c)[0]]);
    assert_eq!(door.patch(&path, back).await, 200);
    assert_eq!((recorder.told().len(), door.members(&group).await.len()), (0, 2));

    assert_eq!(door.patch(&path, remove(&a)).await, 200);
    let told = recorder.told_one();
    assert_eq!(
        (&told["type"], &told["users"]),
        (&json!("team.members_removed"), &json!([a]))
    );

    let replaced = json!([
        { "op": "replace", "path": "displayName", "value": "Guides" },
        { "op": "replace", "path": "members", "value": values(&[&a, &c]) }
    ]);
    assert_eq!(door.patch(&path, replaced).await, 200);
    let told = recorder.told_once();
    let expected = ["team.renamed", "team.members_added", "team.members_removed"];
    assert_eq!(types(&told), expected);
    assert_eq!(
        (&told[1]["users"], &told[2]["users"]),
        (&json!([a, c]), &json!([b]))
    );
    assert_eq!(told[1]["teamName"], "Guides");

    let body = json!({ "schemas": [GROUP], "displayName": "Guides", "members": [] });
    assert_eq!(door.send(Method::PUT, &path, Some(body)).await.0, 200);
    let told = recorder.told_one();
    assert_eq!(
        (&told["type"], &told["users"]),
        (&json!("team.members_removed"), &json!([a, c]))
    );
}

async fn a_team_that_is_deleted_is_left_by_its_members_first(door: Door) {
    let user = door.user("bjensen").await;
    let group = door.group("Tour Guides", &[&user]).await;
    assert_eq!(door.delete(&format!("standard/Groups/{group}")).await, 204);
    let told = door.recorder.told_once();
    assert_eq!(types(&told), ["team.members_removed", "team.deleted"]);
    assert_eq!(
        (&told[0]["users"], &told[0]["teamName"]),
        (&json!([user]), &json!("Tour Guides"))
    );
    assert_eq!(
        (&told[1]["id"], &told[1]["old"]["displayName"]),
        (&json!(group), &json!("Tour Guides"))
    );
    let empty = door.group("Staff", &[]).await;
    assert_eq!(door.delete(&format!("standard/Groups/{empty}")).await, 204);
    assert_eq!(types(&door.recorder.told_once()), ["team.deleted"]);
}

async fn two_thousand_members_are_one_event(door: Door) {
    let mut ids = Vec::new();
    for thousand in 0..2 {
        let user = |number: usize| {
            json!({ "method": "POST", "path": "/Users", "bulkId": format!("u{number}"),
                "data": { "schemas": [crate::door::USER], "userName": format!("user{thousand}-{number}") } })
        };
        let operations: Vec<Value> = (0..1_000).map(user).collect();
        let message = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations });
        let (status, answer) = door.post("standard/Bulk", message).await;
        assert_eq!(status, 200);
        for result in answer["Operations"].as_array().unwrap() {
            let location = result["location"].as_str().unwrap();
            ids.push(location.rsplit('/').next().unwrap().to_owned());
        }
    }
    let told: Vec<Value> = door.recorder.told().into_iter().flatten().collect();
    assert_eq!(types(&told), ["user.provisioned"; 2_000]);
    let group = door.group("Everyone", &[]).await;
    let everyone: Vec<&str> = ids.iter().map(String::as_str).collect();
    let add = json!([{ "op": "add", "path": "members", "value": values(&everyone) }]);
    assert_eq!(door.patch(&format!("standard/Groups/{group}"), add).await, 200);
    let told = door.recorder.told_one();
    ids.sort();
    assert_eq!(
        (&told["type"], &told["users"]),
        (&json!("team.members_added"), &json!(ids))
    );
}
