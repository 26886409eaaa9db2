//! Projections: the attributes that a response holds (RFC 7644 section 3.9).

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::filter::FilterLimits;
use crate::path::PatchPath;
use crate::schema::{Attribute, ResourceType, Returned, Schema, SchemaTarget};

/// The attributes that `attributes` or `excludedAttributes` select.
///
/// Attributes that are returned `always` are in every response, those returned `never` in none.
///
/// Exhaustive on purpose: these are the choices of RFC 7644 section 3.9. A new variant is a new major version.
///
/// ```
/// use scim_core::projection::Projection;
/// use scim_core::schema::ResourceType;
///
/// let user = ResourceType::user();
/// let projection = Projection::new(&user, &["userName", "emails.value"], &[]);
/// let mut response = serde_json::json!({
///     "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
///     "id": "2819c223",
///     "userName": "bjensen",
///     "title": "Tour Guide",
///     "emails": [{ "value": "bjensen@example.com", "type": "work" }]
/// });
/// if let Some(response) = response.as_object_mut() {
///     projection.apply(&user, response);
/// }
/// assert_eq!(response, serde_json::json!({
///     "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
///     "id": "2819c223",
///     "userName": "bjensen",
///     "emails": [{ "value": "bjensen@example.com" }]
/// }));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[doc(alias("attributes", "excludedAttributes"))]
pub enum Projection {
    /// Everything that is returned by `default`: neither parameter is given.
    #[default]
    Default,
    /// Only these attributes: `attributes`.
    Only(Vec<SchemaTarget>),
    /// Everything but these attributes: `excludedAttributes`.
    Without(Vec<SchemaTarget>),
}

impl Projection {
    /// Creates a projection from the two parameters, each a list of paths. If both are given, `excluded` is ignored. Paths that name
    /// nothing are ignored.
    #[must_use]
    pub fn new(resource_type: &ResourceType, attributes: &[&str], excluded: &[&str]) -> Self {
        let targets = |paths: &[&str]| {
            let parsed = paths
                .iter()
                .filter_map(|path| PatchPath::parse(path, &FilterLimits::default()).ok());
            parsed
                .filter_map(|path| resource_type.resolve_patch(&path))
                .collect()
        };
        match (attributes, excluded) {
            ([], []) => Self::Default,
            ([], excluded) => Self::Without(targets(excluded)),
            (attributes, _) => Self::Only(targets(attributes)),
        }
    }

    /// Returns whether any part of the attribute `name` of the resource itself is returned. If not, it need not be read.
    #[must_use]
    pub fn includes(&self, resource_type: &ResourceType, name: &str) -> bool {
        let Some(attribute) = resource_type.attribute(name) else {
            return false;
        };
        match attribute.returned {
            Returned::Always => true,
            Returned::Never => false,
            Returned::Default | Returned::Request => self.keeps(None, attribute),
        }
    }

    /// Removes from a response the attributes that are not returned, and those that the type does not have.
    pub fn apply(&self, resource_type: &ResourceType, answer: &mut Map<String, Value>) {
        answer.retain(|name, value| {
            if let Some(extension) = resource_type.extension(name) {
                return self.project_extension(&extension.schema, value);
            }
            resource_type
                .attribute(name)
                .is_some_and(|attribute| self.project(None, attribute, value))
        });
    }

    fn project_extension(&self, schema: &Arc<Schema>, value: &mut Value) -> bool {
        let Some(members) = value.as_object_mut() else {
            return false;
        };
        members.retain(|name, value| {
            schema
                .attribute(name)
                .is_some_and(|attribute| self.project(Some(schema), attribute, value))
        });
        !members.is_empty()
    }

    /// Removes the sub-attributes that are not returned. Returns whether the attribute stays.
    fn project(
        &self,
        extension: Option<&Arc<Schema>>,
        attribute: &Arc<Attribute>,
        value: &mut Value,
    ) -> bool {
        if attribute.returned == Returned::Never {
            return false;
        }
        let stays = attribute.returned == Returned::Always || self.keeps(extension, attribute);
        if stays && attribute.is_complex() {
            return self.project_subs(extension, attribute, value);
        }
        stays
    }

    fn project_subs(
        &self,
        extension: Option<&Arc<Schema>>,
        attribute: &Arc<Attribute>,
        value: &mut Value,
    ) -> bool {
        match value {
            Value::Array(elements) => {
                let was_empty = elements.is_empty();
                elements.retain_mut(|element| self.project_subs(extension, attribute, element));
                was_empty || !elements.is_empty()
            }
            Value::Object(members) => {
                let was_empty = members.is_empty();
                members.retain(|name, _| {
                    attribute
                        .sub_attribute(name)
                        .is_some_and(|sub| self.keeps_sub(extension, attribute, sub))
                });
                was_empty || !members.is_empty()
            }
            _ => true,
        }
    }

