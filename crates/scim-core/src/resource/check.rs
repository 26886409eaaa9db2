//! From a JSON body to a [`Resource`] (RFC 7644 sections 3.3 and 3.5.1).

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::Resource;
use super::place::Place;
use super::situation::{Situation, Tolerance};
use super::value::{Check, Named, spelled};
use crate::error::Error;
use crate::object::member;
use crate::schema::{Attribute, AttributeRef, ResourceType};

impl Resource {
    /// Checks the body of a request and returns the attributes that the client may write.
    ///
    /// Names are read in any case, with the URI of their schema or without, and kept in the spelling of the schema. Attributes
    /// that no schema has or that only the server writes are ignored. `null`, an empty list and an empty object are no value.
    ///
    /// For [`Situation::Replace`], [`keep_immutable`](Self::keep_immutable) has to follow.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use scim_core::resource::{Resource, Situation, Tolerance};
    /// use scim_core::schema::{ResourceType, USER_URN};
    /// use serde_json::json;
    ///
    /// let user = Arc::new(ResourceType::user());
    /// let body = json!({ "schemas": [USER_URN], "active": true });
    /// let body = body.as_object().cloned().unwrap_or_default();
    /// let error = Resource::check(&user, body, Situation::Create, &Tolerance::STRICT).unwrap_err();
    /// assert_eq!(error.to_string(), "400 invalidValue: `userName` is required");
    /// ```
    ///
    /// # Errors
    ///
    /// Returns 400 `invalidValue` where a value does not fit its attribute, a required value is missing, or `schemas` does not
    /// list the schema of the resource type; 400 `invalidSyntax` where a name occurs twice in different spellings.
    pub fn check(
        resource_type: &Arc<ResourceType>,
        body: Map<String, Value>,
        situation: Situation,
        tolerance: &Tolerance,
    ) -> Result<Self, Error> {
        let resource = Self::check_values(resource_type, body, situation, tolerance)?;
        resource.check_required()?;
        Ok(resource)
    }

    /// Checks a body as [`check`](Self::check) does, but accepts it without required attributes: for a resource that was stored
    /// before an attribute became required.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use scim_core::resource::{Resource, Situation, Tolerance};
    /// use scim_core::schema::{ResourceType, USER_URN};
    /// use serde_json::json;
    ///
    /// let user = Arc::new(ResourceType::user());
    /// let body = json!({ "schemas": [USER_URN], "active": false });
    /// let body = body.as_object().cloned().unwrap_or_default();
    /// let nameless = Resource::check_values(&user, body, Situation::Create, &Tolerance::STRICT)?;
    /// assert!(!nameless.is_active());
    /// # Ok::<(), scim_core::error::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors of [`check`](Self::check), except for missing required values. `schemas` is still required.
    pub fn check_values(
        resource_type: &Arc<ResourceType>,
        body: Map<String, Value>,
        situation: Situation,
        tolerance: &Tolerance,
    ) -> Result<Self, Error> {
        let plain = match resource_type.unqualified(&body)? {
            Cow::Borrowed(_) => None,
            Cow::Owned(plain) => Some(plain),
        };
        let body = plain.unwrap_or(body);
        check_schemas(resource_type, &body)?;
        let check = Check { situation, tolerance };
        let (mut attributes, mut named) = (Map::with_capacity(body.len()), Named::default());
        for (name, value) in body {
            if let Some(attribute) = resource_type.attribute(&name) {
                let place = Place::of(&attribute.name);
                named.once(&attribute.name, place)?;
                let is_kept = check.keeps(attribute) && attribute.name != "schemas";
                if is_kept && let Some(value) = check.value(attribute, place, value)? {
                    attributes.insert(spelled(name, &attribute.name), value);
                }
            } else if let Some(extension) = resource_type.extension(&name) {
                let urn = &extension.schema.id;
                let place = Place::of(urn);
                named.once(urn, place)?;
                let members = match value {
                    Value::Null => continue,
                    Value::Object(members) => members,
                    _ => return Err(no_object(urn)),
                };
                let held = check.members(&extension.schema.attributes, |name| place.colon(name), members)?;
                if let Some(value) = held {
                    attributes.insert(spelled(name, urn), value);
                }
            }
        }
        Ok(Self::from_checked(resource_type.clone(), attributes))
    }

