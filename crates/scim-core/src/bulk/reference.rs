//! References to resources that the same request creates: finding them, and replacing them by ids.

use std::borrow::Cow;
use std::ops::Range;

use serde_json::{Map, Value};

use super::{BulkOperation, CreatedIds};
use crate::error::Error;

const PREFIX: &str = "bulkId:";

/// The maximum depth of `data`: the maximum depth of JSON that serde_json parses.
const DEEPEST: usize = 128;

/// The kind of a text, by the name of its member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Value,
    /// A URI whose last segment may be a reference.
    Uri,
    /// A path of a PATCH, whose filters may compare with a reference.
    Path,
}

/// A value without the references that cannot be resolved yet.
enum Left {
    Value(Value),
    Nothing,
}

impl BulkOperation {
    /// Returns the path with the reference in it replaced by an id of `ids`. An unknown reference stays as it is.
    #[must_use]
    pub fn resolved_path(&self, ids: &CreatedIds) -> String {
        let id = in_path(&self.path).and_then(|bulk_id| Some((bulk_id, ids.get(bulk_id)?)));
        match id {
            None => self.path.clone(),
            Some((bulk_id, id)) => {
                let reference = format!("/{PREFIX}{bulk_id}");
                self.path.replacen(&reference, &format!("/{id}"), 1)
            }
        }
    }

