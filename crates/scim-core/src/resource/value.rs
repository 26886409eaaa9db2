//! Checks that a value fits its attribute (RFC 7643 section 2.3), and returns the form in which it is kept.

use std::borrow::Cow;
use std::fmt::Display;
use std::sync::Arc;

use serde_json::{Map, Number, Value};
use url::Url;

use super::list;
use super::place::Place;
use super::situation::{Situation, Tolerance, Verdict};
use crate::condition::described;
use crate::error::Error;
use crate::object::given_twice;
use crate::schema::{Attribute, AttributeType, find};
use crate::time::Timestamp;

/// The context of a check.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Check<'a> {
    pub(crate) situation: Situation,
    pub(crate) tolerance: &'a Tolerance,
}

impl Check<'_> {
    /// Returns the value in the form in which it is kept, or `None` for `null`, an empty list and an object without members
    /// (RFC 7643 section 2.5).
    pub(crate) fn value(
        &self,
        attribute: &Attribute,
        place: Place<'_>,
        value: Value,
    ) -> Result<Option<Value>, Error> {
        match (attribute.multi_valued, value) {
            (_, Value::Null) => Ok(None),
            (true, Value::Array(elements)) => self.list(attribute, place, elements),
            (true, _) => Err(Error::invalid_value(format!(
                "`{place}` must be a list of values"
            ))),
            (false, value) => self.single(attribute, place, value),
        }
    }

    fn list(
        &self,
        attribute: &Attribute,
        place: Place<'_>,
        elements: Vec<Value>,
    ) -> Result<Option<Value>, Error> {
        let mut kept = Vec::with_capacity(elements.len());
        for element in elements {
            kept.extend(self.single(attribute, place, element)?);
        }
        list::settle(attribute, &mut kept, None);
        Ok((!kept.is_empty()).then_some(Value::Array(kept)))
    }

    /// Checks one value of an attribute, multi-valued or not.
    pub(crate) fn single(
        &self,
        attribute: &Attribute,
        place: Place<'_>,
        value: Value,
    ) -> Result<Option<Value>, Error> {
        match value {
            Value::Null => Ok(None),
            Value::Object(members) if attribute.is_complex() => {
                self.members(&attribute.sub_attributes, |name| place.dot(name), members)
            }
            value if !self.fits(attribute, &value) => {
                // `value` reports a list itself
                let each = if attribute.multi_valued {
                    "each value of "
                } else {
                    ""
                };
                Err(Error::invalid_value(format!(
                    "{each}`{place}` must be {}",
                    expected(attribute, &value)
                )))
            }
            Value::String(text) if text.contains('\0') => Err(Error::invalid_value(format!(
                "`{place}` contains a NUL character"
            ))),
            value => Ok(Some(value)),
        }
    }

    /// Whether a value without members fits the attribute.
    fn fits(&self, attribute: &Attribute, value: &Value) -> bool {
        match (attribute.kind, value) {
            (AttributeType::Complex, _) => false,
            (AttributeType::Boolean, value) => value.is_boolean(),
            (AttributeType::Integer, value) => value.is_i64(),
            (AttributeType::Decimal, value) => value.is_number(),
            // the caller reports a NUL
            (_, Value::String(text)) if text.contains('\0') => true,
            (AttributeType::DateTime, Value::String(text)) => Timestamp::parse(text).is_some(),
            (AttributeType::Binary, Value::String(text)) => is_base64(text),
            (AttributeType::Reference, Value::String(text)) => self.is_reference(attribute, text),
            (AttributeType::String, value) => value.is_string(),
            _ => false,
        }
    }

    /// The members of an object that are known and may be written, under the names of the schema. Others are ignored.
    pub(super) fn members<'p>(
        &self,
        attributes: &'p [Arc<Attribute>],
        place: impl Fn(&'p str) -> Place<'p>,
        members: Map<String, Value>,
    ) -> Result<Option<Value>, Error> {
        let (mut kept, mut named) = (Map::with_capacity(members.len()), Named::default());
        for (name, value) in members {
            let Some(attribute) = find(attributes, &name) else {
                continue;
            };
            let place = place(&attribute.name);
            named.once(&attribute.name, place)?;
            if self.keeps(attribute)
                && let Some(value) = self.value(attribute, place, value)?
            {
                kept.insert(spelled(name, &attribute.name), value);
            }
        }
        Ok((!kept.is_empty()).then_some(Value::Object(kept)))
    }

    /// Whether a value that a client sends for the attribute is accepted, instead of ignored.
    pub(super) fn keeps(&self, attribute: &Attribute) -> bool {
        let verdict = self.situation.verdict(attribute.mutability);
        matches!(verdict, Verdict::Accept | Verdict::AcceptOnce)
    }

    /// A reference to a resource may be relative; one to something else must be an absolute URI (RFC 7643 section 2.3.7).
    fn is_reference(&self, attribute: &Attribute, text: &str) -> bool {
        let is = |wanted: &str| attribute.reference_types.iter().any(|kind| kind == wanted);
        if self.tolerance.malformed_references.tolerates() {
            return true;
        }
        match is("external") {
            true => has_uri_characters(text) && Url::parse(text).is_ok(),
            false => !is("uri") || has_uri_characters(text),
        }
    }
}

