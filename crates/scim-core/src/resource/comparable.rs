//! The form of a resource in which filters compare it, for stores that filter JSON.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::Resource;
use crate::object::text;
use crate::schema::{Attribute, AttributeType, Schema};
use crate::text::fold;
use crate::time::Timestamp;

impl Resource {
    /// Returns the text of a JSON object that holds every value in the form in which it is compared: text
    /// [folded](crate::text::fold) unless `caseExact`, points in time as milliseconds since 1970. `null`, empty lists and empty
    /// objects are left out; `schemas` is included.
    ///
    /// A store that keeps this beside the document can translate every [`Condition`](crate::condition::Condition) into plain
    /// comparisons with its operands.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use scim_core::resource::Resource;
    /// # use scim_core::schema::{GROUP_URN, ResourceType};
    /// let name = serde_json::Map::from_iter([("displayName".to_owned(), "Tour Guides".into())]);
    /// let group = Resource::from_checked(Arc::new(ResourceType::group()), name);
    /// assert_eq!(
    ///     group.to_comparable(),
    ///     format!(r#"{{"schemas":["{GROUP_URN}"],"displayName":"tour guides"}}"#)
    /// );
    /// ```
    #[must_use]
    pub fn to_comparable(&self) -> String {
        text(&Whole(self))
    }

    /// Returns the value of an attribute of the resource itself in the form in which it is compared, or `None` if it has none.
    #[must_use]
    pub fn comparable(&self, name: &str) -> Option<Value> {
        let attribute = self.resource_type.attribute(name)?;
        comparable_value(attribute, self.attributes.get(&attribute.name)?)
    }
}

/// The value in the form in which it is compared; `None` if it is no value.
pub(super) fn comparable_value(attribute: &Attribute, value: &Value) -> Option<Value> {
    serde_json::to_value(Compared::of(attribute, value)?).ok()
}

struct Whole<'a>(&'a Resource);

impl Serialize for Whole<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(resource) = self;
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("schemas", &resource.schemas())?;
        for (name, value) in &*resource.attributes {
            let compared = match resource.resource_type.extension(name) {
                Some(extension) => Compared::members(Holder::Schema(&extension.schema), value),
                None => resource
                    .resource_type
                    .attribute(name)
                    .and_then(|attribute| Compared::of(attribute, value)),
            };
            if let Some(compared) = compared {
                object.serialize_entry(name, &compared)?;
            }
        }
        object.end()
    }
}

/// The definition of an object with members.
#[derive(Clone, Copy)]
enum Holder<'a> {
    Schema(&'a Schema),
    Complex(&'a Attribute),
}

impl<'a> Holder<'a> {
    fn attribute(self, name: &str) -> Option<&'a Attribute> {
        match self {
            Self::Schema(schema) => schema.attribute(name),
            Self::Complex(attribute) => attribute.sub_attribute(name),
        }
        .map(AsRef::as_ref)
    }
}

/// A value to be written in the form in which it is compared.
enum Compared<'a> {
    List(&'a Attribute, &'a [Value]),
    Object(Holder<'a>, &'a serde_json::Map<String, Value>),
    Text(Cow<'a, str>),
    Timestamp(i64),
    Scalar(&'a Value),
}

impl<'a> Compared<'a> {
    /// Returns `None` if it is no value.
    fn of(attribute: &'a Attribute, value: &'a Value) -> Option<Self> {
        match (attribute.kind, value) {
            (_, Value::Null) => None,
            (_, Value::Array(elements)) => elements
                .iter()
                .any(|element| Self::of(attribute, element).is_some())
                .then_some(Self::List(attribute, elements)),
            (AttributeType::Complex, value) => Self::members(Holder::Complex(attribute), value),
            (AttributeType::DateTime, Value::String(text)) => {
                Timestamp::parse(text).map(|instant| Self::Timestamp(instant.as_millis()))
            }
            (_, Value::String(text)) if !attribute.case_exact => Some(Self::Text(fold(text))),
            (_, scalar) => Some(Self::Scalar(scalar)),
        }
    }

    fn members(holder: Holder<'a>, value: &'a Value) -> Option<Self> {
        let members = value.as_object()?;
        let mut members_of = members.iter();
        members_of
            .any(|(name, value)| Self::member(holder, name, value).is_some())
            .then_some(Self::Object(holder, members))
    }

    fn member(holder: Holder<'a>, name: &str, value: &'a Value) -> Option<Self> {
        Self::of(holder.attribute(name)?, value)
    }
}

impl Serialize for Compared<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::List(attribute, elements) => {
                serializer.collect_seq(elements.iter().filter_map(|element| Self::of(attribute, element)))
            }
            Self::Object(holder, members) => {
                let members = members.iter();
                serializer.collect_map(
                    members.filter_map(|(name, value)| Some((name, Self::member(*holder, name, value)?))),
                )
            }
            Self::Text(text) => serializer.serialize_str(text),
            Self::Timestamp(millis) => serializer.serialize_i64(*millis),
            Self::Scalar(value) => value.serialize(serializer),
        }
    }
}