    /// Returns the data with references replaced by ids of `ids`. Unknown references stay as they are.
    #[must_use]
    pub fn resolved(&self, ids: &CreatedIds) -> Cow<'_, Map<String, Value>> {
        let Some(data) = &self.data else {
            return Cow::Owned(Map::new());
        };
        if self.references.is_empty() {
            return Cow::Borrowed(data);
        }
        let mut data = data.clone();
        let mut left: Vec<(Place, &mut Value)> = places_mut(&mut data).collect();
        while let Some((place, value)) = left.pop() {
            match value {
                Value::String(text) => {
                    if let Some(resolved) = substitute(place, text, ids) {
                        *text = resolved;
                    }
                }
                Value::Array(values) => left.extend(values.iter_mut().map(|value| (place, value))),
                Value::Object(members) => left.extend(places_mut(members)),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        Cow::Owned(data)
    }

    /// Returns the data as [`resolved`](Self::resolved) does, but without values that hold unknown references: the part that can be
    /// created before the resources that it refers to. A complex value is left out as a whole if its `value` or `$ref` is.
    #[must_use]
    pub fn resolved_so_far(&self, ids: &CreatedIds) -> Map<String, Value> {
        let data = self.resolved(ids).into_owned();
        let members = data.into_iter().filter_map(|(name, value)| {
            match without_references(Place::of(&name), value, DEEPEST) {
                Left::Value(value) => Some((name, value)),
                Left::Nothing => None,
            }
        });
        members.collect()
    }

    /// Returns a reference that `ids` does not contain, if there is one.
    pub fn unresolved(&self, ids: &CreatedIds) -> Option<&str> {
        let unknown = |bulk_id: &&String| !ids.contains_key(*bulk_id);
        self.references.iter().find(unknown).map(String::as_str)
    }
}

/// The `bulkId` in the path of an operation.
pub(super) fn in_path(path: &str) -> Option<&str> {
    let path = path.split('?').next().unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    let (_, last) = path.strip_prefix('/').unwrap_or(path).split_once('/')?;
    named(last)
}

/// Adds all `bulkId`s to which the data refers.
pub(super) fn collect(data: &Map<String, Value>, references: &mut Vec<String>) -> Result<(), Error> {
    let mut left: Vec<(usize, Place, &Value)> =
        places(data).map(|(place, value)| (1, place, value)).collect();
    while let Some((depth, place, value)) = left.pop() {
        if depth > DEEPEST {
            return Err(Error::invalid_syntax(format!(
                "`data` is deeper than {DEEPEST} levels"
            )));
        }
        match value {
            Value::String(text) => references.extend(place.references(text).map(Cow::into_owned)),
            Value::Array(values) => left.extend(values.iter().map(|value| (depth + 1, place, value))),
            Value::Object(members) => {
                left.extend(places(members).map(|(place, value)| (depth + 1, place, value)));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    Ok(())
}

impl Place {
    fn of(name: &str) -> Self {
        match name {
            _ if name.eq_ignore_ascii_case("$ref") => Self::Uri,
            _ if name.eq_ignore_ascii_case("path") => Self::Path,
            _ => Self::Value,
        }
    }

    fn references<'t>(self, text: &'t str) -> Box<dyn Iterator<Item = Cow<'t, str>> + 't> {
        // most texts are no reference
        if !text.contains(PREFIX) {
            return Box::new(std::iter::empty());
        }
        match self {
            Self::Value => Box::new(named(text).map(Cow::from).into_iter()),
            Self::Uri => Box::new(at_end(text).map(|(_, bulk_id)| Cow::from(bulk_id)).into_iter()),
            Self::Path => Box::new(
                literals(text)
                    .into_iter()
                    .filter_map(|(_, literal)| named(&literal).map(|bulk_id| Cow::from(bulk_id.to_owned()))),
            ),
        }
    }
}

fn substitute(place: Place, text: &str, ids: &CreatedIds) -> Option<String> {
    let mut references = place.references(text).peekable();
    references.peek()?;
    let id = |part: &str| named(part).and_then(|bulk_id| ids.get(bulk_id)).cloned();
    match place {
        Place::Value => id(text),
        Place::Uri => {
            let (before, bulk_id) = at_end(text)?;
            ids.get(bulk_id).map(|id| format!("{before}{id}"))
        }
        Place::Path => {
            let (mut resolved, mut end) = (String::with_capacity(text.len()), 0);
            for (place, literal) in literals(text) {
                if let Some(id) = id(&literal) {
                    resolved.push_str(text.get(end..place.start).unwrap_or_default());
                    resolved.push_str(&Value::from(id).to_string());
                    end = place.end;
                }
            }
            resolved.push_str(text.get(end..).unwrap_or_default());
            Some(resolved)
        }
    }
}

fn without_references(place: Place, value: Value, depth: usize) -> Left {
    let Some(depth) = depth.checked_sub(1) else {
        return Left::Nothing;
    };
    match value {
        Value::String(text) if place.references(&text).next().is_some() => Left::Nothing,
        Value::Array(values) => {
            let left = values
                .into_iter()
                .filter_map(|value| match without_references(place, value, depth) {
                    Left::Value(value) => Some(value),
                    Left::Nothing => None,
                });
            Left::Value(Value::Array(left.collect()))
        }
        Value::Object(members) => {
            let mut left = Map::with_capacity(members.len());
            let had_members = !members.is_empty();
            for (name, value) in members {
                match without_references(Place::of(&name), value, depth) {
                    Left::Value(value) => {
                        left.insert(name, value);
                    }
                    Left::Nothing if is_reference(&name) => return Left::Nothing,
                    Left::Nothing => {}
                }
            }
            match had_members && left.is_empty() {
                true => Left::Nothing,
                false => Left::Value(Value::Object(left)),
            }
        }
        other => Left::Value(other),
    }
}

/// Whether a complex value is left out without this part.
fn is_reference(name: &str) -> bool {
    name.eq_ignore_ascii_case("value") || name.eq_ignore_ascii_case("$ref")
}

/// The part of a URI before the reference at its end, and the reference, which may contain slashes.
fn at_end(uri: &str) -> Option<(&str, &str)> {
    let at = match uri.starts_with(PREFIX) {
        true => 0,
        false => uri.find(&format!("/{PREFIX}"))? + 1,
    };
    let (before, last) = uri.split_at_checked(at)?;
    Some((before, named(last)?))
}

/// The strings in a path, and their ranges including the quotes.
fn literals(path: &str) -> Vec<(Range<usize>, String)> {
    let (mut literals, mut from) = (Vec::new(), 0);
    while let Some(start) = path
        .get(from..)
        .and_then(|rest| rest.find('"'))
        .map(|at| from + at)
    {
        let mut strings =
            serde_json::Deserializer::from_str(path.get(start..).unwrap_or_default()).into_iter();
        let Some(Ok(literal)) = strings.next() else {
            break; // the string is not closed, so this is not a path
        };
        from = start + strings.byte_offset();
        literals.push((start..from, literal));
    }
    literals
}

fn named(text: &str) -> Option<&str> {
    text.strip_prefix(PREFIX).filter(|bulk_id| !bulk_id.is_empty())
}

fn places(members: &Map<String, Value>) -> impl Iterator<Item = (Place, &Value)> {
    members.iter().map(|(name, value)| (Place::of(name), value))
}

fn places_mut(members: &mut Map<String, Value>) -> impl Iterator<Item = (Place, &mut Value)> {
    members.iter_mut().map(|(name, value)| (Place::of(name), value))
}
