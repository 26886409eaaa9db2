//! Operations on selected values of an attribute: `emails[type eq "work"]`, `emails[type eq "work"].value`.

use serde_json::{Map, Value};

use super::Op;
use super::target::{Target, Values, as_list};
use crate::condition::Condition;
use crate::error::Error;
use crate::filter::{CompareOp, Filter, Literal};
use crate::resource::immutable::{immutable, is_same};
use crate::resource::list;
use crate::resource::place::Place;
use crate::resource::value::Check;
use crate::schema::{Attribute, Mutability};

/// Applies an operation whose path has a filter. Returns `false` if it matched nothing and that is tolerated.
pub(super) fn run(
    target: &Target<'_>,
    values: &mut Values,
    condition: &Condition,
    op: Op,
    value: Option<&Value>,
    check: &Check<'_>,
) -> Result<bool, Error> {
    let matches: Vec<usize> = (0..values.elements.len())
        .filter(|index| {
            values
                .elements
                .get(*index)
                .is_some_and(|element| condition.matches_element(element))
        })
        .collect();
    if matches.is_empty() {
        return unmatched(target, values, op, value, check);
    }
    match (&target.attribute.sub, op, value) {
        (None, Op::Remove, _) => {
            let (mut index, mut gone) = (0, matches.iter().peekable());
            values.elements.retain(|_| {
                index += 1;
                gone.next_if(|gone| **gone == index - 1).is_none()
            });
        }
        (Some(sub), _, _) => {
            for index in matches {
                target.set_sub(values, index, sub, op, value, check)?;
            }
        }
        (None, _, value) => {
            for index in matches {
                write_element(target, values, index, op, value, check)?;
            }
        }
    }
    Ok(true)
}

/// `add` changes the sub-attributes that it names, `replace` replaces the value.
fn write_element(
    target: &Target<'_>,
    values: &mut Values,
    index: usize,
    op: Op,
    value: Option<&Value>,
    check: &Check<'_>,
) -> Result<(), Error> {
    let attribute = &target.attribute.attribute;
    let checked = the_one(target, value, check)?;
    if checked.as_ref().is_some_and(list::is_primary) {
        values.preferred = Some(index);
    }
    values.may_have_twins = true;
    let Some(element) = values.elements.get_mut(index) else {
        return Ok(());
    };
    match (op, element, checked) {
        (Op::Add, Value::Object(members), Some(Value::Object(mut checked))) => {
            keep_immutable(attribute, members, &mut checked)?;
            list::merge_lists(attribute, members, checked);
        }
        (Op::Add, _, None) => {}
        (_, element, Some(checked)) => *element = checked,
        // replacing by no value removes (RFC 7643 section 2.5)
        (_, element, None) => *element = Value::Object(Map::new()),
    }
    Ok(())
}

/// The value of an operation, for each value that its path selects; `None` if it is no value.
fn the_one(target: &Target<'_>, value: Option<&Value>, check: &Check<'_>) -> Result<Option<Value>, Error> {
    let attribute = &target.attribute.attribute;
    let path = target.attribute.to_string();
    match value.map_or(&[][..], |value| as_list(value, attribute)) {
        [] => Ok(None),
        [value] => check.single(attribute, Place::of(&path), value.clone()),
        several => Err(Error::invalid_value(format!(
            "a path with a filter takes one value of `{path}`, not {}",
            several.len()
        ))),
    }
}

/// Rejects a change to the immutable parts of a value of a list.
fn keep_immutable(
    attribute: &Attribute,
    members: &Map<String, Value>,
    added: &mut Map<String, Value>,
) -> Result<(), Error> {
    let subs = attribute.sub_attributes.iter();
    for sub in subs.filter(|sub| sub.mutability == Mutability::Immutable) {
        let (Some(before), Some(now)) = (members.get(&sub.name), added.get(&sub.name)) else {
            continue;
        };
        if !is_same(sub, now, before) {
            return Err(immutable(&format!("{}.{}", attribute.name, sub.name)));
        }
        added.shift_remove(&sub.name);
    }
    Ok(())
}

