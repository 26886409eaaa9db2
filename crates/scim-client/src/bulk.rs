//! Many operations in one request (RFC 7644 section 3.7).

use std::borrow::Cow;
use std::fmt;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use crate::change::UNVERSIONED;
use crate::client::below;
use crate::error::ClientError;
use crate::patch::PatchOp;
use crate::stored::{Stored, decode};

const BULK_REQUEST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const REFERENCE: &str = "bulkId:";

/// Operations that are sent in one request (RFC 7644 section 3.7). Send them with
/// [`ScimClient::bulk`](crate::ScimClient::bulk).
///
/// [`ServiceProviderConfig::bulk`](crate::discovery::ServiceProviderConfig::bulk) gives the maximum number of operations and
/// bytes. Each operation succeeds or fails alone.
///
/// An operation can refer to a resource that another operation of the same request creates, by its [`BulkId`]; and it can
/// depend on the version of a resource, by a [`BulkTarget`]:
///
/// ```no_run
/// use scim_client::resource::{group::Group, user::User, value::Member};
/// use scim_client::{Bulk, BulkId, BulkTarget, PatchOp, ScimClient};
///
/// # async fn example(client: ScimClient) -> Result<(), scim_client::ClientError> {
/// let john = client.users().get("26118915").await?;
/// let barbara = BulkId::new("barbara");
/// let bulk = Bulk::new()
///     .create("/Users", &barbara, &User::new("bjensen"))
///     .create("/Groups", "guides", &Group::new("Tour Guides").member(Member::new(barbara.reference())))
///     .patch("/Users", BulkTarget::unchanged(&john), &PatchOp::new().replace("active", false))
///     .delete("/Users", "2819c223");
/// for result in client.bulk(&bulk).await? {
///     if let Err(error) = result.outcome() {
///         println!("{} {:?}: {error}", result.method, result.bulk_id);
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// Endpoints and ids are encoded, so neither can name another resource than the one meant. Values of resources and patches are
/// sent as they are. The RFC makes every such value that begins with `bulkId:` a reference, so check values that people type
/// for this prefix.
#[derive(Debug, Clone, Default)]
#[must_use = "nothing is sent until it is passed to `ScimClient::bulk`"]
pub struct Bulk {
    operations: Vec<Value>,
    fail_on_errors: Option<u32>,
    wrong: Option<String>,
}

/// The name of a resource that a [`Bulk`] creates, by which other operations of it refer to the resource.
///
/// ```
/// use scim_client::{Bulk, BulkId, PatchOp};
/// use scim_client::resource::user::User;
///
/// let barbara = BulkId::new("barbara");
/// let joins = PatchOp::new().add_members([barbara.reference()]);
/// let bulk = Bulk::new()
///     .create("/Users", &barbara, &User::new("bjensen"))
///     .patch("/Groups", "e9e30dba", &joins);
/// # let document = bulk.document()?;
/// # assert_eq!(document["Operations"][1]["data"]["Operations"][0]["value"][0]["value"], "bulkId:barbara");
/// # Ok::<(), scim_client::ClientError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[must_use]
pub struct BulkId(String);

/// The resource that an operation of a [`Bulk`] replaces, changes or deletes, and the version that it must have.
///
/// `&str` and `String` convert to the resource with that id, and `&BulkId` to the resource that the same request creates.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct BulkTarget {
    id: Target,
    version: Result<Option<String>, &'static str>,
}

#[derive(Debug, Clone, PartialEq)]
enum Target {
    Id(String),
    Created(BulkId),
}

/// The result of one operation of a [`Bulk`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BulkResult {
    /// The method: `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// The [`BulkId`] of the operation.
    pub bulk_id: Option<String>,
    /// The URI of the resource. A resource that could not be created has none.
    pub location: Option<String>,
    /// The version of the resource after the operation.
    pub version: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// The error, or the resource if the server returns it.
    pub response: Option<Value>,
}

impl Bulk {
    /// Creates a request without operations.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops after this many errors. By default the server carries out all operations, whatever fails.
    pub fn fail_on_errors(mut self, errors: u32) -> Self {
        self.fail_on_errors = Some(errors);
        self
    }

    /// Creates a resource at an endpoint, `/Users`. No other resource of this request must have the same `bulk_id`.
    pub fn create(self, endpoint: &str, bulk_id: impl Into<BulkId>, resource: &impl Serialize) -> Self {
        let bulk_id = bulk_id.into();
        self.operation(|| {
            let mut operation = operation("POST", endpoint, None)?;
            operation.insert("bulkId".to_owned(), bulk_id.0.into());
            operation.insert("data".to_owned(), json_of(resource)?);
            Ok(operation)
        })
    }

