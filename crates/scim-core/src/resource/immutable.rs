//! `immutable` attributes keep their value once they have one (RFC 7643 section 7).
//!
//! The values of a list are added and removed as a whole, including their immutable sub-attributes. While a value of a list exists
//! (identified by `type` and `value`), its immutable sub-attributes stay. Those of a single value stay like an attribute.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::Resource;
use super::comparable::comparable_value;
use super::list::{comparison_key, twin_identity};
use crate::error::Error;
use crate::schema::{Attribute, Mutability};

/// The meaning of a missing value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LeftOut {
    /// It was left out: it stays.
    Stays,
    /// It was removed, which is an error.
    Refused,
}

impl Resource {
    /// Applies the immutable values of the `previous` resource to this replacement (PUT): values that the replacement leaves out
    /// stay, and different ones are an error.
    ///
    /// With the immutable values of an extension that the replacement lacks as a whole, its required values stay too, because a
    /// client that does not know the extension cannot send them.
    ///
    /// # Errors
    ///
    /// Returns 400 `mutability` if the replacement has another value for an `immutable` attribute; 400 `invalidValue` if a required
    /// value is missing, also in an extension of which immutable values stay.
    pub fn keep_immutable(&mut self, previous: &Self) -> Result<(), Error> {
        self.check_immutable(previous, LeftOut::Stays)?;
        let extensions = self.resource_type.extensions.iter();
        let unknown: Vec<_> = extensions
            .filter(|extension| !self.attributes.contains_key(&extension.schema.id))
            .map(|extension| extension.schema.clone())
            .collect();
        self.restore_immutable(previous);
        for schema in unknown {
            if let Some(Value::Object(now)) = self.attributes_mut().get_mut(&schema.id)
                && let Some(before) = object_in(&previous.attributes, &schema.id)
            {
                restore_required(&schema.attributes, now, before);
            }
        }
        self.check_required()
    }

    /// Checks that no immutable value changed.
    ///
    /// # Errors
    ///
    /// Returns 400 `mutability` if one did.
    pub(crate) fn check_immutable(&self, previous: &Self, left_out: LeftOut) -> Result<(), Error> {
        let own = &self.resource_type.schema.attributes;
        let mut changed = changed(own, &self.attributes, &previous.attributes, left_out);
        for extension in &self.resource_type.extensions {
            let schema = &extension.schema;
            if changed.is_none()
                && let Some(before) = object_in(&previous.attributes, &schema.id)
            {
                let none = Map::new();
                let now = object_in(&self.attributes, &schema.id).unwrap_or(&none);
                let name = self::changed(&schema.attributes, now, before, left_out);
                changed = name.map(|name| format!("{}:{name}", schema.id));
            }
        }
        match changed {
            Some(path) => Err(immutable(&path)),
            None => Ok(()),
        }
    }

    /// Restores the immutable values that were left out, and those that are equal in another spelling.
    pub(crate) fn restore_immutable(&mut self, previous: &Self) {
        let resource_type = self.resource_type.clone();
        restore(
            &resource_type.schema.attributes,
            self.attributes_mut(),
            &previous.attributes,
        );
        for extension in &resource_type.extensions {
            let schema = &extension.schema;
            if let Some(before) = object_in(&previous.attributes, &schema.id) {
                within(self.attributes_mut(), &schema.id, |now| {
                    restore(&schema.attributes, now, before);
                });
            }
        }
    }
}

/// The error that an immutable value cannot be changed.
pub(crate) fn immutable(path: &str) -> Error {
    Error::mutability(format!(
        "`{path}` is immutable: it has a value, which cannot be changed"
    ))
}

