//! What each provider sends.

use serde_json::{Value, json};

use super::Provider;
use crate::http::Request;
use crate::trial::{ENTERPRISE, GROUP, USER, encode};

/// The names of users and groups: the same for the same seed.
pub(super) struct Names {
    seed: u64,
}

impl Names {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed }
    }

    pub(super) fn user(&self, user: usize) -> String {
        format!("sim-{}-{user}@simulation.example", self.seed)
    }

    pub(super) fn group(&self, group: usize, renames: usize) -> String {
        format!("Simulated {} {group} v{renames}", self.seed)
    }
}

fn operations(path: &str, operations: &Value) -> Request {
    let schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    Request::patch(path, &json!({ "schemas": [schema], "Operations": operations }))
}

impl Provider {
    /// Looks for a user.
    pub(super) fn find_user(self, name: &str) -> Request {
        self.find("/Users", &format!("userName eq \"{name}\""))
    }

    /// Looks for a group.
    pub(super) fn find_group(self, name: &str) -> Request {
        self.find("/Groups", &format!("displayName eq \"{name}\""))
    }

    fn find(self, path: &str, filter: &str) -> Request {
        match self {
            Self::Okta => Request::get(format!("{path}?filter={}&startIndex=1&count=100", encode(filter))),
            Self::Entra => {
                let filter: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
                let excluded = if path == "/Groups" {
                    "excludedAttributes=members&"
                } else {
                    ""
                };
                Request::get(format!("{path}?{excluded}filter={filter}"))
            }
        }
    }

    /// The document of a user.
    pub(super) fn user(self, name: &str, title: &str, active: bool) -> Value {
        let email = json!([{ "primary": true, "type": "work", "value": name }]);
        match self {
            Self::Okta => json!({
                "schemas": [USER], "userName": name, "externalId": format!("00u{name}"),
                "name": { "givenName": "Simulated", "familyName": "User" }, "emails": email,
                "displayName": "Simulated User", "title": title, "locale": "en-US",
                "groups": [], "password": "1mz050nq", "active": active
            }),
            Self::Entra => json!({
                "schemas": [USER, ENTERPRISE], "externalId": format!("0a21{name}"), "userName": name,
                "active": active, "emails": email, "meta": { "resourceType": "User" }, "title": title,
                "name": { "formatted": "Simulated User", "familyName": "User", "givenName": "Simulated" }, "roles": []
            }),
        }
    }

    /// The document of a group, without members.
    pub(super) fn group(self, name: &str) -> Value {
        match self {
            Self::Okta => json!({ "schemas": [GROUP], "displayName": name, "members": [] }),
            Self::Entra => json!({
                "schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
                "externalId": format!("8aa1{name}"), "displayName": name, "meta": { "resourceType": "Group" }
            }),
        }
    }

    /// Gives a user who was there before the state of a new one.
    pub(super) fn take_over(self, path: &str, document: &Value) -> Request {
        match self {
            Self::Okta => Request::put(path, document),
            Self::Entra => operations(
                path,
                &json!([
                    { "op": "Replace", "path": "title", "value": document["title"] },
                    { "op": "Replace", "path": "active", "value": "True" }
                ]),
            ),
        }
    }

    /// Empties a group that was there before.
    pub(super) fn empty(self, path: &str) -> Request {
        operations(
            path,
            &json!([{ "op": "replace", "path": "members", "value": [] }]),
        )
    }

    /// Changes the title of a user. `now` is what GET answered: Okta sends it back.
    pub(super) fn set_title(self, path: &str, now: Value, title: &str) -> Request {
        match self {
            Self::Okta => {
                let mut document = now;
                if let Some(members) = document.as_object_mut() {
                    members.insert("title".to_owned(), json!(title));
                }
                Request::put(path, &document)
            }
            Self::Entra => operations(
                path,
                &json!([{ "op": "Replace", "path": "title", "value": title }]),
            ),
        }
    }

    /// Activates or deactivates a user.
    pub(super) fn set_active(self, path: &str, active: bool) -> Request {
        match self {
            Self::Okta => operations(path, &json!([{ "op": "replace", "value": { "active": active } }])),
            Self::Entra => {
                let text = if active { "True" } else { "False" };
                operations(
                    path,
                    &json!([{ "op": "Replace", "path": "active", "value": text }]),
                )
            }
        }
    }

    /// Renames a group.
    pub(super) fn rename(self, path: &str, id: &str, name: &str) -> Request {
        match self {
            Self::Okta => operations(
                path,
                &json!([{ "op": "replace", "value": { "id": id, "displayName": name } }]),
            ),
            Self::Entra => operations(
                path,
                &json!([{ "op": "Replace", "path": "displayName", "value": name }]),
            ),
        }
    }

    /// Adds members to a group and removes others.
    pub(super) fn change_members(self, path: &str, add: &[&str], remove: &[&str]) -> Request {
        let mut changes = Vec::new();
        match self {
            Self::Okta => {
                for id in remove {
                    changes.push(json!({ "op": "remove", "path": format!("members[value eq \"{id}\"]") }));
                }
                let add: Vec<Value> = add
                    .iter()
                    .map(|id| json!({ "value": id, "display": "user" }))
                    .collect();
                if !add.is_empty() {
                    changes.push(json!({ "op": "add", "path": "members", "value": add }));
                }
            }
            Self::Entra => {
                let listed = |ids: &[&str]| -> Vec<Value> {
                    ids.iter()
                        .map(|id| json!({ "$ref": null, "value": id }))
                        .collect()
                };
                if !add.is_empty() {
                    changes.push(json!({ "op": "Add", "path": "members", "value": listed(add) }));
                }
                if !remove.is_empty() {
                    changes.push(json!({ "op": "Remove", "path": "members", "value": listed(remove) }));
                }
            }
        }
        operations(path, &json!(changes))
    }
}