    /// Checks that the resource has every required extension (RFC 7643 section 6) and a value for every required attribute
    /// (section 2.2).
    pub(crate) fn check_required(&self) -> Result<(), Error> {
        let mut required = self.resource_type.extensions.iter().filter(|one| one.required);
        if let Some(missing) = required.find(|one| !self.attributes.contains_key(&one.schema.id)) {
            return Err(Error::invalid_value(format!(
                "`{}` is required",
                missing.schema.id
            )));
        }
        let own = self
            .resource_type
            .schema
            .attributes
            .iter()
            .map(|attribute| (None, attribute));
        let extensions = self.resource_type.extensions.iter();
        let extended = extensions
            .filter(|extension| self.is_due(extension))
            .flat_map(|extension| {
                extension
                    .schema
                    .attributes
                    .iter()
                    .map(move |attribute| (Some(&extension.schema), attribute))
            });
        for (extension, attribute) in own.chain(extended) {
            let holder = match extension {
                Some(schema) => self.attributes.get(&schema.id).and_then(Value::as_object),
                None => Some(&*self.attributes),
            };
            let value = holder.and_then(|holder| holder.get(&attribute.name));
            let missing = match value {
                _ if attribute.required && is_blank(value) => Some(None),
                Some(value) => missing_sub(attribute, value).map(Some),
                None => None,
            };
            if let Some(sub) = missing {
                let name = AttributeRef {
                    extension: extension.cloned(),
                    attribute: attribute.clone(),
                    sub,
                };
                return Err(Error::invalid_value(format!("`{name}` is required")));
            }
        }
        Ok(())
    }

    fn is_due(&self, extension: &crate::schema::Extension) -> bool {
        extension.required || self.attributes.contains_key(&extension.schema.id)
    }
}

/// The error that the value under the URI of a schema is not an object.
pub(crate) fn no_object(urn: &str) -> Error {
    Error::invalid_value(format!("`{urn}` must be an object of attributes"))
}

/// The first required sub-attribute that one of the values of a complex attribute lacks.
fn missing_sub(attribute: &Attribute, value: &Value) -> Option<Arc<Attribute>> {
    let mut required = attribute.sub_attributes.iter().filter(|sub| sub.required);
    let lacks = |sub: &Arc<Attribute>| match value {
        Value::Array(elements) => elements.iter().any(|element| is_blank(element.get(&sub.name))),
        value => is_blank(value.get(&sub.name)),
    };
    required.find(|sub| lacks(sub)).cloned()
}

/// Whether a required value is missing or blank.
fn is_blank(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.trim().is_empty(),
        Some(Value::Array(list)) => list.is_empty(),
        Some(_) => false,
    }
}

/// Checks that `schemas` lists the schema of the resource type (RFC 7643 section 3). Others are allowed, known or not.
fn check_schemas(resource_type: &ResourceType, body: &Map<String, Value>) -> Result<(), Error> {
    let urn = &resource_type.schema.id;
    let missing = || Error::invalid_value(format!("`schemas` is required and must list `{urn}`"));
    let schemas = member(body, "schemas").filter(|value| !value.is_null());
    let listed = schemas.ok_or_else(missing)?;
    let listed = listed.as_array().filter(|list| list.iter().all(Value::is_string));
    let listed = listed.ok_or_else(|| Error::invalid_value("`schemas` must be a list of URIs"))?;
    match listed
        .iter()
        .filter_map(Value::as_str)
        .any(|listed| listed.eq_ignore_ascii_case(urn))
    {
        true => Ok(()),
        false => Err(Error::invalid_value(format!(
            "`schemas` must list `{urn}`, the schema of a {}",
            resource_type.name
        ))),
    }
}