/// The name as the schema spells it.
pub(super) fn spelled(name: String, attribute: &str) -> String {
    match name == attribute {
        true => name,
        false => attribute.to_owned(),
    }
}

/// Whether the text has only characters of a URI (RFC 3986 section 2) or, beyond ASCII, of an IRI.
fn has_uri_characters(text: &str) -> bool {
    let is_none = |letter: char| {
        letter.is_control()
            || letter.is_whitespace()
            || matches!(letter, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}')
    };
    !text.contains(is_none)
}

/// The attributes that an object has named so far.
#[derive(Default)]
pub(super) struct Named<'a>(Vec<&'a str>);

impl<'a> Named<'a> {
    /// Records a name of the schema. Returns an error if it occurred before; `path` is the full name.
    pub(super) fn once(&mut self, name: &'a str, path: impl Display) -> Result<(), Error> {
        if self.0.contains(&name) {
            return Err(given_twice(path));
        }
        self.0.push(name);
        Ok(())
    }
}

/// The description of the values that the attribute accepts.
fn expected(attribute: &Attribute, value: &Value) -> Cow<'static, str> {
    match (attribute.kind, value) {
        (AttributeType::Complex, _) => {
            let example = attribute
                .sub_attribute("value")
                .or(attribute.sub_attributes.first());
            let example = example.map_or("value", |sub| sub.name.as_str());
            format!("an object of sub-attributes, such as `{example}`").into()
        }
        (AttributeType::Integer, Value::Number(number)) if is_beyond(number) => {
            format!("a whole number from {} to {}", i64::MIN, i64::MAX).into()
        }
        (AttributeType::Reference, Value::String(_)) => {
            "an absolute URI such as `https://example.com/bjensen`".into()
        }
        (kind, _) => described(kind).into(),
    }
}

/// Whether a number is out of the range of integers.
fn is_beyond(number: &Number) -> bool {
    // 2^63; no float lies between i64::MAX and that
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    number.is_u64() || number.as_f64().is_some_and(|number| number.abs() >= LIMIT)
}

/// RFC 4648 Base64, either alphabet, padded or not, line breaks allowed as certificates have them.
fn is_base64(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    let text: Vec<u8> = text
        .bytes()
        .filter(|byte| !matches!(byte, b'\r' | b'\n'))
        .collect();
    let digits = text.iter().take_while(|byte| is_digit(**byte)).count();
    let padding = text.iter().skip(digits);
    let pads = padding.clone().count();
    let fits = match pads {
        // a single digit after a multiple of four is less than a byte
        0 => digits % 4 != 1,
        1 | 2 => (digits + pads).is_multiple_of(4),
        _ => false,
    };
    fits && padding.clone().all(|byte| *byte == b'=')
}