/// Whether filters treat two values of an attribute as equal, such as points in time in two time zones.
pub(crate) fn is_same(attribute: &Attribute, one: &Value, other: &Value) -> bool {
    match (comparison_key(attribute, one), comparison_key(attribute, other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other || comparable_value(attribute, one) == comparable_value(attribute, other),
    }
}

/// The first immutable attribute or sub-attribute that changed.
fn changed(
    attributes: &[Arc<Attribute>],
    now: &Map<String, Value>,
    before: &Map<String, Value>,
    left_out: LeftOut,
) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let name = &attribute.name;
        if is_immutable(attribute) {
            let before = before.get(name)?;
            let stays = match now.get(name) {
                Some(now) => is_same(attribute, now, before),
                None => left_out == LeftOut::Stays,
            };
            return (!stays).then(|| name.clone());
        }
        if !has_immutable_parts(attribute) {
            return None;
        }
        let subs = &attribute.sub_attributes;
        let none = Map::new();
        let part = match before.get(name)? {
            Value::Object(before) => changed(subs, object_in(now, name).unwrap_or(&none), before, left_out),
            Value::Array(before) => {
                let before = Twins::of(attribute, before);
                let mut now = now.get(name)?.as_array()?.iter();
                now.find_map(|element| {
                    changed(
                        subs,
                        element.as_object()?,
                        before.of_element(element)?,
                        LeftOut::Stays,
                    )
                })
            }
            _ => None,
        };
        part.map(|part| format!("{name}.{part}"))
    })
}

fn restore(attributes: &[Arc<Attribute>], now: &mut Map<String, Value>, before: &Map<String, Value>) {
    for attribute in attributes {
        let Some(before) = before.get(&attribute.name) else {
            continue;
        };
        if is_immutable(attribute) {
            now.insert(attribute.name.clone(), before.clone());
            continue;
        }
        if !has_immutable_parts(attribute) {
            continue;
        }
        match before {
            Value::Object(before) => within(now, &attribute.name, |now| {
                let was_left_out = now.is_empty();
                restore(&attribute.sub_attributes, now, before);
                if was_left_out && !now.is_empty() {
                    restore_required(&attribute.sub_attributes, now, before);
                }
            }),
            Value::Array(before) => {
                let before = Twins::of(attribute, before);
                for element in now
                    .get_mut(&attribute.name)
                    .and_then(Value::as_array_mut)
                    .into_iter()
                    .flatten()
                {
                    if let (Some(before), Value::Object(now)) = (before.of_element(element), element) {
                        restore(&attribute.sub_attributes, now, before);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Restores the required parts of a value that was left out and of which something stays.
fn restore_required(
    attributes: &[Arc<Attribute>],
    now: &mut Map<String, Value>,
    before: &Map<String, Value>,
) {
    for attribute in attributes.iter().filter(|attribute| attribute.required) {
        if let Some(before) = before.get(&attribute.name) {
            now.insert(attribute.name.clone(), before.clone());
        }
    }
}

/// The previous values of a list, by their identity.
struct Twins<'a> {
    attribute: &'a Attribute,
    by_identity: HashMap<String, &'a Map<String, Value>>,
}

impl<'a> Twins<'a> {
    fn of(attribute: &'a Attribute, before: &'a [Value]) -> Self {
        let known = before
            .iter()
            .rev()
            .filter_map(|element| Some((twin_identity(attribute, element)?, element.as_object()?)));
        Self {
            attribute,
            by_identity: known.collect(),
        }
    }

    /// The previous state of the value.
    fn of_element(&self, element: &Value) -> Option<&'a Map<String, Value>> {
        self.by_identity
            .get(&twin_identity(self.attribute, element)?)
            .copied()
    }
}

/// Changes an object in its place, creating it if it is missing and removing it if it is empty afterwards.
fn within(members: &mut Map<String, Value>, name: &str, change: impl FnOnce(&mut Map<String, Value>)) {
    let mut object = match members.get_mut(name).map(Value::take) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    };
    change(&mut object);
    match object.is_empty() {
        true => members.shift_remove(name),
        false => members.insert(name.to_owned(), Value::Object(object)),
    };
}

fn object_in<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Map<String, Value>> {
    members.get(name).and_then(Value::as_object)
}

fn is_immutable(attribute: &Attribute) -> bool {
    attribute.mutability == Mutability::Immutable
}

fn has_immutable_parts(attribute: &Attribute) -> bool {
    attribute.sub_attributes.iter().any(|sub| is_immutable(sub))
}
