//! Paths and values of PATCH.

use serde_json::{Value, json};

use crate::fault::Fault;
use crate::message::{Answered, Asked};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub(crate) const FAULTS: &[Fault] = &[
    Fault::request(
        "a value filter of remove is ignored",
        &["rfc7644/3.5.2.2/remove-by-value-filter"],
        |asked| {
            change_path(asked, "remove", |path| {
                path.split('[').next().unwrap_or(path).to_owned()
            });
        },
    ),
    Fault::request(
        "a change of one e-mail deletes the others",
        &["rfc7644/3.5.2.3/replace-by-value-filter"],
        |asked| {
            for operation in asked.operations().into_iter().flatten() {
                if operation["path"] == "emails[type eq \"work\"].value" {
                    let value = operation["value"].clone();
                    *operation = json!({ "op": "replace", "path": "emails", "value": [{ "type": "work", "value": value }] });
                }
            }
        },
    ),
    Fault::response(
        "a value filter without a match succeeds",
        &["rfc7644/3.5.2.3/replace-without-match"],
        |asked, answered, _| {
            succeed(asked, answered, "noTarget");
        },
    ),
    Fault::response(
        "a remove without a path succeeds",
        &["rfc7644/3.5.2.2/remove-without-path"],
        |asked, answered, _| {
            succeed(asked, answered, "noTarget");
        },
    ),
    Fault::response(
        "a change of a read-only attribute is accepted",
        &["rfc7644/3.5.2/read-only-is-refused"],
        |asked, answered, _| {
            succeed(asked, answered, "mutability");
        },
    ),
    Fault::response(
        "a broken path is a server error",
        &["rfc7644/3.5.2/invalid-path"],
        |asked, answered, _| {
            if asked.method == "PATCH" && answered.refuses("invalidPath") {
                answered.fail(500, "");
            }
        },
    ),
    Fault::response(
        "a required attribute is removed",
        &["rfc7644/3.5.2.2/remove-required"],
        |asked, answered, _| {
            if asked.method == "PATCH" && answered.status == 400 {
                answered.empty(204);
            }
        },
    ),
    Fault::response(
        "add without a value succeeds",
        &["rfc7644/3.5.2/missing-value"],
        |asked, answered, _| {
            let value = asked.json.pointer("/Operations/0/value");
            if asked.method == "PATCH" && value.is_none() && answered.status == 400 {
                answered.empty(204);
            }
        },
    ),
    Fault::response(
        "a value of the wrong type is accepted",
        &["rfc7644/3.5.2/invalid-value"],
        |asked, answered, _| {
            succeed(asked, answered, "invalidValue");
        },
    ),
    Fault::request(
        "dotted keys are ignored",
        &["rfc7644/3.5.2.3/replace-urn-keys-without-path"],
        |asked| {
            for operation in asked.operations().into_iter().flatten() {
                if let Some(value) = operation["value"].as_object_mut() {
                    value.retain(|name, _| !name.contains('.'));
                    value.insert("nickName".to_owned(), json!("Left"));
                }
            }
        },
    ),
    Fault::response(
        "dotted keys are stored as names",
        &["rfc7644/3.5.2.3/replace-urn-keys-without-path"],
        |asked, answered, memory| {
            if asked.json.pointer("/Operations/0/value/name.givenName").is_some() {
                memory.note(&asked.path);
            }
            if memory.knows(&asked.path) {
                answered.each(|resource| resource["name.givenName"] = json!("Anna"));
            }
        },
    ),
    Fault::response(
        "a URN in a path is split at its dot",
        &[
            "rfc7644/3.5.2.1/add-extension-attribute",
            "rfc7644/3.5.2.3/replace-extension-attribute",
            "rfc7644/3.5.2.2/remove-extension-attribute",
        ],
        |asked, answered, _| {
            let operations = asked.json["Operations"].as_array().into_iter().flatten();
            if operations.into_iter().any(|one| {
                one["path"]
                    .as_str()
                    .is_some_and(|path| path.starts_with(ENTERPRISE))
            }) {
                answered.fail(400, "invalidPath");
            }
        },
    ),
    Fault::request(
        "a complex value replaces all of its sub-attributes",
        &[
            "rfc7644/3.5.2.3/replace-complex-merges",
            "rfc7644/3.5.2.1/add-complex-merges",
        ],
        |asked| {
            if let Some(operations) = asked.operations()
                && operations
                    .first()
                    .is_some_and(|operation| operation["path"] == "name")
            {
                operations.insert(0, json!({ "op": "remove", "path": "name" }));
            }
        },
    ),
    Fault::request(
        "a sub-attribute replaces the whole",
        &["rfc7644/3.5.2.1/add-sub-attribute"],
        |asked| {
            if let Some(operations) = asked.operations()
                && operations
                    .first()
                    .is_some_and(|operation| operation["path"] == "name.givenName")
            {
                operations.insert(0, json!({ "op": "remove", "path": "name" }));
            }
        },
    ),
    Fault::request(
        "removing a sub-attribute removes the whole",
        &["rfc7644/3.5.2.2/remove-sub-attribute"],
        |asked| {
            change_path(asked, "remove", |path| {
                path.split('.').next().unwrap_or(path).to_owned()
            });
        },
    ),
    Fault::request(
        "a replace without a path forgets the rest",
        &["rfc7644/3.5.2.3/replace-without-path"],
        |asked| {
            if let Some(operations) = asked.operations()
                && operations
                    .first()
                    .is_some_and(|operation| operation["value"].is_object() && operation["path"].is_null())
            {
                operations.insert(0, json!({ "op": "remove", "path": "title" }));
            }
        },
    ),
    Fault::request(
        "active in a replace without a path is ignored",
        &["rfc7644/3.5.2.3/deactivate-without-path"],
        |asked| {
            for operation in asked.operations().into_iter().flatten() {
                if let Some(value) = operation["value"].as_object_mut()
                    && value.remove("active").is_some()
                {
                    value.insert("nickName".to_owned(), json!("Left"));
                }
            }
        },
    ),
];

fn change_path(asked: &mut Asked, op: &str, change: fn(&str) -> String) {
    for operation in asked.operations().into_iter().flatten() {
        if operation["op"] == op
            && let Some(path) = operation["path"].as_str().map(change)
        {
            operation["path"] = Value::String(path);
        }
    }
}

fn succeed(asked: &Asked, answered: &mut Answered, scim_type: &str) {
    if asked.method == "PATCH" && answered.refuses(scim_type) {
        answered.empty(204);
    }
}
