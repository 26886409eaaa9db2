//! Documents with attributes that their type does not have, because they were written while other files defined it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::schema::{Attribute, ResourceType, Schema};

impl ResourceType {
    /// Returns whether the text of a document holds only attributes that this type has, each name in the spelling of its schema. A
    /// document that holds others was written while other files defined the type, and they must not be returned any longer.
    ///
    /// It is cheap enough for every response: it builds no value.
    ///
    /// ```
    /// use scim_core::schema::ResourceType;
    ///
    /// let user = ResourceType::user();
    /// assert!(user.covers(r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bjensen"}"#));
    /// assert!(!user.covers(r#"{"userName":"bjensen","urn:example:badge:2.0:User":{"pin":"4711"}}"#));
    /// assert!(!user.covers(r#"{"userName":"bjensen","name":{"nobiliaryParticle":"von"}}"#));
    /// ```
    #[doc(hidden)]
    #[must_use]
    pub fn covers(&self, document: &str) -> bool {
        let mut deserializer = serde_json::Deserializer::from_str(document);
        Known::Resource(self).deserialize(&mut deserializer).is_ok() && deserializer.end().is_ok()
    }

    /// Removes from a document what this type does not have, and objects that are empty afterwards.
    pub(super) fn forget_unknown(&self, document: &mut Map<String, Value>) {
        document.retain(|name, value| match self.extension(name) {
            Some(extension) => {
                let known = |name: &str, value: &mut Value| retain(extension.schema.attribute(name), value);
                retain_members(value, known)
            }
            None => retain(self.attribute(name), value),
        });
    }
}

/// Removes unknown sub-attributes from a value. Returns whether the attribute exists and anything of its value is left.
fn retain<A: AsRef<Attribute>>(attribute: Option<A>, value: &mut Value) -> bool {
    let Some(attribute) = attribute else {
        return false;
    };
    let attribute = attribute.as_ref();
    // in an attribute that is no longer complex, an object has no known names
    let known = |name: &str, _: &mut Value| attribute.sub_attribute(name).is_some();
    match value {
        Value::Array(elements) if !elements.is_empty() => {
            elements.retain_mut(|element| retain_members(element, known));
            !elements.is_empty()
        }
        single => retain_members(single, known),
    }
}

/// Removes unknown members from a value. Returns whether anything is left.
fn retain_members(value: &mut Value, mut known: impl FnMut(&str, &mut Value) -> bool) -> bool {
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.retain(|name, value| known(name, value));
            !members.is_empty()
        }
        _ => true,
    }
}

/// The definition in which the names of a value are looked up.
#[derive(Clone, Copy)]
enum Known<'a> {
    Resource(&'a ResourceType),
    Extension(&'a Schema),
    /// A complex value, or a list of them.
    Complex(&'a Attribute),
    /// The URIs of schemas.
    Schemas(&'a ResourceType),
    /// A value without names.
    Plain,
}

impl<'a> Known<'a> {
    /// The definition for the names of a member; `None` if the member is unknown.
    fn member(self, name: &str) -> Option<Self> {
        match self {
            Self::Resource(of) if name == "schemas" => Some(Self::Schemas(of)),
            Self::Resource(of) => match of.extensions.iter().find(|extension| extension.schema.id == name) {
                Some(extension) => Some(Self::Extension(&extension.schema)),
                None => Self::of(named(&of.schema.attributes, name).or_else(|| {
                    let common = ResourceType::common_attributes();
                    named(common, name)
                })),
            },
            Self::Extension(schema) => Self::of(named(&schema.attributes, name)),
            Self::Complex(attribute) => Self::of(named(&attribute.sub_attributes, name)),
            Self::Schemas(_) | Self::Plain => None,
        }
    }

    fn of(attribute: Option<&'a Attribute>) -> Option<Self> {
        attribute.map(|attribute| match attribute.is_complex() {
            true => Self::Complex(attribute),
            false => Self::Plain,
        })
    }
}

fn named<'a, A: AsRef<Attribute>>(attributes: &'a [A], name: &str) -> Option<&'a Attribute> {
    attributes
        .iter()
        .map(AsRef::as_ref)
        .find(|attribute| attribute.name == name)
}

impl<'de> DeserializeSeed<'de> for Known<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Known<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what the resource type has")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        match self {
            Self::Schemas(of) if !of.schemas().any(|schema| schema.id == text) => Err(unknown()),
            _ => Ok(()),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while elements.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(known) = members.next_key_seed(Name(self))? {
            members.next_value_seed(known.ok_or_else(unknown::<A::Error>)?)?;
        }
        Ok(())
    }
}

fn unknown<E: serde::de::Error>() -> E {
    E::custom("unknown")
}

/// A name, to be looked up.
struct Name<'a>(Known<'a>);

impl<'de, 'a> DeserializeSeed<'de> for Name<'a> {
    type Value = Option<Known<'a>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'_> for Name<'a> {
    type Value = Option<Known<'a>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.member(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ENTERPRISE_USER_URN;
    use serde_json::json;

    #[test]
    fn what_a_type_has_is_covered() {
        let user = ResourceType::user();
        let document = json!({
            "schemas": [user.schema.id, ENTERPRISE_USER_URN], "externalId": "e", "userName": "b", "active": null,
            "name": { "givenName": "B" }, "emails": [{ "value": "a", "primary": true }, {}], "phoneNumbers": [],
            ENTERPRISE_USER_URN: { "department": "\u{e9}\"", "manager": { "value": "2" } }
        });
        assert!(user.covers(&document.to_string()));
        let mut kept = document.as_object().cloned().unwrap();
        user.forget_unknown(&mut kept);
        assert_eq!(Value::Object(kept), document);
    }

    #[test]
    fn what_a_type_does_not_have_is_not_covered_and_is_forgotten() {
        let user = ResourceType::user();
        for (document, left) in [
            (json!({ "shoeSize": 41 }), json!({})),
            (
                json!({ "name": { "givenName": "B", "nick": "b" } }),
                json!({ "name": { "givenName": "B" } }),
            ),
            (
                json!({ "emails": [{ "value": "a", "seen": 1 }, { "value": "b" }] }),
                json!({ "emails": [{ "value": "a" }, { "value": "b" }] }),
            ),
            (
                json!({ "emails": [{ "seen": 1 }, { "value": "b" }] }),
                json!({ "emails": [{ "value": "b" }] }),
            ),
            (
                json!({ "emails": [{ "seen": 1 }], "name": { "nick": "b" } }),
                json!({}),
            ),
            (
                json!({ ENTERPRISE_USER_URN: { "badge": 1, "manager": { "since": 2 } } }),
                json!({}),
            ),
            (
                json!({ "title": { "pin": "1" }, "nickName": "b" }),
                json!({ "nickName": "b" }),
            ),
            (json!({ "urn:example:gone:2.0:User": { "pin": "1" } }), json!({})),
        ] {
            assert!(!user.covers(&document.to_string()), "{document}");
            let mut kept = document.as_object().cloned().unwrap();
            user.forget_unknown(&mut kept);
            assert_eq!(Value::Object(kept), left, "{document}");
        }
        assert!(!user.covers(r#"{"schemas":["urn:example:gone:2.0:User"]}"#));
        assert!(!user.covers(r#"{"userName":"b""#));
    }
}