    /// Replaces a resource at an endpoint.
    pub fn replace(self, endpoint: &str, target: impl Into<BulkTarget>, resource: &impl Serialize) -> Self {
        let target = target.into();
        self.operation(|| {
            let mut operation = operation("PUT", endpoint, Some(target))?;
            operation.insert("data".to_owned(), json_of(resource)?);
            Ok(operation)
        })
    }

    /// Changes attributes of a resource at an endpoint.
    pub fn patch(self, endpoint: &str, target: impl Into<BulkTarget>, patch: &PatchOp) -> Self {
        let target = target.into();
        self.operation(|| {
            let mut operation = operation("PATCH", endpoint, Some(target))?;
            operation.insert("data".to_owned(), patch.document()?);
            Ok(operation)
        })
    }

    /// Deletes a resource at an endpoint.
    pub fn delete(self, endpoint: &str, target: impl Into<BulkTarget>) -> Self {
        let target = target.into();
        self.operation(|| operation("DELETE", endpoint, Some(target)))
    }

    /// Returns whether there are no operations. Servers reject such a request.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty() && self.wrong.is_none()
    }

    /// Returns the document that is sent.
    ///
    /// # Errors
    ///
    /// Returns [`ClientError::Request`] if an endpoint, id or `bulkId` cannot be part of a path, a patch is not valid, a
    /// resource cannot be written as JSON, or a target was read without a version but must be unchanged.
    pub fn document(&self) -> Result<Value, ClientError> {
        if let Some(wrong) = &self.wrong {
            return Err(ClientError::Request(wrong.clone()));
        }
        let mut document = json!({ "schemas": [BULK_REQUEST_URN], "Operations": self.operations });
        if let (Some(errors), Some(members)) = (self.fail_on_errors, document.as_object_mut()) {
            members.insert("failOnErrors".to_owned(), errors.into());
        }
        Ok(document)
    }

    fn operation(mut self, make: impl FnOnce() -> Result<Map<String, Value>, ClientError>) -> Self {
        match make() {
            Ok(operation) => self.operations.push(operation.into()),
            Err(ClientError::Request(wrong)) => self.wrong = self.wrong.or(Some(wrong)),
            Err(error) => self.wrong = self.wrong.or(Some(error.to_string())),
        }
        self
    }
}

fn operation(
    method: &str,
    endpoint: &str,
    target: Option<BulkTarget>,
) -> Result<Map<String, Value>, ClientError> {
    let refusal = |wrong: &str| ClientError::Request(wrong.to_owned());
    let id = target.as_ref().map(|target| target.id.text());
    // only the path of this URL is used
    let base = Url::parse("http://bulk").map_err(|error| refusal(&error.to_string()))?;
    let url = below(base, endpoint, id.as_deref())?;
    let mut path = url.path().to_owned();
    match target.as_ref().map(|target| &target.id) {
        // a reference stands in the path as it is
        Some(Target::Created(id)) if !path.ends_with(&format!("/{REFERENCE}{id}")) => {
            let wrong = format!("the bulkId `{id}` has characters that a path cannot have");
            return Err(ClientError::Request(wrong));
        }
        // an id is not a reference
        Some(Target::Id(id)) if starts_as_reference(id) => {
            path = path.replace(':', "%3A");
        }
        _ => {}
    }
    let mut operation = Map::new();
    operation.insert("method".to_owned(), method.into());
    operation.insert("path".to_owned(), path.into());
    if let Some(version) = target
        .map_or(Ok(None), |target| target.version)
        .map_err(refusal)?
    {
        operation.insert("version".to_owned(), version.into());
    }
    Ok(operation)
}

fn starts_as_reference(id: &str) -> bool {
    id.get(..REFERENCE.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(REFERENCE))
}

fn json_of(resource: &impl Serialize) -> Result<Value, ClientError> {
    serde_json::to_value(resource).map_err(|error| ClientError::Request(error.to_string()))
}

impl BulkId {
    /// Creates a name. It must be unique within the request.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the text that stands for the id of the resource in other operations of the request: `bulkId:barbara`.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{REFERENCE}{}", self.0)
    }
}

impl fmt::Display for BulkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for BulkId {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for BulkId {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

impl From<&Self> for BulkId {
    fn from(id: &Self) -> Self {
        id.clone()
    }
}

impl BulkTarget {
    /// Creates the target with this id, at any version.
    pub fn new(id: impl Into<String>) -> Self {
        Self::from(Target::Id(id.into()))
    }

    /// Creates the target that must still have the version at which it was read. If it was read without a version, the request
    /// fails with [`ClientError::Request`] before it is sent.
    pub fn unchanged<T>(read: &Stored<T>) -> Self {
        Self {
            id: Target::Id(read.id().to_owned()),
            version: read
                .version()
                .map(|version| Some(version.to_owned()))
                .ok_or(UNVERSIONED),
        }
    }

