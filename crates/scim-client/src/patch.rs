//! Changes to a resource (RFC 7644 section 3.5.2).

use scim_core::filter::FilterLimits;
use scim_core::path::{PatchPath as ParsedPath, PathStep};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::error::ClientError;
use crate::filter::Filter;

const PATCH_OP_URN: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// Changes to a resource, of which the server makes all or none (RFC 7644 section 3.5.2).
///
/// ```
/// use scim_client::{Filter, PatchOp, PatchPath};
/// use scim_client::resource::value::{Email, Member};
///
/// let user = PatchOp::new()
///     .replace("active", false)
///     .add("emails", [Email::home("babs@example.com")])
///     .replace(PatchPath::element("emails", Filter::eq("type", "work")).sub_attribute("value"), "bjensen@example.com")
///     .remove("nickName");
/// let group = PatchOp::new().add_members(["2819c223"]).remove_members(["902c246b"]);
/// # let json = serde_json::to_value(group.document()?).unwrap();
/// # assert_eq!(json["Operations"][1]["path"], r#"members[value eq "902c246b"]"#);
/// # let json = serde_json::to_value(user.document()?).unwrap();
/// # assert_eq!(json["Operations"][2]["path"], r#"emails[type eq "work"].value"#);
/// # Ok::<(), scim_client::ClientError>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct PatchOp {
    operations: Vec<Value>,
    /// The first thing that makes no sense; the request fails with it.
    wrong: Option<String>,
}

/// What an operation of a [`PatchOp`] is about: an attribute, a sub-attribute, or some of the values of an attribute.
///
/// From text, `name.familyName`, it is parsed; what is no path makes the request fail before it is sent.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct PatchPath(Result<ParsedPath, String>);

impl PatchOp {
    /// No changes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds values to a multi-valued attribute, or sets a singular one.
    pub fn add(self, path: impl Into<PatchPath>, value: impl Serialize) -> Self {
        self.operation("add", Some(path.into()), Some(value))
    }

    /// Puts a value, or an array of values, in the place of what is there.
    pub fn replace(self, path: impl Into<PatchPath>, value: impl Serialize) -> Self {
        self.operation("replace", Some(path.into()), Some(value))
    }

    /// Takes away the attribute, or the values that the path selects.
    pub fn remove(self, path: impl Into<PatchPath>) -> Self {
        self.operation("remove", Some(path.into()), None::<Value>)
    }

    /// [`add`](Self::add) for each attribute of an object.
    pub fn add_attributes(self, attributes: impl Serialize) -> Self {
        self.operation("add", None, Some(attributes))
    }

    /// [`replace`](Self::replace) for each attribute of an object.
    pub fn replace_attributes(self, attributes: impl Serialize) -> Self {
        self.operation("replace", None, Some(attributes))
    }

    /// Adds members to a group, by id. Who is a member already stays one.
    pub fn add_members<I: Into<String>>(self, ids: impl IntoIterator<Item = I>) -> Self {
        let member = |id: I| json!({ "value": id.into() });
        let members: Vec<Value> = ids.into_iter().map(member).collect();
        if members.is_empty() {
            return self;
        }
        self.add("members", members)
    }

    /// Takes members away from a group, by id: an operation for each.
    pub fn remove_members<I: Into<String>>(self, ids: impl IntoIterator<Item = I>) -> Self {
        ids.into_iter().fold(self, |patch, id| {
            patch.remove(PatchPath::element("members", Filter::eq("value", id.into())))
        })
    }

    /// Whether there is nothing to change. Such a request is refused by servers: do not send it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty() && self.wrong.is_none()
    }

    /// The document as it is sent.
    ///
    /// # Errors
    ///
    /// When a path is none, a value cannot be written as JSON, or there are no operations.
    pub fn document(&self) -> Result<Value, ClientError> {
        match &self.wrong {
            Some(wrong) => Err(ClientError::Request(wrong.clone())),
            None if self.operations.is_empty() => Err(ClientError::Request(
                "a PATCH needs at least one operation".to_owned(),
            )),
            None => Ok(json!({ "schemas": [PATCH_OP_URN], "Operations": self.operations })),
        }
    }

    fn operation(mut self, op: &str, path: Option<PatchPath>, value: Option<impl Serialize>) -> Self {
        match operation(op, path, value) {
            Ok(operation) => self.operations.push(operation),
            Err(wrong) => self.wrong = self.wrong.or(Some(wrong)),
        }
        self
    }
}

fn operation(op: &str, path: Option<PatchPath>, value: Option<impl Serialize>) -> Result<Value, String> {
    let mut operation = Map::new();
    operation.insert("op".to_owned(), op.into());
    if let Some(path) = path {
        operation.insert("path".to_owned(), path.0?.to_string().into());
    }
    if let Some(value) = value {
        let value = serde_json::to_value(value).map_err(|error| error.to_string())?;
        operation.insert("value".to_owned(), value);
    }
    Ok(Value::Object(operation))
}

impl PatchPath {
    /// The values of a multi-valued attribute that match a filter: `emails[type eq "work"]`.
    pub fn element(attribute: &str, filter: Filter) -> Self {
        Self(Self::from(attribute).0.and_then(|mut path| {
            match path.steps.last_mut() {
                Some(last) if last.filter.is_none() => last.filter = Some(filter.into_tree()?),
                _ => return Err(format!("`{attribute}` has a filter already")),
            }
            Ok(path)
        }))
    }

    /// A sub-attribute of what the path is about: `emails[type eq "work"].value`.
    pub fn sub_attribute(self, name: &str) -> Self {
        Self(self.0.and_then(|mut path| {
            let sub = Self::from(name).0?;
            match <[PathStep; 1]>::try_from(sub.steps) {
                Ok([step]) if sub.urn.is_none() && step.filter.is_none() => path.steps.push(step),
                _ => return Err(format!("`{name}` is no name of a sub-attribute")),
            }
            Ok(path)
        }))
    }
}

impl From<&str> for PatchPath {
    fn from(text: &str) -> Self {
        let path = ParsedPath::parse(text, &FilterLimits::default());
        Self(path.map_err(|error| format!("`{text}` is no path: {error}")))
    }
}

impl From<String> for PatchPath {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_path_is_not_sent() {
        for wrong in [
            PatchOp::new().remove("emails[").replace("active", true),
            PatchOp::new().replace(PatchPath::from("name").sub_attribute("a.b"), 1),
            PatchOp::new().replace(PatchPath::element("emails", Filter::eq("a b", 1)), 1),
            PatchOp::new(),
        ] {
            assert!(
                matches!(wrong.document(), Err(ClientError::Request(_))),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn the_document_is_that_of_section_3_5_2() {
        let patch = PatchOp::new()
            .add_attributes(json!({ "nickName": "Babs" }))
            .add_members(Vec::<String>::new())
            .remove_members(["a\"b"]);
        let document = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [
                { "op": "add", "value": { "nickName": "Babs" } },
                { "op": "remove", "path": r#"members[value eq "a\"b"]"# },
            ],
        });
        assert_eq!(patch.document().unwrap(), document);
    }
}
