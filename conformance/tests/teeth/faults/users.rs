//! What is kept of users and groups.

use serde_json::{Value, json};

use crate::fault::{Fault, Instead};
use crate::message::{Answered, Asked};
use crate::proxy::Upstream;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub(crate) const FAULTS: &[Fault] = &[
    Fault::response(
        "booleans are text",
        &["rfc7643/2.3.2/boolean"],
        |_, answered, _| {
            answered.each(|resource| {
                if let Some(active) = resource["active"].as_bool() {
                    resource["active"] = json!(if active { "True" } else { "False" });
                }
            });
        },
    ),
    Fault::response(
        "times are numbers",
        &["rfc7643/2.3.5/date-time"],
        |_, answered, _| {
            answered.each(|resource| resource["meta"]["created"] = json!(1_700_000_000));
        },
    ),
    Fault::response(
        "attributes without a value are null",
        &["rfc7643/2.5/no-null-in-answers"],
        |_, answered, _| {
            answered.each(|resource| resource["title"] = Value::Null);
        },
    ),
    Fault::response(
        "a list of one is unwrapped",
        &["rfc7643/2.4/multi-valued-is-array"],
        |_, answered, _| {
            answered.each(|resource| resource["emails"] = resource["emails"][0].clone());
        },
    ),
    Fault::response(
        "the resource type is in lower case",
        &["rfc7643/3.1/meta", "rfc7643/3.1/meta-of-group"],
        |_, answered, _| {
            answered.each(|resource| {
                let kind = resource["meta"]["resourceType"]
                    .as_str()
                    .unwrap_or_default()
                    .to_lowercase();
                resource["meta"]["resourceType"] = json!(kind);
            });
        },
    ),
    Fault::response("schemas are missing", &["rfc7643/3/schemas"], |_, answered, _| {
        answered.without("schemas")
    }),
    Fault::response(
        "schemas leave out the extension",
        &["rfc7643/3/schemas-of-extension"],
        |_, answered, _| {
            answered.each(|resource| {
                if let Some(schemas) = resource["schemas"].as_array_mut() {
                    schemas.retain(|schema| schema != ENTERPRISE);
                }
            });
        },
    ),
    Fault::request(
        "externalId is not kept",
        &["rfc7643/3.1/external-id", "rfc7644/3.4.2.2/group-by-external-id"],
        |asked| asked.remove("externalId"),
    ),
    Fault::request(
        "externalId is folded",
        &["rfc7643/3.1/external-id", "rfc7644/3.4.2.2/external-id-exact"],
        |asked| {
            if let Some(id) = asked.json["externalId"].as_str().map(str::to_lowercase) {
                asked.json["externalId"] = json!(id);
            }
        },
    ),
    Fault::instead(
        "a user is read by its externalId",
        &["rfc7643/3.1/external-id-is-no-key"],
        by_external_id,
    ),
    Fault::response(
        "the client chooses the id",
        &["rfc7644/3.3/read-only-ignored"],
        |asked, answered, _| {
            if asked.method == "POST" && asked.json["id"].is_string() {
                answered.json["id"] = asked.json["id"].clone();
            }
        },
    ),
    Fault::response(
        "unknown attributes are stored",
        &["rfc7643/3.3/unknown-attribute"],
        |asked, answered, memory| {
            if asked.json["shoeSizeOfTheKit"].is_number() {
                memory.note(answered.json["id"].as_str().unwrap_or_default());
            }
            answered.each(|resource| {
                if memory.knows(resource["id"].as_str().unwrap_or_default()) {
                    resource["shoeSizeOfTheKit"] = json!(42);
                }
            });
        },
    ),
    Fault::response(
        "the password comes back",
        &["rfc7643/4.1.1/password-is-never-returned"],
        |asked, answered, _| {
            if let Some(password) = asked.json.get("password")
                && answered.status < 300
            {
                answered.json["password"] = password.clone();
            }
        },
    ),
    Fault::response(
        "userName is folded",
        &["rfc7643/4.1.1/user-name-is-kept"],
        |_, answered, _| {
            answered.each(|resource| {
                if let Some(name) = resource["userName"].as_str().map(str::to_lowercase) {
                    resource["userName"] = json!(name);
                }
            });
        },
    ),
    Fault::request(
        "userName is unique in one case only",
        &["rfc7643/4.1.1/user-name-unique-in-any-case"],
        |asked| {
            let name = asked.json["userName"].as_str().unwrap_or_default().to_owned();
            if asked.method == "POST" && name.starts_with("USER-") {
                asked.json["userName"] = json!(format!("{name}.another"));
            }
        },
    ),
    Fault::response(
        "groups of a user are missing",
        &["rfc7643/4.1.2/groups"],
        |_, answered, _| answered.without("groups"),
    ),
    Fault::response(
        "groups of a user are never taken back",
        &[
            "rfc7643/4.1.2/groups-follow",
            "rfc7643/4.1.2/groups-after-deletion",
        ],
        |asked, answered, _| {
            if asked.is("GET", "/Users") {
                answered.each(|resource| resource["groups"] = json!([{ "value": "a-group" }]));
            }
        },
    ),
    Fault::request(
        "the extension is not kept",
        &["rfc7643/4.3/extension-round-trip", "rfc7643/4.3/manager"],
        |asked| {
            asked.remove(ENTERPRISE);
        },
    ),
    Fault::request(
        "addresses are not kept",
        &["rfc7643/4.1/attributes-round-trip"],
        |asked| asked.remove("addresses"),
    ),
    Fault::response(
        "members are ids without objects",
        &["rfc7643/4.2/member-value"],
        |_, answered, _| {
            answered.each(|resource| {
                for member in resource["members"].as_array_mut().into_iter().flatten() {
                    *member = member["value"].clone();
                }
            });
        },
    ),
    Fault::request("null is refused", &["rfc7643/2.5/null-is-unassigned"], |asked| {
        if asked.json.get("nickName").is_some_and(Value::is_null) {
            asked.json["nickName"] = json!({});
        }
    }),
    Fault::request(
        "names of attributes are case-sensitive",
        &["rfc7643/2.1/names-in-any-case"],
        |asked| {
            asked.remove("nickname");
        },
    ),
    Fault::request("PUT ignores active", &["rfc7644/3.5.1/deactivates"], |asked| {
        if asked.method == "PUT" {
            asked.remove("active");
        }
    }),
    Fault::request(
        "PUT of a group ignores its members",
        &["rfc7644/3.5.1/members", "rfc7644/3.5.1/no-members"],
        |asked| {
            if asked.is("PUT", "/Groups") {
                asked.remove("members");
            }
        },
    ),
    Fault::instead("PUT only merges", &["rfc7644/3.5.1/clears"], merge),
    Fault::response(
        "PUT with an id is refused",
        &["rfc7644/3.5.1/read-only-ignored"],
        |asked, answered, _| {
            if asked.method == "PUT" && asked.json["id"].is_string() {
                answered.fail(400, "mutability");
            }
        },
    ),
    Fault::response(
        "PUT of what is not there succeeds",
        &["rfc7644/3.5.1/creates-nothing"],
        |asked, answered, _| {
            if asked.method == "PUT" && answered.status == 404 {
                answered.status = 200;
            }
        },
    ),
];

fn by_external_id(asked: Asked, upstream: Upstream) -> Instead {
    Box::pin(async move {
        let answered = upstream.send(asked.clone()).await;
        let id = asked.path.strip_prefix("/Users/")?.to_owned();
        if asked.method != "GET" || answered.status != 404 {
            return Some(answered);
        }
        let mut list = asked;
        list.path = "/Users".to_owned();
        list.set("filter", &format!("externalId eq \"{id}\""));
        let found = upstream.send(list).await;
        match found.json["Resources"].get(0) {
            Some(user) => Some(Answered {
                json: user.clone(),
                ..found
            }),
            None => Some(answered),
        }
    })
}

/// Does a PUT as a PATCH.
fn merge(asked: Asked, upstream: Upstream) -> Instead {
    Box::pin(async move {
        if asked.method != "PUT" {
            return None;
        }
        let mut value = asked.json.clone();
        value.as_object_mut()?.remove("schemas");
        let json = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{ "op": "replace", "value": value }]
        });
        Some(
            upstream
                .send(Asked {
                    method: "PATCH".to_owned(),
                    json,
                    ..asked
                })
                .await,
        )
    })
}
