//! Rendering of records as resources.
//!
//! The document is stored as it is sent, so a response without projection is assembled as text. The document is scanned only
//! for attributes that the resource type no longer has.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use scim_core::projection::Projection;
use scim_core::resource::Resource;
use scim_core::schema::ResourceType;
use scim_profiles::profile::EmptyMembers;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;
use crate::precondition::etag;
use crate::store::{Kind, Membership, Record, ResourceId};

/// Characters that are percent-encoded in a path segment (RFC 3986 section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Renders the resources of a kind for one request.
pub(crate) struct Render<'a> {
    pub(crate) kind: Kind,
    pub(crate) resource_type: &'a Arc<ResourceType>,
    pub(crate) base_url: &'a str,
    pub(crate) empty_members: EmptyMembers,
}

impl Render<'_> {
    /// The URI of a resource.
    pub(crate) fn location(&self, id: &ResourceId) -> String {
        self.uri(&self.resource_type.endpoint, id)
    }

    fn uri(&self, endpoint: &str, id: &ResourceId) -> String {
        let id = utf8_percent_encode(id.as_str(), RESERVED);
        format!("{}{endpoint}/{id}", self.base_url)
    }

    /// Whether the response contains members of a group, or groups of a user.
    pub(crate) fn needs_memberships(&self, projection: &Projection) -> bool {
        let attribute = self.membership_attribute();
        attribute.is_some_and(|attribute| projection.includes(self.resource_type, attribute))
    }

    /// Whether the entity tag depends on memberships. The version of a user does not cover its groups, nor that of a group the
    /// names of its members, so that a membership change does not write users. The tag contains a digest of them instead.
    fn digests_memberships(&self, projection: &Projection) -> bool {
        let is_covered = self.kind == Kind::Group && !matches!(projection, Projection::Only(_));
        !is_covered && self.needs_memberships(projection)
    }

    /// The entity tag of the representation.
    pub(crate) fn etag(
        &self,
        record: &Record,
        memberships: &[Membership],
        projection: &Projection,
    ) -> String {
        let is_digested = !memberships.is_empty() && self.digests_memberships(projection);
        let digest = is_digested.then(|| digest(self.kind, memberships));
        etag(record.meta.version, digest.as_deref())
    }

    /// The entity tag of the representation, if it does not depend on memberships.
    pub(crate) fn etag_alone(&self, record: &Record, projection: &Projection) -> Option<String> {
        (!self.digests_memberships(projection)).then(|| etag(record.meta.version, None))
    }

    /// The text of the resource. `memberships` are those of this resource alone.
    pub(crate) fn resource(
        &self,
        record: &Record,
        memberships: &[Membership],
        projection: &Projection,
    ) -> Result<String, Failure> {
        let document = self.known(&record.document)?;
        let text = self.whole(&document, record, memberships, projection);
        if *projection == Projection::Default && !self.resource_type.hides_values() {
            return Ok(text);
        }
        let mut members: Map<String, Value> = serde_json::from_str(&text).map_err(damaged)?;
        projection.apply(self.resource_type, &mut members);
        Ok(Value::Object(members).to_string())
    }

    /// The document without attributes that the type no longer has.
    fn known<'d>(&self, document: &'d str) -> Result<Cow<'d, str>, Failure> {
        if self.resource_type.covers(document) {
            return Ok(document.into());
        }
        let resource = Resource::from_document(self.resource_type.clone(), document).map_err(damaged)?;
        Ok(resource.to_document().into())
    }

    fn whole(
        &self,
        document: &str,
        record: &Record,
        memberships: &[Membership],
        projection: &Projection,
    ) -> String {
        let meta = &record.meta;
        let inner = document
            .trim()
            .strip_prefix('{')
            .and_then(|inner| inner.strip_suffix('}'));
        let mut text = String::with_capacity(document.len() + 320 + 160 * memberships.len());
        // writing to a string cannot fail
        let _ = write!(text, r#"{{"id":{}"#, json(meta.id.as_str()));
        if let Some(inner) = inner.filter(|inner| !inner.is_empty()) {
            text.push(',');
            text.push_str(inner);
        }
        if self.needs_memberships(projection) {
            self.write_memberships(&mut text, memberships, projection);
        }
        let _ = write!(
            text,
            r#","meta":{{"resourceType":{},"created":"{}","lastModified":"{}","location":{},"version":{}}}}}"#,
            json(&self.resource_type.name),
            meta.created,
            meta.modified,
            json(&self.location(&meta.id)),
            json(&self.etag(record, memberships, projection)),
        );
        text
    }

    fn write_memberships(&self, text: &mut String, memberships: &[Membership], projection: &Projection) {
        // the names of members are returned on request; the projection removes them if they were not requested
        let shows_display = self.kind == Kind::User || *projection != Projection::Default;
        let shows_empty = self.kind == Kind::Group && self.empty_members == EmptyMembers::Show;
        let Some(attribute) = self
            .membership_attribute()
            .filter(|_| shows_empty || !memberships.is_empty())
        else {
            return;
        };
        let _ = write!(text, r#","{attribute}":["#);
        for (index, membership) in memberships.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            let (other, endpoint, kind) = match self.kind {
                Kind::User => (&membership.group, "/Groups", "direct"),
                _ => (&membership.user, "/Users", "User"),
            };
            let _ = write!(
                text,
                r#"{{"value":{},"$ref":{},"type":"{kind}""#,
                json(other.as_str()),
                json(&self.uri(endpoint, other))
            );
            if shows_display {
                let _ = write!(text, r#","display":{}"#, json(&membership.display));
            }
            text.push('}');
        }
        text.push(']');
    }

    fn membership_attribute(&self) -> Option<&'static str> {
        match self.kind {
            Kind::User => Some("groups"),
            Kind::Group => Some("members"),
            Kind::Other(_) => None,
        }
    }
}

/// The failure for a stored document that is not a JSON object.
fn damaged(error: serde_json::Error) -> Failure {
    Failure::Internal(Box::new(error))
}

/// Sixteen hexadecimal digits that change if a membership or the name of its other side changes.
fn digest(kind: Kind, memberships: &[Membership]) -> String {
    let mut hash = Sha256::new();
    for membership in memberships {
        let other = match kind {
            Kind::User => &membership.group,
            _ => &membership.user,
        };
        for part in [other.as_str(), "\0", &membership.display, "\0"] {
            hash.update(part);
        }
    }
    let mut text = String::with_capacity(16);
    for byte in hash.finalize().iter().take(8) {
        // writing to a string cannot fail
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A string as JSON text.
fn json(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_encoded_wherever_it_is_in_a_uri() {
        let id = ResourceId::new("a/b ü");
        let render = Render {
            kind: Kind::Group,
            resource_type: &Arc::new(ResourceType::group()),
            base_url: "https://scim.example.com/v2",
            empty_members: EmptyMembers::Show,
        };
        let record = Record::of_row(
            id.as_str().to_owned(),
            1,
            0,
            0,
            r#"{"displayName":"Guides"}"#.to_owned(),
        );
        let member = Membership {
            group: id.clone(),
            user: id,
            display: "Barbara".to_owned(),
        };
        let text = render.resource(&record, &[member], &Projection::Default).unwrap();
        let group: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(group["members"][0]["value"], "a/b ü");
        let reference = &group["members"][0]["$ref"];
        assert_eq!(reference, "https://scim.example.com/v2/Users/a%2Fb%20%C3%BC");
        assert_eq!(
            group["meta"]["location"],
            "https://scim.example.com/v2/Groups/a%2Fb%20%C3%BC"
        );
    }
}