    fn keeps(&self, extension: Option<&Arc<Schema>>, attribute: &Attribute) -> bool {
        let on_request = attribute.returned == Returned::Request;
        match self {
            Self::Default => !on_request,
            // an attribute that is returned on request must be named itself: the URI of its schema is not enough
            Self::Only(targets) => targets.iter().any(|target| {
                let is_named = !on_request || matches!(target, SchemaTarget::Attribute(_));
                is_named && names(target, extension, attribute)
            }),
            Self::Without(targets) => {
                !on_request
                    && !targets
                        .iter()
                        .any(|target| names_all_of(target, extension, attribute))
            }
        }
    }

    fn keeps_sub(&self, extension: Option<&Arc<Schema>>, attribute: &Attribute, sub: &Attribute) -> bool {
        let names_sub = |target: &SchemaTarget| match target {
            SchemaTarget::Attribute(named) => {
                names(target, extension, attribute)
                    && named.sub.as_ref().is_some_and(|named| named.name == sub.name)
            }
            SchemaTarget::Extension(_) | SchemaTarget::Resource => false,
        };
        match (sub.returned, self) {
            (Returned::Always, _) => true,
            (Returned::Never, _) => false,
            (returned, Self::Default) => returned != Returned::Request,
            (returned, Self::Only(targets)) => {
                let is_named = targets.iter().any(|target| names(target, extension, attribute));
                let whole = targets
                    .iter()
                    .any(|target| names_all_of(target, extension, attribute))
                    || (attribute.returned == Returned::Always && !is_named);
                targets.iter().any(names_sub) || (whole && returned != Returned::Request)
            }
            (returned, Self::Without(targets)) => {
                returned != Returned::Request && !targets.iter().any(names_sub)
            }
        }
    }
}

/// Whether the target is the attribute, a part of it, or something it is part of.
fn names(target: &SchemaTarget, extension: Option<&Arc<Schema>>, attribute: &Attribute) -> bool {
    match target {
        SchemaTarget::Resource => extension.is_none(),
        SchemaTarget::Extension(schema) => extension.is_some_and(|extension| extension.id == schema.id),
        SchemaTarget::Attribute(named) => {
            named.extension.as_ref().map(|schema| &schema.id) == extension.map(|schema| &schema.id)
                && named.attribute.name == attribute.name
        }
    }
}

/// Whether the target is the whole attribute, or something it is part of.
fn names_all_of(target: &SchemaTarget, extension: Option<&Arc<Schema>>, attribute: &Attribute) -> bool {
    let is_part = matches!(target, SchemaTarget::Attribute(named) if named.sub.is_some());
    !is_part && names(target, extension, attribute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ENTERPRISE: &str = crate::schema::ENTERPRISE_USER_URN;

    fn projected(attributes: &[&str], excluded: &[&str]) -> Value {
        let user = ResourceType::user();
        let mut answer = json!({
            "schemas": ["s"], "id": "1", "userName": "b", "password": "p",
            "name": { "givenName": "B", "familyName": "J" },
            "emails": [{ "value": "a", "type": "work" }, { "type": "home" }],
            ENTERPRISE: { "department": "d", "manager": { "value": "2", "displayName": "M" } },
            "meta": { "version": "1", "location": "l" }
        });
        Projection::new(&user, attributes, excluded).apply(&user, answer.as_object_mut().unwrap());
        answer
    }

    #[test]
    fn what_is_never_returned_is_not_returned_on_request_either() {
        assert!(projected(&[], &[]).get("password").is_none());
        assert!(projected(&["password"], &[]).get("password").is_none());
    }

    #[test]
    fn only_what_was_asked_for_and_what_is_always_returned() {
        let manager = format!("{ENTERPRISE}:manager.value");
        assert_eq!(
            projected(&["NAME.givenName", "emails.value", &manager], &[]),
            json!({
                "schemas": ["s"], "id": "1", "name": { "givenName": "B" }, "emails": [{ "value": "a" }],
                ENTERPRISE: { "manager": { "value": "2" } }
            })
        );
        assert_eq!(
            projected(&["nonsense"], &[]),
            json!({ "schemas": ["s"], "id": "1" })
        );
    }

    #[test]
    fn a_list_of_which_nothing_was_asked_for_is_not_shown() {
        let answer = projected(&["emails.display", "userName"], &[]);
        assert_eq!(answer.get("emails"), None);
        assert_eq!(
            projected(&[], &["emails.value"])["emails"],
            json!([{ "type": "work" }, { "type": "home" }])
        );
    }

    #[test]
    fn an_extension_is_asked_for_by_its_uri() {
        let answer = projected(&[ENTERPRISE], &[]);
        assert_eq!(answer[ENTERPRISE]["department"], "d");
        assert!(answer.get("userName").is_none());
    }

    #[test]
    fn all_but_what_was_excluded_yet_always_what_is_always_returned() {
        let answer = projected(&[], &["id", "emails", "name.givenName", "meta", ENTERPRISE]);
        assert_eq!(
            answer,
            json!({ "schemas": ["s"], "id": "1", "userName": "b", "name": { "familyName": "J" } })
        );
    }
}
