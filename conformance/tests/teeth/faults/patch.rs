//! PATCH as a whole, and members.

use std::time::Duration;

use serde_json::{Value, json};

use crate::fault::{Fault, Instead};
use crate::message::{Answered, Asked};
use crate::proxy::Upstream;

pub(crate) const FAULTS: &[Fault] = &[
    Fault::request(
        "a remove with listed members empties the group",
        &["rfc7644/3.5.2.2/remove-listed-members"],
        |asked| {
            for operation in asked.operations().into_iter().flatten() {
                if operation["op"] == "remove" && operation["path"] == "members" {
                    operation.as_object_mut().unwrap().remove("value");
                }
            }
        },
    ),
    Fault::request(
        "add replaces the members",
        &["rfc7644/3.5.2.1/add-member-keeps-members"],
        |asked| {
            for operation in asked.operations().into_iter().flatten() {
                if operation["op"] == "add" && operation["path"] == "members" {
                    operation["op"] = json!("replace");
                }
            }
        },
    ),
    Fault::request(
        "add replaces the values",
        &["rfc7644/3.5.2.1/add-to-multi-valued"],
        |asked| {
            for operation in asked.operations().into_iter().flatten() {
                if operation["op"] == "add" && operation["path"] == "emails" {
                    operation["op"] = json!("replace");
                }
            }
        },
    ),
    Fault::instead(
        "members added at the same time are lost",
        &["rfc7644/3.5.2.1/parallel-adds-lose-nothing"],
        read_change_write,
    ),
    Fault::instead(
        "members removed at the same time come back",
        &["rfc7644/3.5.2.2/parallel-removes-lose-nothing"],
        read_remove_write,
    ),
    Fault::response(
        "a present member is there twice",
        &["rfc7644/3.5.2.1/add-present-member"],
        |_, answered, _| {
            answered.each(|resource| {
                if let Some(members) = resource["members"].as_array_mut() {
                    members.extend(members.clone());
                }
            });
        },
    ),
    Fault::request(
        "a rename empties the group",
        &["rfc7644/3.5.2.3/rename-keeps-members"],
        |asked| {
            let is_group = asked.path.starts_with("/Groups");
            if let Some(operations) = asked.operations()
                && is_group
                && operations
                    .iter()
                    .any(|operation| operation["path"] == "displayName")
            {
                operations.push(json!({ "op": "replace", "path": "members", "value": [] }));
            }
        },
    ),
    Fault::request(
        "replace adds members",
        &["rfc7644/3.5.2.3/replace-members"],
        |asked| {
            for operation in asked.operations().into_iter().flatten() {
                if operation["op"] == "replace" && operation["path"] == "members" {
                    operation["op"] = json!("add");
                }
            }
        },
    ),
    Fault::response(
        "an empty list of members is refused",
        &["rfc7644/3.5.2.3/replace-members-with-none"],
        |asked, answered, _| {
            let operations = asked.json["Operations"].as_array().into_iter().flatten();
            if operations
                .into_iter()
                .any(|operation| operation["value"] == json!([]))
            {
                answered.fail(400, "invalidValue");
            }
        },
    ),
    Fault::request(
        "removing one member removes all",
        &["rfc7644/3.5.2.2/remove-one-member"],
        |asked| {
            for operation in asked.operations().into_iter().flatten() {
                if operation["op"] == "remove"
                    && operation["path"]
                        .as_str()
                        .is_some_and(|path| path.starts_with("members["))
                {
                    operation["path"] = json!("members");
                }
            }
        },
    ),
    Fault::request(
        "removing all members removes none",
        &["rfc7644/3.5.2.2/remove-all-members"],
        |asked| {
            for operation in asked.operations().into_iter().flatten() {
                if operation["op"] == "remove" && operation["path"] == "members" {
                    operation["path"] = json!("externalId");
                }
            }
        },
    ),
    Fault::response(
        "capital operations are refused",
        &["rfc7644/3.5.2/op-in-any-case"],
        |asked, answered, _| {
            let operations = asked.json["Operations"].as_array().into_iter().flatten();
            let mut ops = operations.filter_map(|operation| operation["op"].as_str());
            if ops.any(|op| op.starts_with(char::is_uppercase)) {
                answered.fail(400, "invalidSyntax");
            }
        },
    ),
    Fault::instead(
        "operations before a failed one are kept",
        &["rfc7644/3.5.2/one-transaction"],
        one_by_one,
    ),
    Fault::request(
        "operations are applied from the last",
        &["rfc7644/3.5.2/in-order"],
        |asked| {
            if let Some(operations) = asked.operations() {
                operations.reverse();
            }
        },
    ),
    Fault::request(
        "an unknown operation is taken for add",
        &["rfc7644/3.5.2/unknown-op"],
        |asked| {
            for operation in asked.operations().into_iter().flatten() {
                if operation["op"] == "append" {
                    operation["op"] = json!("add");
                }
            }
        },
    ),
    Fault::response(
        "a change by PATCH shows the old values",
        &["rfc7644/3.5.2/answer"],
        |asked, answered, _| {
            if asked.method == "PATCH" && answered.status == 200 {
                answered.json["displayName"] = json!("Kit Conformance");
            }
        },
    ),
    Fault::response(
        "PATCH of what is not there succeeds",
        &["rfc7644/3.5.2/unknown-resource"],
        |asked, answered, _| {
            if asked.method == "PATCH" && answered.status == 404 {
                answered.empty(204);
            }
        },
    ),
    Fault::response(
        "PATCH with a conflict succeeds",
        &["rfc7644/3.5.2/conflict"],
        |asked, answered, _| {
            if asked.method == "PATCH" && answered.status == 409 {
                answered.empty(204);
            }
        },
    ),
    Fault::response(
        "two values are primary after PATCH",
        &["rfc7644/3.5.2/one-primary", "rfc7643/2.4/one-primary"],
        |_, answered, _| {
            answered.each(|resource| {
                for email in resource["emails"].as_array_mut().into_iter().flatten() {
                    email["primary"] = json!(true);
                }
            });
        },
    ),
    Fault::response(
        "lastModified never moves",
        &["rfc7644/3.5.2/last-modified"],
        |_, answered, _| {
            answered.each(|resource| resource["meta"]["lastModified"] = resource["meta"]["created"].clone());
        },
    ),
    Fault::response(
        "created moves with each change",
        &["rfc7644/3.5.2/last-modified", "rfc7644/3.5.1/meta"],
        |_, answered, _| {
            answered.each(|resource| resource["meta"]["created"] = resource["meta"]["lastModified"].clone());
        },
    ),
    Fault::request(
        "any message is taken for PATCH",
        &["rfc7644/3.5.2/message-schema"],
        |asked| {
            if asked.method == "PATCH" {
                asked.json["schemas"] = json!(["urn:ietf:params:scim:api:messages:2.0:PatchOp"]);
            }
        },
    ),
    Fault::response(
        "an unknown member is a server error",
        &["rfc7644/3.12/unknown-member-is-no-server-error"],
        |asked, answered, _| {
            if asked.is("PATCH", "/Groups") && answered.status == 400 {
                answered.fail(500, "");
            }
        },
    ),
];

