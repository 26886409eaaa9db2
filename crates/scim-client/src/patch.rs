//! PATCH (RFC 7644 section 3.5.2).

use scim_core::filter::FilterLimits;
use scim_core::path::{PatchPath as ParsedPath, PathStep};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::error::ClientError;
use crate::filter::Filter;

const PATCH_OP_URN: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// The operations of a PATCH (RFC 7644 section 3.5.2). The server applies all of them or none.
///
/// ```
/// use scim_client::{Filter, PatchOp, PatchPath};
/// use scim_client::resource::value::Email;
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
#[must_use = "nothing is sent until it is passed to `Resources::patch`"]
pub struct PatchOp {
    operations: Vec<Value>,
    /// The first error; the request fails with it.
    wrong: Option<String>,
}

/// The target of an operation of a [`PatchOp`]: an attribute, a sub-attribute, or some of the values of an attribute.
///
/// Text such as `name.familyName` converts to a path. If it is not a path, the request fails with [`ClientError::Request`]
/// before it is sent. Do not put values from people into such a text: [`element`](Self::element) escapes them.
///
/// ```
/// use scim_client::{Filter, PatchOp, PatchPath};
///
/// let work = PatchPath::element("emails", Filter::eq("type", "work"));
/// let patch = PatchOp::new().replace(work.sub_attribute("value"), "bjensen@example.com");
/// # let json = patch.document()?;
/// # assert_eq!(json["Operations"][0]["path"], r#"emails[type eq "work"].value"#);
/// # Ok::<(), scim_client::ClientError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct PatchPath(Result<ParsedPath, String>);

impl PatchOp {
    /// Creates a PATCH without operations.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds values to a multi-valued attribute, or sets a single-valued one.
    pub fn add(self, path: impl Into<PatchPath>, value: impl Serialize) -> Self {
        self.operation("add", Some(path.into()), Some(value))
    }

    /// Replaces the value, or all values, at the path.
    pub fn replace(self, path: impl Into<PatchPath>, value: impl Serialize) -> Self {
        self.operation("replace", Some(path.into()), Some(value))
    }

    /// Removes the attribute, or the values that the path selects.
    pub fn remove(self, path: impl Into<PatchPath>) -> Self {
        self.operation("remove", Some(path.into()), None::<Value>)
    }

    /// Adds each attribute of an object, as [`add`](Self::add) does.
    pub fn add_attributes(self, attributes: impl Serialize) -> Self {
        self.operation("add", None, Some(attributes))
    }

    /// Replaces each attribute of an object, as [`replace`](Self::replace) does.
    pub fn replace_attributes(self, attributes: impl Serialize) -> Self {
        self.operation("replace", None, Some(attributes))
    }

    /// Adds members to a group by their ids, with one operation for all. Ids that are members already stay members. Without ids,
    /// there is no operation.
    ///
    /// A server limits the size of a request. Add thousands of members with several PATCHes.
    pub fn add_members<I: Into<String>>(self, ids: impl IntoIterator<Item = I>) -> Self {
        let member = |id: I| json!({ "value": id.into() });
        let members: Vec<Value> = ids.into_iter().map(member).collect();
        if members.is_empty() {
            return self;
        }
        self.add("members", members)
    }

    /// Removes members from a group by their ids, with one operation for each: the form that most servers know. Without ids,
    /// there is no operation.
    ///
    /// Servers limit the operations of a PATCH, scim-server to 1,000, and reject more with 413. Remove many members with several
    /// PATCHes, for example of 100 ids each:
    ///
    /// ```no_run
    /// use scim_client::{PatchOp, ScimClient};
    ///
    /// # async fn example(client: ScimClient, leavers: Vec<String>) -> Result<(), scim_client::ClientError> {
    /// for ids in leavers.chunks(100) {
    ///     let patch = PatchOp::new().remove_members(ids);
    ///     client.groups().patch("e9e30dba", &patch).excluded_attributes(["members"]).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn remove_members<I: Into<String>>(self, ids: impl IntoIterator<Item = I>) -> Self {
        ids.into_iter().fold(self, |patch, id| {
            patch.remove(PatchPath::element("members", Filter::eq("value", id.into())))
        })
    }

    /// Returns whether there are no operations. Such a PATCH is not sent: it fails with [`ClientError::Request`].
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty() && self.wrong.is_none()
    }

    /// Returns the document that is sent.
    ///
    /// # Errors
    ///
    /// Returns [`ClientError::Request`] if a path is not valid, a value cannot be written as JSON, or there are no operations.
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
    /// Creates the path of those values of a multi-valued attribute that match a filter: `emails[type eq "work"]`.
    pub fn element(attribute: &str, filter: Filter) -> Self {
        Self(Self::from(attribute).0.and_then(|mut path| {
            match path.steps.last_mut() {
                Some(last) if last.filter.is_none() => last.filter = Some(filter.into_tree()?),
                _ => return Err(format!("`{attribute}` has a filter already")),
            }
            Ok(path)
        }))
    }

    /// Appends a sub-attribute: `emails[type eq "work"].value`.
    pub fn sub_attribute(self, name: &str) -> Self {
        Self(self.0.and_then(|mut path| {
            let sub = Self::from(name).0?;
            match <[PathStep; 1]>::try_from(sub.steps) {
                Ok([step]) if sub.urn.is_none() && step.filter.is_none() => path.steps.push(step),
                _ => return Err(format!("`{name}` is not the name of a sub-attribute")),
            }
            Ok(path)
        }))
    }
}

impl From<&str> for PatchPath {
    fn from(text: &str) -> Self {
        let path = ParsedPath::parse(text, &FilterLimits::default());
        Self(path.map_err(|error| format!("`{text}` is not a path: {error}")))
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
