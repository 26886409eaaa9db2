//! What the server answers to each operation of a bulk.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;

use crate::error::ClientError;
use crate::stored::decode;

/// The result of one operation of a [`Bulk`](crate::Bulk).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BulkResult {
    /// The method: `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// The [`BulkId`](crate::BulkId) of the operation.
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