/// Adds a member by reading the list, taking its time, and writing the list.
fn read_change_write(asked: Asked, upstream: Upstream) -> Instead {
    Box::pin(async move {
        let operation = asked.json["Operations"][0].clone();
        if !asked.is("PATCH", "/Groups") || operation["op"] != "add" {
            return None;
        }
        let read = Asked {
            method: "GET".to_owned(),
            json: Value::Null,
            raw: Vec::new(),
            ..asked.clone()
        };
        let mut group = upstream.send(read).await.json;
        tokio::time::sleep(Duration::from_millis(800)).await;
        let mut members = group["members"].as_array().cloned().unwrap_or_default();
        members.extend(operation["value"].as_array().cloned().unwrap_or_default());
        group["members"] = json!(members);
        let mut answered = upstream
            .send(Asked {
                method: "PUT".to_owned(),
                json: group,
                ..asked
            })
            .await;
        // a server that writes over what it read knows of no conflict
        if answered.status != 200 {
            answered.empty(204);
        }
        Some(answered)
    })
}

/// Removes a member by reading the list, taking its time, and writing the list.
fn read_remove_write(asked: Asked, upstream: Upstream) -> Instead {
    Box::pin(async move {
        let operation = asked.json["Operations"][0].clone();
        let path = operation["path"].as_str().unwrap_or_default().to_owned();
        if !asked.is("PATCH", "/Groups") || operation["op"] != "remove" {
            return None;
        }
        let read = Asked {
            method: "GET".to_owned(),
            json: Value::Null,
            raw: Vec::new(),
            ..asked.clone()
        };
        let mut group = upstream.send(read).await.json;
        tokio::time::sleep(Duration::from_millis(800)).await;
        if let Some(members) = group["members"].as_array_mut() {
            members.retain(|member| !path.contains(member["value"].as_str().unwrap_or("?")));
        }
        let mut answered = upstream
            .send(Asked {
                method: "PUT".to_owned(),
                json: group,
                ..asked
            })
            .await;
        answered.empty(204);
        Some(answered)
    })
}

/// Sends each operation as a request of its own, up to the first that fails.
fn one_by_one(asked: Asked, upstream: Upstream) -> Instead {
    Box::pin(async move {
        let operations = asked.json["Operations"].as_array()?.clone();
        let mut last: Option<Answered> = None;
        for operation in operations {
            let mut one = asked.clone();
            one.json["Operations"] = json!([operation]);
            let answered = upstream.send(one).await;
            let failed = answered.status >= 400;
            last = Some(answered);
            if failed {
                break;
            }
        }
        last
    })
}
