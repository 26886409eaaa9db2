//! Operations on some values of an attribute: `emails[type eq "work"]`, `emails[type eq "work"].value`.

use serde_json::{Map, Value};

use super::PatchOp;
use super::target::{Target, Values, as_list};
use crate::condition::Condition;
use crate::error::Error;
use crate::filter::{CompareOp, Filter, Literal};
use crate::resource::value::Check;
use crate::schema::Attribute;

/// Carries out an operation whose path has a filter; `false` if it matched nothing and that may pass.
pub(super) fn run(
    target: &Target<'_>,
    values: &mut Values,
    condition: &Condition,
    op: PatchOp,
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
        (None, PatchOp::Remove, _) => {
            let mut index = 0;
            values.elements.retain(|_| {
                index += 1;
                !matches.contains(&(index - 1))
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

/// `add` changes the sub-attributes it names, `replace` puts the value in the place of the old one.
fn write_element(
    target: &Target<'_>,
    values: &mut Values,
    index: usize,
    op: PatchOp,
    value: Option<&Value>,
    check: &Check<'_>,
) -> Result<(), Error> {
    let attribute = &target.attribute.attribute;
    let path = target.attribute.to_string();
    let Some(value) = value.and_then(|value| as_list(value, attribute).first()) else {
        return Ok(());
    };
    let Some(checked) = check.single(attribute, &path, value)? else {
        return Ok(());
    };
    if crate::resource::list::is_primary(&checked) {
        values.preferred = Some(index);
    }
    match (op, values.elements.get_mut(index), checked) {
        (PatchOp::Add, Some(Value::Object(members)), Value::Object(checked)) => {
            crate::resource::list::merge(members, checked);
        }
        (_, Some(element), checked) => *element = checked,
        (_, None, _) => {}
    }
    Ok(())
}

fn unmatched(
    target: &Target<'_>,
    values: &mut Values,
    op: PatchOp,
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
        PatchOp::Remove if tolerates => Ok(false),
        PatchOp::Remove => Err(no_target()),
        PatchOp::Replace if !tolerates => Err(no_target()),
        PatchOp::Add | PatchOp::Replace => {
            let described = target.filter.and_then(described_element).ok_or_else(no_target)?;
            create(target, values, described, value, check)?;
            Ok(true)
        }
    }
}

/// Makes the value that the filter describes, and writes to it: what Entra ID means by adding to
/// `phoneNumbers[type eq "mobile"].value` of a user who has no mobile number.
fn create(
    target: &Target<'_>,
    values: &mut Values,
    described: Map<String, Value>,
    value: Option<&Value>,
    check: &Check<'_>,
) -> Result<(), Error> {
    let attribute = &target.attribute.attribute;
    let mut element = described;
    match (&target.attribute.sub, value) {
        (Some(sub), Some(value)) => {
            element.insert(sub.name.clone(), value.clone());
        }
        (None, Some(value)) => {
            if let Some(Value::Object(members)) = as_list(value, attribute).first() {
                crate::resource::list::merge(&mut element, members.clone());
            }
        }
        (_, None) => {}
    }
    match check.single(attribute, &target.attribute.to_string(), &Value::Object(element))? {
        Some(element) if attribute.multi_valued || values.elements.is_empty() => values.push(element),
        _ => {}
    }
    Ok(())
}

/// The value that a filter of `eq` terms joined by `and` describes. Other filters describe none.
fn described_element(filter: &Filter) -> Option<Map<String, Value>> {
    match filter {
        Filter::Compare(path, CompareOp::Equal, literal) => {
            let value = match literal {
                Literal::Null => return None,
                Literal::Boolean(value) => Value::Bool(*value),
                Literal::Number(number) => Value::Number(number.clone()),
                Literal::String(text) => Value::String(text.clone()),
            };
            Some(Map::from_iter([(path.name.clone(), value)]))
        }
        Filter::And(operands) => {
            let mut described = Map::new();
            for operand in operands {
                described.extend(described_element(operand)?);
            }
            Some(described)
        }
        _ => None,
    }
}

/// `remove` with values, as Entra ID and others send it: takes away the values that have all the sub-attributes given, and
/// no others. Of several spellings, `value` alone decides where there is one.
pub(super) fn remove_listed(
    values: &mut Values,
    attribute: &Attribute,
    path: &str,
    listed: &[Value],
    check: &Check<'_>,
) -> Result<(), Error> {
    for unwanted in listed {
        let Some(unwanted) = check.single(attribute, path, unwanted)? else {
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
        return element == wanted;
    };
    wanted
        .iter()
        .filter(|(name, _)| name.as_str() != "$ref")
        .all(|(name, wanted)| {
            let is_exact = attribute.sub_attribute(name).is_some_and(|sub| sub.case_exact);
            match (element.get(name), wanted) {
                (Some(Value::String(has)), Value::String(wanted)) if !is_exact => {
                    crate::text::fold(has) == crate::text::fold(wanted)
                }
                (has, wanted) => has == Some(wanted),
            }
        })
}
