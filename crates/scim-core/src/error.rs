//! The SCIM error: an HTTP status, a `scimType` and a detail (RFC 7644 section 3.12).

use std::borrow::Cow;
use std::fmt;

use serde_json::{Value, json};

/// The schema URI of an Error document.
pub const ERROR_URN: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// A SCIM error, as the client sees it: an HTTP status, an optional [`ScimType`], and a detail.
///
/// An administrator reads the detail in the console of an identity provider. Details begin in lower case and have no period at
/// the end; what the client sent is in backticks.
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
#[doc(alias = "scimType")]
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
            #[must_use]
            pub fn $name(detail: impl Into<Cow<'static, str>>) -> Self {
                Self::new(400, Some(ScimType::$scim_type), detail)
            })*
        }
    };
}

bad_request! {
    /// Creates a 400 `invalidFilter`: the filter is malformed, or not supported.
    invalid_filter => InvalidFilter;
    /// Creates a 400 `tooMany`: the response would be larger than the server allows.
    too_many => TooMany;
    /// Creates a 400 `mutability`: the mutability of the attribute forbids the change.
    mutability => Mutability;
    /// Creates a 400 `invalidSyntax`: the body is not JSON, or not the expected kind of message.
    invalid_syntax => InvalidSyntax;
    /// Creates a 400 `invalidPath`: the path of a PATCH operation or of `sortBy` is malformed or names nothing.
    invalid_path => InvalidPath;
    /// Creates a 400 `noTarget`: the path of a PATCH operation matches no value.
    no_target => NoTarget;
    /// Creates a 400 `invalidValue`: a value is missing or does not fit its attribute.
    invalid_value => InvalidValue;
    /// Creates a 400 `invalidVers`: the server does not support the SCIM version of the request.
    invalid_vers => InvalidVers;
    /// Creates a 400 `invalidCursor`: the cursor does not belong to this query (RFC 9865).
    invalid_cursor => InvalidCursor;
    /// Creates a 400 `expiredCursor`: the cursor is too old (RFC 9865).
    expired_cursor => ExpiredCursor;
    /// Creates a 400 `invalidCount`: with a cursor, a page cannot have the requested size (RFC 9865).
    invalid_count => InvalidCount;
}

impl Error {
    /// Creates an error with any status and `scimType`.
    ///
    /// Nothing is checked: `status` should be an HTTP status of 400 or more.
    #[must_use]
    pub fn new(status: u16, scim_type: Option<ScimType>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            scim_type,
            detail: detail.into(),
        }
    }

    /// Creates an error without a `scimType`.
    #[must_use]
    pub fn plain(status: u16, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(status, None, detail)
    }

    /// Creates a 409 `uniqueness`: another resource already has the value.
    #[must_use]
    pub fn uniqueness(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(409, Some(ScimType::Uniqueness), detail)
    }

    /// Creates a 403 `sensitive`: the URI of the request holds sensitive data, which may be logged.
    #[must_use]
    pub fn sensitive(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(403, Some(ScimType::Sensitive), detail)
    }

    /// Creates a 404: the resource or endpoint does not exist.
    #[must_use]
    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::plain(404, detail)
    }

    /// Creates a 412: the resource is not at the version that the client expects.
    #[must_use]
    pub fn precondition_failed(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::plain(412, detail)
    }

    /// Creates a 413: the request exceeds a limit of the server.
    #[must_use]
    pub fn too_large(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::plain(413, detail)
    }

    /// Returns the HTTP status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the machine-readable reason, where RFC 7644 table 9 or RFC 9865 section 2.2 defines one.
    #[must_use]
    pub fn scim_type(&self) -> Option<ScimType> {
        self.scim_type
    }

    /// Returns the reason in words for people.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Returns the error with the detail `context: detail`, to tell where it arose.
    #[must_use]
    pub fn within(self, context: impl fmt::Display) -> Self {
        let detail = format!("{context}: {}", self.detail);
        Self {
            detail: detail.into(),
            ..self
        }
    }

    /// Returns the Error document, in which the status is a string (RFC 7644 section 3.12).
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

/// The machine-readable reason of an [`Error`], `scimType`: RFC 7644 table 9 and RFC 9865 section 2.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScimType {
    /// The filter is malformed, or not supported.
    InvalidFilter,
    /// The query yields more results than the server is willing to process.
    TooMany,
    /// Another resource already has the value.
    Uniqueness,
    /// The mutability of the attribute forbids the change.
    Mutability,
    /// The body is malformed.
    InvalidSyntax,
    /// The path is malformed or names nothing.
    InvalidPath,
    /// The path matches no value.
    NoTarget,
    /// A value is missing, or does not fit its attribute.
    InvalidValue,
    /// The SCIM version is not supported.
    InvalidVers,
    /// The URI of the request holds sensitive data.
    Sensitive,
    /// The cursor is not valid for this query (RFC 9865).
    InvalidCursor,
    /// The cursor is too old (RFC 9865).
    ExpiredCursor,
    /// The `count` is not valid with a cursor (RFC 9865).
    InvalidCount,
}

impl ScimType {
    /// Returns the word on the wire, such as `invalidFilter`.
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