fn unmatched(
    target: &Target<'_>,
    values: &mut Values,
    op: Op,
    value: Option<&Value>,
    check: &Check<'_>,
) -> Result<bool, Error> {
    let tolerates = check.tolerance.unmatched_paths.tolerates();
    let no_target = || {
        let filter = target.filter.map(ToString::to_string).unwrap_or_default();
        Error::no_target(format!(
            "no value of `{}` matches `{filter}`",
            target.attribute.attribute.name
        ))
    };
    match op {
        Op::Remove if tolerates => Ok(false),
        Op::Remove => Err(no_target()),
        Op::Replace if !tolerates => Err(no_target()),
        Op::Add | Op::Replace => {
            let attribute = &target.attribute.attribute;
            let described = target.filter.filter(|_| attribute.is_complex());
            let described = described.and_then(|filter| described_element(filter, attribute));
            let described = described.ok_or_else(no_target)?;
            create(target, values, described, value, check)?;
            Ok(true)
        }
    }
}

/// Creates the value that the filter describes, and writes to it. Entra ID expects this when it adds to
/// `phoneNumbers[type eq "mobile"].value` of a user without a mobile number.
fn create(
    target: &Target<'_>,
    values: &mut Values,
    described: Map<String, Value>,
    value: Option<&Value>,
    check: &Check<'_>,
) -> Result<(), Error> {
    let attribute = &target.attribute.attribute;
    let mut element = described;
    match &target.attribute.sub {
        Some(sub) => match value.filter(|value| !value.is_null()) {
            Some(value) => drop(element.insert(sub.name.clone(), value.clone())),
            None => return Ok(()),
        },
        None => match the_one(target, value, check)? {
            Some(Value::Object(members)) => list::merge(&mut element, members),
            _ => return Ok(()),
        },
    }
    let path = target.attribute.to_string();
    let checked = check.single(attribute, Place::of(&path), Value::Object(element))?;
    if let Some(element) = checked {
        values.push(element);
    }
    Ok(())
}

/// The value that a filter of `eq` terms joined by `and` describes; `None` for other filters.
fn described_element(filter: &Filter, attribute: &Attribute) -> Option<Map<String, Value>> {
    match filter {
        Filter::Compare(path, CompareOp::Equal, literal) => {
            let value = match literal {
                Literal::Null => return None,
                Literal::Boolean(value) => Value::Bool(*value),
                Literal::Number(number) => Value::Number(number.clone()),
                Literal::String(text) => Value::String(text.clone()),
            };
            let sub = attribute.sub_attribute(&path.name)?;
            Some(Map::from_iter([(sub.name.clone(), value)]))
        }
        Filter::And(operands) => {
            let mut described = Map::new();
            for operand in operands {
                described.extend(described_element(operand, attribute)?);
            }
            Some(described)
        }
        _ => None,
    }
}

/// `remove` with values, as Entra ID and others send it: removes the values that have all the given sub-attributes, `$ref` aside.
pub(super) fn remove_listed(
    values: &mut Values,
    attribute: &Attribute,
    path: &str,
    listed: &[Value],
    check: &Check<'_>,
) -> Result<(), Error> {
    for unwanted in listed {
        let Some(unwanted) = check.single(attribute, Place::of(path), unwanted.clone())? else {
            continue;
        };
        values
            .elements
            .retain(|element| !has_all(attribute, element, &unwanted));
    }
    Ok(())
}

fn has_all(attribute: &Attribute, element: &Value, wanted: &Value) -> bool {
    let (Value::Object(element), Value::Object(wanted)) = (element, wanted) else {
        return is_same(attribute, element, wanted);
    };
    wanted
        .iter()
        .filter(|(name, _)| name.as_str() != "$ref")
        .all(
            |(name, wanted)| match (attribute.sub_attribute(name), element.get(name)) {
                (Some(sub), Some(has)) => is_same(sub, has, wanted),
                _ => false,
            },
        )
}
