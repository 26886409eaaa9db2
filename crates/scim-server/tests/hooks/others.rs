//! What is told of resources of types that are neither User nor Group.

use serde_json::{Value, json};

use crate::door::{DEVICE, Door};

crate::on_both!(
    each_change_of_a_resource_is_told_with_its_type,
    a_hook_refuses_a_resource,
);

async fn each_change_of_a_resource_is_told_with_its_type(door: Door) {
    let recorder = &door.recorder;
    let body = json!({ "schemas": [DEVICE], "label": "desk" });
    let (status, created) = door.post("standard/Devices", body.clone()).await;
    assert_eq!(status, 201, "{created}");
    let id = created["id"].as_str().unwrap();
    let told = |name: &str, version: u32, old: Option<&str>, new: Option<&str>| {
        let mut event = json!({
            "type": name, "version": 1, "connection": "standard", "resourceType": "Device", "id": id,
            "resourceVersion": version,
        });
        for (member, label) in [("old", old), ("new", new)] {
            if let Some(label) = label {
                event[member] = json!({ "schemas": [DEVICE], "label": label });
            }
        }
        event
    };
    assert_eq!(
        recorder.told_one(),
        told("resource.created", 1, None, Some("desk"))
    );
    let path = format!("standard/Devices/{id}");
    let replace = |label: &str| json!([{ "op": "replace", "path": "label", "value": label }]);
    assert_eq!(door.patch(&path, replace("shelf")).await, 200);
    assert_eq!(
        recorder.told_one(),
        told("resource.updated", 2, Some("desk"), Some("shelf"))
    );
    assert_eq!(door.patch(&path, replace("shelf")).await, 200);
    assert_eq!(recorder.told(), Vec::<Vec<Value>>::new());
    assert_eq!(door.delete(&path).await, 204);
    assert_eq!(
        recorder.told_one(),
        told("resource.deleted", 2, Some("shelf"), None)
    );
    assert_eq!(door.delete(&path).await, 404);
    assert_eq!(recorder.told(), Vec::<Vec<Value>>::new());
}

async fn a_hook_refuses_a_resource(door: Door) {
    door.recorder.be(crate::door::Mood::Refusing);
    let body = json!({ "schemas": [DEVICE], "label": "desk" });
    let (status, refusal) = door.post("standard/Devices", body).await;
    assert_eq!(
        (status, &refusal["detail"]),
        (403, &json!("there is no seat left, buy one first"))
    );
    let (_, list) = door.get("standard/Devices").await;
    assert_eq!(list["totalResults"], 0);
}
