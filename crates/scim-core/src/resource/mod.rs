//! Resources: JSON objects that are checked against a resource type.
//!
//! [`Resource::check`] turns the body of a request into a [`Resource`], [`Situation::verdict`] is the table of what a client may
//! write when, and [`Tolerance`] lists the departures from the RFCs that can be allowed.

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

/// The attributes of a resource that a client may write, under the names of the schema.
///
/// What the server knows is not part of it: `id`, `meta`, `schemas`, and the `groups` of a user. Every value of a resource that
/// comes from [`Resource::check`] fits its attribute, also after [`Patch::apply`](crate::patch::Patch::apply).
///
/// [`from_checked`](Self::from_checked), [`from_document`](Self::from_document), [`set_unchecked`](Self::set_unchecked) and
/// [`take`](Self::take) do not check anything. A value that does not fit its attribute is then returned to clients as it is, and
/// no comparison of a filter matches it but `ne`.
///
/// Clones share the attributes until one of them is changed.
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
///     "id": "ignored, because the server assigns it",
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
/// let error = Resource::check(&user, body, Situation::Create, &Tolerance::STRICT).unwrap_err();
/// assert_eq!(error.status(), 400);
/// # Ok::<(), scim_core::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    resource_type: Arc<ResourceType>,
    /// Shared by clones until one of them is changed.
    attributes: Arc<Map<String, Value>>,
}

impl Resource {
    /// Creates a resource from attributes that were checked before, such as those in a store.
    ///
    /// Nothing is checked. Every name must be in the spelling of the schema, and every value must fit its attribute.
    #[must_use]
    pub fn from_checked(resource_type: Arc<ResourceType>, attributes: Map<String, Value>) -> Self {
        Self {
            resource_type,
            attributes: Arc::new(attributes),
        }
    }

    /// Creates a resource from the text that [`to_document`](Self::to_document) returned. Attributes that the type no longer has
    /// are left out.
    ///
    /// The values are not checked.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use scim_core::resource::Resource;
    /// use scim_core::schema::ResourceType;
    ///
    /// let user = Arc::new(ResourceType::user());
    /// let barbara = Resource::from_document(user.clone(), r#"{ "userName": "bjensen", "shoeSize": 41 }"#)?;
    /// let document = barbara.to_document();
    /// assert_eq!(document, r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bjensen"}"#);
    /// assert_eq!(Resource::from_document(user, &document)?, barbara);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a JSON object, which means that the stored document is damaged.
    pub fn from_document(
        resource_type: Arc<ResourceType>,
        document: &str,
    ) -> Result<Self, serde_json::Error> {
        let mut attributes: Map<String, Value> = serde_json::from_str(document)?;
        attributes.shift_remove("schemas");
        resource_type.forget_unknown(&mut attributes);
        Ok(Self::from_checked(resource_type, attributes))
    }

    /// Returns the text of a JSON object with `schemas` and the attributes: what a store keeps, and what a response holds besides
    /// `id`, `meta` and memberships.
    #[must_use]
    pub fn to_document(&self) -> String {
        text(&Document(self))
    }

    /// Returns the resource type.
    #[must_use]
    pub fn resource_type(&self) -> &Arc<ResourceType> {
        &self.resource_type
    }

    /// Returns the attributes; those of an extension are in an object under its URI.
    #[must_use]
    pub fn attributes(&self) -> &Map<String, Value> {
        &self.attributes
    }

    /// Returns the attributes without the type.
    #[must_use]
    pub fn into_attributes(self) -> Map<String, Value> {
        Arc::unwrap_or_clone(self.attributes)
    }

    /// Returns the URIs of its schemas: that of its type, then those of the extensions that it has (RFC 7643 section 3).
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

    /// Returns `externalId`, the client's own identifier (RFC 7643 section 3.1).
    #[must_use]
    pub fn external_id(&self) -> Option<&str> {
        self.text("externalId")
    }

    /// Returns the `userName` of a user.
    #[must_use]
    pub fn user_name(&self) -> Option<&str> {
        self.text("userName")
    }

    /// Returns the `displayName` of a user or group.
    #[must_use]
    pub fn display_name(&self) -> Option<&str> {
        self.text("displayName")
    }

    /// Returns `active` of a user, or `true` if it has no value.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.attributes
            .get("active")
            .and_then(Value::as_bool)
            .unwrap_or(true)
    }

    pub(crate) fn attributes_mut(&mut self) -> &mut Map<String, Value> {
        Arc::make_mut(&mut self.attributes)
    }

    /// Removes an attribute of the resource itself and returns its value. `name` is in the spelling of the schema.
    ///
    /// Nothing is checked: the attribute may be required.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        match self.attributes.contains_key(name) {
            true => self.attributes_mut().shift_remove(name),
            false => None,
        }
    }

    /// Sets an attribute of the resource itself.
    ///
    /// Nothing is checked. `name` must be in the spelling of the schema, and the value must fit its attribute.
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
