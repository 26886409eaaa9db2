//! Many operations in one request (RFC 7644 section 3.7).

mod result;
mod target;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::error::ClientError;
use crate::patch::PatchOp;
use crate::path::path;

pub use result::BulkResult;
pub use target::{BulkId, BulkTarget};

use target::Target;

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
            operation.insert("bulkId".to_owned(), bulk_id.as_str().into());
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
    let path = match target.as_ref().map(|target| &target.id) {
        Some(Target::Created(id)) => format!("{}/{}", path(endpoint, None)?, id.segment()?),
        Some(Target::Id(id)) => path(endpoint, Some(id))?,
        None => path(endpoint, None)?,
    };
    let mut operation = Map::new();
    operation.insert("method".to_owned(), method.into());
    operation.insert("path".to_owned(), path.into());
    if let Some(version) = target
        .map_or(Ok(None), |target| target.version)
        .map_err(|wrong| ClientError::Request(wrong.to_owned()))?
    {
        operation.insert("version".to_owned(), version.into());
    }
    Ok(operation)
}

fn json_of(resource: &impl Serialize) -> Result<Value, ClientError> {
    serde_json::to_value(resource).map_err(|error| ClientError::Request(error.to_string()))
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
            .delete("/Users", "bul\tkId:x")
            .delete("/Users", "a\r\nb\0")
            .delete("/Users", ".\t.")
            .delete("/Users", "%2e%2e")
            .delete("/Users", "ä")
            .delete("/Users", &BulkId::new("barbara"));
        assert_eq!(
            paths(&bulk),
            [
                "/Users/a%2F..%2Fb%3Fx%23y%25",
                "/Users/2819c223",
                "/Users/bulkId%3Abarbara",
                "/Users/BULKID%3Aa%3Ab",
                "/Users/urn%3Auuid%3A1",
                "/Users/bul%09kId%3Ax",
                "/Users/a%0D%0Ab%00",
                "/Users/.%09.",
                "/Users/%252e%252e",
                "/Users/%C3%A4",
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
            Bulk::new().patch("/Users", &BulkId::new("a\tb"), &remove),
            Bulk::new().patch("/Users", &BulkId::new("a%2Fb"), &remove),
            Bulk::new().patch("/Users", &BulkId::new("ä"), &remove),
        ] {
            assert!(
                matches!(wrong.document(), Err(ClientError::Request(_))) && !wrong.is_empty(),
                "{wrong:?}"
            );
        }
    }
}
