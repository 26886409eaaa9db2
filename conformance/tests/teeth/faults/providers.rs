//! What Okta and Entra ID stumble over.

use scim_conformance::subject::Profile::{Entra, Okta};
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::message::Asked;

pub(crate) const FAULTS: &[Fault] = &[
    Fault::request("text in place of a boolean is ignored", &["entra/users/disable-as-text"], |asked| {
        if let Some(operations) = asked.operations() {
            operations.retain(|operation| operation["value"] != "False");
            if operations.is_empty() {
                operations.push(json!({ "op": "add", "path": "nickName", "value": "Left" }));
            }
        }
    })
    .of(Entra),
    Fault::response("text in place of a boolean is stored", &["entra/users/disable-as-text"], |_, answered, _| {
        answered.each(|resource| {
            if resource["active"] == false {
                resource["active"] = json!("False");
            }
        });
    })
    .of(Entra),
    Fault::response("a manager as text is refused", &["entra/users/manager"], |asked, answered, _| {
        let operation = &asked.json["Operations"][0];
        if operation["path"].as_str().is_some_and(|path| path.ends_with(":manager")) && operation["value"].is_string() {
            answered.fail(400, "invalidValue");
        }
    })
    .of(Entra),
    Fault::response("text against a boolean in a filter is refused", &["entra/users/roles-primary-as-text"], |asked, answered, _| {
        if has_path(asked, "roles[primary eq \"True\"]") {
            answered.fail(400, "invalidFilter");
        }
    })
    .of(Entra),
    Fault::response("a path creates no value", &["entra/users/path-creates-value", "entra/users/many-operations"], |asked, answered, _| {
        if has_path(asked, "phoneNumbers[type eq \"mobile\"]") {
            answered.fail(400, "noTarget");
        }
    })
    .of(Entra),
    Fault::request("a path always creates a value", &["entra/users/many-operations"], |asked| {
        for operation in asked.operations().into_iter().flatten() {
            if operation["path"] == "addresses[type eq \"work\"].locality" {
                *operation = json!({ "op": "add", "path": "addresses", "value": [{ "type": "work", "locality": operation["value"] }] });
            }
        }
    })
    .of(Entra),
    Fault::response("a schema that is not known is refused", &["entra/groups/create", "entra/job/life"], |asked, answered, _| {
        if asked.is("POST", "/Groups") && asked.json["schemas"].to_string().contains("ADSCIM") {
            answered.fail(400, "invalidValue");
        }
    })
    .of(Entra),
    Fault::response("a null $ref is refused", &["entra/groups/add-members"], |asked, answered, _| {
        if asked.json.to_string().contains("\"$ref\":null") {
            answered.fail(400, "invalidValue");
        }
    })
    .of(Entra),
    Fault::request("a group is emptied by listed members", &["entra/groups/remove-listed-members", "entra/job/life"], |asked| {
        for operation in asked.operations().into_iter().flatten() {
            if operation["op"] == "Remove" && operation["path"] == "members" {
                operation.as_object_mut().unwrap().remove("value");
            }
        }
    })
    .of(Entra),
    Fault::request("members are always returned", &["entra/groups/match-without-members"], |asked| asked.drop("excludedAttributes"))
        .of(Entra),
    Fault::response("the matching filter is refused", &["entra/users/match", "rfc7644/3.4.2.2/value-path-then-attribute"], |asked, answered, _| {
        if asked.filter().contains("].value") {
            answered.fail(400, "invalidFilter");
        }
    })
    .of(Entra),
    Fault::response("a user who comes back is a conflict", &["entra/users/reprovision"], again_is_conflict).of(Entra),
    Fault::response("an assigned user who comes back is a conflict", &["okta/common/reprovision"], again_is_conflict).of(Okta),
    Fault::response("a rename with an id is refused", &["okta/catalog/group-rename", "okta/catalog/life"], |asked, answered, _| {
        if asked.method == "PATCH" && asked.json.pointer("/Operations/0/value/id").is_some() {
            answered.fail(400, "mutability");
        }
    })
    .of(Okta),
    Fault::response("a password is refused", &["okta/common/create", "okta/wizard/life"], |asked, answered, _| {
        if asked.method == "POST" && asked.json["password"].is_string() {
            answered.fail(400, "invalidValue");
        }
    })
    .of(Okta),
    Fault::request("PUT of a name empties the group", &["okta/wizard/rename-without-members"], |asked| {
        if asked.is("PUT", "/Groups") && asked.json["members"].is_null() {
            asked.json["members"] = json!([]);
        }
    })
    .of(Okta),
    Fault::response("a push of nobody is refused", &["okta/catalog/membership-empty"], |asked, answered, _| {
        if asked.method == "PATCH" && asked.json.to_string().contains("\"members\"") && asked.json.to_string().contains("[]") {
            answered.fail(400, "invalidValue");
        }
    })
    .of(Okta),
    Fault::request("PUT keeps a user active", &["okta/wizard/deactivate", "okta/common/reprovision"], |asked| {
        if asked.method == "PUT" && asked.json["active"] == false {
            asked.json["active"] = json!(true);
        }
    })
    .of(Okta),
    Fault::response("a PUT with meta is refused", &["okta/common/put-what-get-answered"], |asked, answered, _| {
        if asked.method == "PUT" && asked.json["meta"].is_object() {
            answered.fail(400, "mutability");
        }
    })
    .of(Okta),
    Fault::response("counts of a list are text", &["okta/common/test-connector"], |_, answered, _| {
        if answered.is_list() {
            answered.json["itemsPerPage"] = json!(answered.json["itemsPerPage"].to_string());
        }
    })
    .of(Okta),
    Fault::response("an import finds a user on each page", &["okta/common/import"], |asked, answered, _| {
        if answered.is_list() && asked.parameter("filter").is_none() {
            let resources: &mut Vec<Value> = answered.json["Resources"].as_array_mut().unwrap();
            resources.extend(resources.clone());
        }
    })
    .of(Okta),
];

fn has_path(asked: &Asked, prefix: &str) -> bool {
    let operations = asked.json["Operations"].as_array().into_iter().flatten();
    operations.into_iter().any(|operation| {
        operation["path"]
            .as_str()
            .is_some_and(|path| path.starts_with(prefix))
    })
}

fn again_is_conflict(asked: &Asked, answered: &mut crate::message::Answered, memory: &crate::fault::Memory) {
    let name = asked.json["userName"].as_str().unwrap_or_default();
    if asked.is("POST", "/Users") && !memory.note(name) {
        answered.fail(409, "uniqueness");
    }
}
