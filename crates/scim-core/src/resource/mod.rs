//! Resources: JSON objects that have been checked against a resource type.

pub(crate) mod check;
mod comparable;
pub(crate) mod immutable;
mod known;
pub(crate) mod list;
pub(crate) mod place;
mod qualified;
mod situation;
pub(crate) mod value;

use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

use crate::object::text;
use crate::schema::ResourceType;

pub use situation::{Leniency, Situation, Tolerance, Verdict};

/// What a client may write of a resource: the attributes that are its own, under the names of the schema.
///
/// What the server knows is kept beside it: `id`, `meta`, `schemas`, and a user's `groups`. A resource is made by
/// [`Resource::check`] and changed by [`Patch::apply`](crate::patch::Patch::apply), so every value in it fits its
/// attribute.
///
/// ```
/// use std::sync::Arc;
///
/// use scim_core::resource::{Resource, Situation, Tolerance};
/// use scim_core::schema::ResourceType;
/// use serde_json::json;
///
/// # fn object(value: serde_json::Value) -> serde_json::Map<String, serde_json::Value> {
/// #     value.as_object().cloned().unwrap_or_default()
/// # }
/// let user = Arc::new(ResourceType::user());
/// let mut body = object(json!({
///     "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
///     "id": "what a client says here is passed over",
///     "USERNAME": "bjensen",
///     "title": null
/// }));
/// let barbara = Resource::check(&user, body.clone(), Situation::Create, &Tolerance::STRICT)?;
/// assert_eq!(barbara.user_name(), Some("bjensen"));
/// assert_eq!(
///     barbara.to_document(),
///     r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bjensen"}"#
/// );
///
/// body.insert("active".to_owned(), "yes".into());
/// let refused = Resource::check(&user, body, Situation::Create, &Tolerance::STRICT).unwrap_err();
/// assert_eq!(refused.status(), 400);
/// # Ok::<(), scim_core::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    resource_type: Arc<ResourceType>,
    /// Shared by clones until one of them is changed.
    attributes: Arc<Map<String, Value>>,
}

impl Resource {
    /// A resource from attributes that were checked before: what a store kept.
    #[must_use]
    pub fn from_checked(resource_type: Arc<ResourceType>, attributes: Map<String, Value>) -> Self {
        Self {
            resource_type,
            attributes: Arc::new(attributes),
        }
    }

    /// A resource from the text that [`to_document`](Self::to_document) made. What its type does not have any longer is left out.
    ///
    /// # Errors
    ///
    /// The text is no JSON object: whatever kept it has damaged it.
    pub fn from_document(
        resource_type: Arc<ResourceType>,
        document: &str,
    ) -> Result<Self, serde_json::Error> {
        let mut attributes: Map<String, Value> = serde_json::from_str(document)?;
        attributes.shift_remove("schemas");
        resource_type.forget_unknown(&mut attributes);
        Ok(Self::from_checked(resource_type, attributes))
    }

    /// The text of a JSON object with `schemas` and the attributes: what a store keeps, and what an answer holds besides
    /// `id`, `meta` and memberships.
    #[must_use]
    pub fn to_document(&self) -> String {
        text(&Document(self))
    }

    /// Its type.
    #[must_use]
    pub fn resource_type(&self) -> &Arc<ResourceType> {
        &self.resource_type
    }

    /// The attributes; those of an extension are in an object under its URI.
    #[must_use]
    pub fn attributes(&self) -> &Map<String, Value> {
        &self.attributes
    }

    /// Gives up the attributes.
    #[must_use]
    pub fn into_attributes(self) -> Map<String, Value> {
        Arc::unwrap_or_clone(self.attributes)
    }

    /// The URIs of the schemas it has: that of its type, then those of its extensions (RFC 7643 section 3).
    #[must_use]
    pub fn schemas(&self) -> Vec<&str> {
        let extensions = self
            .resource_type
            .extensions
            .iter()
            .map(|extension| extension.schema.id.as_str());
        std::iter::once(self.resource_type.schema.id.as_str())
            .chain(extensions.filter(|urn| self.attributes.contains_key(*urn)))
            .collect()
    }

    /// `externalId`: the client's own identifier, never one of ours (RFC 7643 section 3.1).
    #[must_use]
    pub fn external_id(&self) -> Option<&str> {
        self.text("externalId")
    }

    /// `userName` of a user.
    #[must_use]
    pub fn user_name(&self) -> Option<&str> {
        self.text("userName")
    }

    /// `displayName` of a user or group.
    #[must_use]
    pub fn display_name(&self) -> Option<&str> {
        self.text("displayName")
    }

    /// `active` of a user; a user of whom nobody said otherwise is active.
    pub fn is_active(&self) -> bool {
        self.attributes
            .get("active")
            .and_then(Value::as_bool)
            .unwrap_or(true)
    }

    pub(crate) fn attributes_mut(&mut self) -> &mut Map<String, Value> {
        Arc::make_mut(&mut self.attributes)
    }

    /// Takes out an attribute of the resource itself.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        match self.attributes.contains_key(name) {
            true => self.attributes_mut().shift_remove(name),
            false => None,
        }
    }

    /// Sets an attribute of the resource itself. Nothing is checked, as for [`from_checked`](Self::from_checked): the value has to
    /// fit the attribute.
    pub fn set_unchecked(&mut self, name: &str, value: Value) {
        self.attributes_mut().insert(name.to_owned(), value);
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).and_then(Value::as_str)
    }
}

struct Document<'a>(&'a Resource);

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(resource) = self;
        let mut object = serializer.serialize_map(Some(resource.attributes.len() + 1))?;
        object.serialize_entry("schemas", &resource.schemas())?;
        for (name, value) in &*resource.attributes {
            object.serialize_entry(name, value)?;
        }
        object.end()
    }
}
