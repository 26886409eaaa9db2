//! Users and groups that a check makes for itself.

use serde_json::{Value, json};

use super::{Trial, encode};
use crate::check::{Finding, violation};
use crate::http::Answer;

/// The schema of users.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The schema of groups.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The enterprise extension of users.
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A resource that was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its `id`.
    pub id: String,
    /// Its path: `/Users/…`.
    pub path: String,
    /// What was sent to make it.
    pub sent: Value,
    /// What was answered.
    pub answer: Answer,
}

impl Made {
    /// `userName` or `displayName`, as it was sent.
    pub fn name(&self) -> &str {
        self.sent["userName"]
            .as_str()
            .or(self.sent["displayName"].as_str())
            .unwrap_or_default()
    }

    /// How it is named as a member.
    pub fn member(&self) -> Value {
        json!({ "value": self.id })
    }
}

impl Trial {
    /// The document of a user that most servers take, with a name of its own.
    pub fn user_document(&self) -> Value {
        let name = self.unique("user");
        json!({
            "schemas": [USER],
            "userName": format!("{name}@conformance.example"),
            "externalId": name,
            "name": { "givenName": "Kit", "familyName": "Conformance", "formatted": "Kit Conformance" },
            "displayName": "Kit Conformance",
            "emails": [{ "value": format!("{name}@conformance.example"), "type": "work", "primary": true }],
            "active": true
        })
    }

    /// A user.
    ///
    /// # Errors
    ///
    /// A violation when it cannot be made.
    pub async fn user(&self) -> Result<Made, Finding> {
        self.user_with(json!({})).await
    }

    /// A user with those attributes more.
    ///
    /// # Errors
    ///
    /// A violation when it cannot be made.
    pub async fn user_with(&self, more: Value) -> Result<Made, Finding> {
        let document = merge(self.user_document(), more);
        self.make("/Users", document).await
    }

    /// A group of those users.
    ///
    /// # Errors
    ///
    /// A violation when it cannot be made.
    pub async fn group(&self, members: &[&Made]) -> Result<Made, Finding> {
        let members: Vec<Value> = members.iter().map(|made| made.member()).collect();
        let document = json!({ "schemas": [GROUP], "displayName": self.unique("group"), "members": members });
        self.make("/Groups", document).await
    }

    /// A resource from a document.
    ///
    /// # Errors
    ///
    /// A violation when it cannot be made.
    pub async fn make(&self, endpoint: &str, document: Value) -> Result<Made, Finding> {
        let answer = self.post(endpoint, &document).await?.expect(&[201])?;
        let id = answer.id()?;
        let path = format!("{endpoint}/{}", encode(&id));
        Ok(Made {
            id,
            path,
            sent: document,
            answer,
        })
    }

    /// The resource as it is now.
    ///
    /// # Errors
    ///
    /// A violation when it cannot be read.
    pub async fn read(&self, made: &Made) -> Result<Value, Finding> {
        Ok(self.get(&made.path).await?.expect(&[200])?.json)
    }

    /// Changes a resource by PATCH, which must succeed, and reads it.
    ///
    /// # Errors
    ///
    /// A violation when it is refused.
    pub async fn change(&self, made: &Made, operations: Value) -> Result<Value, Finding> {
        self.patch(&made.path, operations).await?.expect(&[200, 204])?;
        self.read(made).await
    }

    /// The ids of the members of a group as they are now, in order.
    ///
    /// # Errors
    ///
    /// A violation when the group cannot be read.
    pub async fn members(&self, group: &Made) -> Result<Vec<String>, Finding> {
        member_ids(&self.read(group).await?)
    }
}

/// The ids of the members in a document, sorted.
pub(crate) fn member_ids(group: &Value) -> Result<Vec<String>, Finding> {
    let members = match &group["members"] {
        Value::Null => return Ok(Vec::new()),
        Value::Array(members) => members,
        other => return Err(violation(format!("`members` is {other}, no array"))),
    };
    let mut ids = Vec::new();
    for member in members {
        match member["value"].as_str() {
            Some(id) => ids.push(id.to_owned()),
            None => return Err(violation(format!("a member has no `value`: {member}"))),
        }
    }
    ids.sort();
    Ok(ids)
}

/// The ids of users, sorted, to compare with those of members.
pub(crate) fn ids_of(users: &[&Made]) -> Vec<String> {
    let mut ids: Vec<String> = users.iter().map(|user| user.id.clone()).collect();
    ids.sort();
    ids
}

fn merge(mut base: Value, more: Value) -> Value {
    if let (Some(into), Value::Object(from)) = (base.as_object_mut(), more) {
        for (name, value) in from {
            into.insert(name, value);
        }
    }
    base
}
