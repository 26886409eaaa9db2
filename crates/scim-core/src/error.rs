//! The SCIM Error document (RFC 7644 section 3.12) and the reasons it can carry.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Value, json};

/// The schema URI of an Error document.
pub const ERROR_URN: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// A refusal, as the client will see it: an HTTP status, for some of them a [`ScimType`], and a detail
/// that an administrator reads in the console of an identity provider.
///
/// Details are lower case, without a full stop; what the client sent stands in backticks.
///
/// ```
/// use scim_core::error::{Error, ScimType};
///
/// let error = Error::invalid_value("`active` must be a boolean");
/// assert_eq!(error.status(), 400);
/// assert_eq!(error.scim_type(), Some(ScimType::InvalidValue));
/// assert_eq!(error.to_json()["status"], "400");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status}{}: {detail}", scim_type_suffix(.scim_type))]
pub struct Error {
    status: u16,
    scim_type: Option<ScimType>,
    detail: Cow<'static, str>,
}

fn scim_type_suffix(scim_type: &Option<ScimType>) -> String {
    scim_type
        .map(|scim_type| format!(" {scim_type}"))
        .unwrap_or_default()
}

macro_rules! bad_request {
    ($($(#[$doc:meta])* $name:ident => $scim_type:ident;)*) => {
        impl Error {
            $($(#[$doc])*
            pub fn $name(detail: impl Into<Cow<'static, str>>) -> Self {
                Self::new(400, Some(ScimType::$scim_type), detail)
            })*
        }
    };
}

bad_request! {
    /// 400 `invalidFilter`: the filter cannot be understood or cannot be answered.
    invalid_filter => InvalidFilter;
    /// 400 `tooMany`: the answer would be larger than the server is willing to make it.
    too_many => TooMany;
    /// 400 `mutability`: the attribute may not be changed in that way.
    mutability => Mutability;
    /// 400 `invalidSyntax`: the body is no JSON, or no message of the kind that was expected.
    invalid_syntax => InvalidSyntax;
    /// 400 `invalidPath`: the path of a PATCH operation or of `sortBy` names nothing.
    invalid_path => InvalidPath;
    /// 400 `noTarget`: the path of a PATCH operation matches no value.
    no_target => NoTarget;
    /// 400 `invalidValue`: a value is missing or does not fit its attribute.
    invalid_value => InvalidValue;
    /// 400 `invalidVers`: the SCIM version of the request is not served here.
    invalid_vers => InvalidVers;
    /// 400 `invalidCursor`: the cursor is not one that this query was answered with (RFC 9865).
    invalid_cursor => InvalidCursor;
    /// 400 `expiredCursor`: the cursor is too old (RFC 9865).
    expired_cursor => ExpiredCursor;
    /// 400 `invalidCount`: a page that a cursor is asked for cannot have that size (RFC 9865).
    invalid_count => InvalidCount;
}

impl Error {
    /// An error with a status and a reason of the caller's choice.
    pub fn new(status: u16, scim_type: Option<ScimType>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            scim_type,
            detail: detail.into(),
        }
    }

    /// An error whose status says enough.
    pub fn plain(status: u16, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(status, None, detail)
    }

    /// 409 `uniqueness`: another resource has that value already.
    pub fn uniqueness(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(409, Some(ScimType::Uniqueness), detail)
    }

    /// 403 `sensitive`: the request puts private data where it may be logged.
    pub fn sensitive(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(403, Some(ScimType::Sensitive), detail)
    }

    /// 404: there is no such resource or endpoint.
    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::plain(404, detail)
    }

    /// 412: the resource is not at the version that the client expects.
    pub fn precondition_failed(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::plain(412, detail)
    }

    /// 413: the request is larger than a limit of the server.
    pub fn too_large(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::plain(413, detail)
    }

    /// The HTTP status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The machine-readable reason, where RFC 7644 table 9 has one.
    #[must_use]
    pub fn scim_type(&self) -> Option<ScimType> {
        self.scim_type
    }

    /// The reason for a human being.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The same error with a detail that says where it arose: `context: detail`.
    #[must_use]
    pub fn within(self, context: impl fmt::Display) -> Self {
        let detail = format!("{context}: {}", self.detail);
        Self {
            detail: detail.into(),
            ..self
        }
    }

    /// The Error document. The status is a string, as RFC 7644 section 3.12 has it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut document = json!({ "schemas": [ERROR_URN], "status": self.status.to_string() });
        if let (Some(scim_type), Some(members)) = (self.scim_type, document.as_object_mut()) {
            members.insert("scimType".to_owned(), scim_type.as_str().into());
        }
        if let Some(members) = document.as_object_mut() {
            members.insert("detail".to_owned(), self.detail.as_ref().into());
        }
        document
    }
}

/// The machine-readable reason of an [`Error`]: RFC 7644 table 9 and RFC 9865 section 2.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScimType {
    /// The filter is malformed or uses what the server does not support.
    InvalidFilter,
    /// The query yields more results than the server is willing to process.
    TooMany,
    /// A value is taken already.
    Uniqueness,
    /// The change does not fit the mutability of the attribute.
    Mutability,
    /// The body is malformed.
    InvalidSyntax,
    /// The path is malformed or names nothing.
    InvalidPath,
    /// The path yields no value that could be operated on.
    NoTarget,
    /// A value is missing, or does not fit its attribute.
    InvalidValue,
    /// The SCIM version is not supported.
    InvalidVers,
    /// The request holds sensitive data in its URI.
    Sensitive,
    /// The cursor is not one of this server's (RFC 9865).
    InvalidCursor,
    /// The cursor is too old (RFC 9865).
    ExpiredCursor,
    /// The count does not suit the cursor (RFC 9865).
    InvalidCount,
}

impl ScimType {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidVers => "invalidVers",
            Self::Sensitive => "sensitive",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }
}

impl fmt::Display for ScimType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_that_of_rfc_7644_section_3_12() {
        let document = Error::mutability("`id` is readOnly").to_json();
        assert_eq!(
            document,
            json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                "status": "400",
                "scimType": "mutability",
                "detail": "`id` is readOnly"
            })
        );
    }

    #[test]
    fn a_status_alone_carries_no_scim_type() {
        assert!(
            Error::not_found("no such user")
                .to_json()
                .get("scimType")
                .is_none()
        );
    }
}