    /// Requires this version: an entity tag as the server sent it, `W/"…"`. The operation has status 412 if the resource has
    /// another one.
    pub fn if_match(mut self, version: impl Into<String>) -> Self {
        self.version = Ok(Some(version.into()));
        self
    }
}

impl Target {
    fn text(&self) -> String {
        match self {
            Self::Id(id) => id.clone(),
            Self::Created(id) => id.reference(),
        }
    }
}

impl From<Target> for BulkTarget {
    fn from(id: Target) -> Self {
        Self {
            id,
            version: Ok(None),
        }
    }
}

impl From<&str> for BulkTarget {
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

impl From<String> for BulkTarget {
    fn from(id: String) -> Self {
        Self::new(id)
    }
}

impl From<&String> for BulkTarget {
    fn from(id: &String) -> Self {
        Self::new(id)
    }
}

impl From<&BulkId> for BulkTarget {
    fn from(id: &BulkId) -> Self {
        Self::from(Target::Created(id.clone()))
    }
}

impl BulkResult {
    /// Returns whether the operation succeeded, with the server's error if it did not.
    ///
    /// # Errors
    ///
    /// Returns [`ClientError::Scim`] if the status is not 2xx.
    pub fn outcome(&self) -> Result<(), ClientError> {
        if (200..300).contains(&self.status) {
            return Ok(());
        }
        let text = |name| self.response.as_ref()?.get(name)?.as_str().map(str::to_owned);
        Err(ClientError::Scim {
            status: self.status,
            scim_type: text("scimType"),
            detail: text("detail"),
            retry_after: None,
        })
    }

    /// Returns the id of the resource: the last segment of its location, decoded.
    #[must_use]
    pub fn id(&self) -> Option<Cow<'_, str>> {
        let id = self.location.as_deref()?.rsplit('/').next()?;
        percent_decode_str(id).decode_utf8().ok()
    }

    pub(crate) fn read(document: Value) -> Result<Vec<Self>, ClientError> {
        let response: BulkResponse = decode(document)?;
        response
            .operations
            .into_iter()
            .map(BulkOperation::result)
            .collect()
    }
}

#[derive(Deserialize)]
struct BulkResponse {
    #[serde(rename = "Operations", default)]
    operations: Vec<BulkOperation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BulkOperation {
    method: String,
    bulk_id: Option<String>,
    location: Option<String>,
    version: Option<String>,
    status: Value,
    response: Option<Value>,
}

impl BulkOperation {
    fn result(self) -> Result<BulkResult, ClientError> {
        // text by the RFC, a number to some servers, an object with the code to a draft
        let code = self.status.get("code").unwrap_or(&self.status);
        let status = match code {
            Value::String(text) => text.parse().ok(),
            code => code.as_u64().and_then(|code| u16::try_from(code).ok()),
        };
        let wrong = || ClientError::Decode(format!("`{}` is not the status of an operation", self.status));
        Ok(BulkResult {
            status: status.ok_or_else(wrong)?,
            method: self.method,
            bulk_id: self.bulk_id,
            location: self.location,
            version: self.version,
            response: self.response,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(bulk: &Bulk) -> Vec<String> {
        let document = bulk.document().unwrap();
        let operations = document["Operations"].as_array().unwrap();
        operations
            .iter()
            .map(|operation| operation["path"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn an_id_never_leads_elsewhere() {
        let bulk = Bulk::new()
            .delete("/Users", "a/../b?x#y%")
            .delete("Users/", "2819c223")
            .delete("/Users", "bulkId:barbara")
            .delete("/Users", "BULKID:a:b")
            .delete("/Users", "urn:uuid:1")
            .delete("/Users", &BulkId::new("barbara"));
        assert_eq!(
            paths(&bulk),
            [
                "/Users/a%2F..%2Fb%3Fx%23y%25",
                "/Users/2819c223",
                "/Users/bulkId%3Abarbara",
                "/Users/BULKID%3Aa%3Ab",
                "/Users/urn:uuid:1",
                "/Users/bulkId:barbara",
            ]
        );
        let remove = PatchOp::new().remove("title");
        for wrong in [
            Bulk::new().delete("/Users", ""),
            Bulk::new().delete("/Users", ".."),
            Bulk::new().delete("", "1"),
            Bulk::new().create("/", "x", &1),
            Bulk::new().patch("/Users", "1", &PatchOp::new()),
            Bulk::new().patch("/Users", &BulkId::new("a/b"), &remove),
            Bulk::new().patch("/Users", &BulkId::new("a b"), &remove),
        ] {
            assert!(
                matches!(wrong.document(), Err(ClientError::Request(_))) && !wrong.is_empty(),
                "{wrong:?}"
            );
        }
    }
}
