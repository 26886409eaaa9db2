//! Many operations in one request (RFC 7644 section 3.7).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::ClientError;
use crate::patch::PatchOp;
use crate::stored::decode;

const BULK_REQUEST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

/// Operations that are sent together (RFC 7644 section 3.7). How many may be, says
/// [`ServiceProviderConfig::bulk`](crate::discovery::ServiceProviderConfig::bulk).
///
/// An operation may refer to a resource that another one makes, by `bulkId:` and its name:
///
/// ```
/// use scim_client::Bulk;
/// use scim_client::resource::{group::Group, user::User, value::Member};
///
/// let bulk = Bulk::new()
///     .create("/Users", "barbara", &User::new("bjensen"))
///     .create("/Groups", "guides", &Group::new("Tour Guides").member(Member::new("bulkId:barbara")))
///     .delete("/Users/2819c223");
/// # assert!(bulk.document().is_ok());
/// ```
///
/// Unlike elsewhere, paths are taken as they are.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Bulk {
    operations: Vec<Value>,
    fail_on_errors: Option<u32>,
    wrong: Option<String>,
}

/// What came of one operation of a [`Bulk`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BulkResult {
    /// `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// What the operation was called.
    pub bulk_id: Option<String>,
    /// The URI of the resource; an operation that failed to make one has none.
    pub location: Option<String>,
    /// The version that the resource is at now.
    pub version: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// The resource, where the server shows it, or the error.
    pub response: Option<Value>,
}

impl Bulk {
    /// No operations yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops after so many errors; otherwise the server goes on to the end.
    pub fn fail_on_errors(mut self, errors: u32) -> Self {
        self.fail_on_errors = Some(errors);
        self
    }

    /// Makes a resource at an endpoint, called `bulk_id` in this request.
    pub fn create(self, endpoint: &str, bulk_id: &str, resource: &impl Serialize) -> Self {
        let resource = json_of(resource);
        self.operation("POST", endpoint, Some(bulk_id), Some(resource))
    }

    /// Puts a resource in the place of the one at a path, `/Users/2819c223`.
    pub fn replace(self, path: &str, resource: &impl Serialize) -> Self {
        let resource = json_of(resource);
        self.operation("PUT", path, None, Some(resource))
    }

    /// Changes the resource at a path.
    pub fn patch(self, path: &str, patch: &PatchOp) -> Self {
        self.operation("PATCH", path, None, Some(patch.document()))
    }

    /// Deletes the resource at a path.
    pub fn delete(self, path: &str) -> Self {
        self.operation("DELETE", path, None, None)
    }

    /// The document as it is sent.
    ///
    /// # Errors
    ///
    /// When a resource or a patch cannot be written.
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

    fn operation(
        mut self,
        method: &str,
        path: &str,
        bulk_id: Option<&str>,
        data: Option<Result<Value, ClientError>>,
    ) -> Self {
        let mut operation = Map::new();
        operation.insert("method".to_owned(), method.into());
        operation.insert("path".to_owned(), path.into());
        if let Some(bulk_id) = bulk_id {
            operation.insert("bulkId".to_owned(), bulk_id.into());
        }
        match data.transpose() {
            Ok(data) => operation.extend(data.map(|data| ("data".to_owned(), data))),
            Err(ClientError::Request(wrong)) => self.wrong = self.wrong.or(Some(wrong)),
            Err(error) => self.wrong = self.wrong.or(Some(error.to_string())),
        }
        self.operations.push(operation.into());
        self
    }
}

fn json_of(resource: &impl Serialize) -> Result<Value, ClientError> {
    serde_json::to_value(resource).map_err(|error| ClientError::Request(error.to_string()))
}

impl BulkResult {
    /// Whether the operation was carried out, and the refusal otherwise.
    ///
    /// # Errors
    ///
    /// [`ClientError::Scim`] where the status is no 2xx.
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

    /// The id of the resource: the last segment of its location.
    pub fn id(&self) -> Option<&str> {
        self.location.as_deref()?.rsplit('/').next()
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
        let wrong = || ClientError::Decode(format!("`{}` is no status of an operation", self.status));
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
