//! The change of one attribute of a resource.

use serde_json::{Map, Value};

use super::budget::{Budget, TO_COMPARE, size, terms};
use super::{Op, element};
use crate::condition::Condition;
use crate::error::Error;
use crate::filter::Filter;
use crate::resource::immutable::{immutable, is_same};
use crate::resource::place::Place;
use crate::resource::value::Check;
use crate::resource::{Resource, Situation, Tolerance, list};
use crate::schema::{Attribute, AttributeRef, Mutability};

/// The target of an operation: an attribute or sub-attribute, and the condition that selects values.
pub(super) struct Target<'a> {
    pub(super) attribute: &'a AttributeRef,
    pub(super) condition: Option<&'a Condition>,
    pub(super) filter: Option<&'a Filter>,
    pub(super) situation: Situation,
}

impl Target<'_> {
    /// Applies the operation. Returns `false` if it matched nothing and that is tolerated.
    pub(super) fn run(
        &self,
        resource: &mut Resource,
        op: Op,
        value: Option<&Value>,
        tolerance: &Tolerance,
        budget: &mut Budget,
    ) -> Result<bool, Error> {
        let attribute = &self.attribute.attribute;
        let check = Check {
            situation: self.situation,
            tolerance,
        };
        let mut values = Values::of(attribute, taken(resource, self.attribute));
        // `null` is no value (RFC 7643 section 2.5): it removes the whole list
        let is_list = attribute.multi_valued || self.attribute.leaf().multi_valued;
        let value = value.filter(|value| op != Op::Remove || (is_list && !value.is_null()));
        budget.spend(self.looks(&values, op, value))?;
        let matched = match (&self.attribute.sub, self.condition) {
            (None, None) => self.whole(&mut values, op, value, &check).map(|()| true),
            (Some(sub), None) => self
                .sub_attribute(&mut values, sub, op, value, &check)
                .map(|()| true),
            (_, Some(condition)) => element::run(self, &mut values, condition, op, value, &check),
        }?;
        if values.may_have_twins {
            budget.spend(values.elements.len().saturating_mul(TO_COMPARE))?;
        }
        store(resource, self.attribute, values.settled(attribute));
        Ok(matched)
    }

    /// The number of values that the operation looks at: for each existing one, the terms of the path, the values to remove, and
    /// the value to write.
    fn looks(&self, values: &Values, op: Op, value: Option<&Value>) -> usize {
        let is_for_each = self.condition.is_some() || self.attribute.sub.is_some();
        let of_value = match (op, value) {
            (Op::Remove, Some(value)) => as_list(value, &self.attribute.attribute).len(),
            (_, Some(value)) if is_for_each => size(value),
            _ => 0,
        };
        let for_each = self.condition.map_or(0, terms).saturating_add(of_value);
        let mut subs = self.attribute.attribute.sub_attributes.iter();
        // lists within the values are copied and searched for duplicates
        let within = match subs.any(|sub| sub.multi_valued) {
            true => values
                .elements
                .iter()
                .map(size)
                .sum::<usize>()
                .saturating_mul(TO_COMPARE),
            false => 0,
        };
        let looks = values.elements.len().saturating_mul(for_each.saturating_add(1));
        looks.saturating_add(within)
    }

    /// Path without filter and sub-attribute: `name`, `emails`.
    fn whole(
        &self,
        values: &mut Values,
        op: Op,
        value: Option<&Value>,
        check: &Check<'_>,
    ) -> Result<(), Error> {
        let attribute = &self.attribute.attribute;
        let path = self.attribute.to_string();
        let Some(value) = value else {
            values.elements.clear();
            return Ok(());
        };
        if attribute.multi_valued {
            return values.change(attribute, &path, op, value, check);
        }
        if attribute.is_complex() && value.is_object() {
            return self.merge_complex(values, op, value, check);
        }
        values.elements = check
            .single(attribute, Place::of(&path), value.clone())?
            .into_iter()
            .collect();
        Ok(())
    }

    /// `add` and `replace` on a complex attribute change the sub-attributes that they name (RFC 7644 section 3.5.2.3).
    fn merge_complex(
        &self,
        values: &mut Values,
        op: Op,
        value: &Value,
        check: &Check<'_>,
    ) -> Result<(), Error> {
        let attribute = &self.attribute.attribute;
        let mut merged = match values.elements.first() {
            Some(Value::Object(members)) => members.clone(),
            _ => Map::new(),
        };
        for (name, value) in value.as_object().into_iter().flatten() {
            if let (Some(sub), Value::Null) = (attribute.sub_attribute(name), value) {
                merged.shift_remove(&sub.name);
            }
        }
        let path = self.attribute.to_string();
        if let Some(Value::Object(checked)) = check.single(attribute, Place::of(&path), value.clone())? {
            if checked
                .get("value")
                .is_some_and(|value| merged.get("value") != Some(value))
            {
                forget_reference(&mut merged);
            }
            match op {
                Op::Add => list::merge_lists(attribute, &mut merged, checked),
                Op::Replace | Op::Remove => list::merge(&mut merged, checked),
            }
        }
        values.elements = vec![Value::Object(merged)];
        Ok(())
    }

    /// Path with sub-attribute and without filter: `name.givenName`. In a list, it applies to every value.
    fn sub_attribute(
        &self,
        values: &mut Values,
        sub: &Attribute,
        op: Op,
        value: Option<&Value>,
        check: &Check<'_>,
    ) -> Result<(), Error> {
        if values.elements.is_empty() && op != Op::Remove {
            values.elements.push(Value::Object(Map::new()));
        }
        for index in 0..values.elements.len() {
            self.set_sub(values, index, sub, op, value, check)?;
        }
        Ok(())
    }

    /// Sets or removes a sub-attribute of one value.
    pub(super) fn set_sub(
        &self,
        values: &mut Values,
        index: usize,
        sub: &Attribute,
        op: Op,
        value: Option<&Value>,
        check: &Check<'_>,
    ) -> Result<(), Error> {
        let path = self.attribute.to_string();
        let Some(Value::Object(members)) = values.elements.get_mut(index) else {
            return Ok(());
        };
        let checked = match (op, value) {
            (_, Some(value)) if sub.multi_valued => {
                let mut list = Values::of(sub, members.get(&sub.name).cloned());
                list.change(sub, &path, op, value, check)?;
                list.settled(sub)
            }
            (Op::Remove, _) | (_, None) => None,
            (_, Some(value)) => check.value(sub, Place::of(&path), value.clone())?,
        };
        if self.attribute.attribute.multi_valued
            && sub.mutability == Mutability::Immutable
            && let Some(before) = members.get(&sub.name)
        {
            return match checked.is_some_and(|checked| is_same(sub, &checked, before)) {
                true => Ok(()),
                false => Err(immutable(&path)),
            };
        }
        // without a `value`, all parts of a value are its identity
        values.may_have_twins |=
            matches!(sub.name.as_str(), "value" | "type") || !members.contains_key("value");
        match checked {
            Some(checked) => {
                if sub.name == "primary" && checked == Value::Bool(true) {
                    values.preferred = Some(index);
                }
                if sub.name == "value" && members.get("value") != Some(&checked) {
                    forget_reference(members);
                }
                members.insert(sub.name.clone(), checked);
            }
            None => {
                members.shift_remove(&sub.name);
            }
        }
        Ok(())
    }
}

/// The values of an attribute as a list, whether the attribute is multi-valued or not.
pub(super) struct Values {
    pub(super) elements: Vec<Value>,
    /// The value that was made primary last.
    pub(super) preferred: Option<usize>,
    /// Whether a changed value may now equal another one.
    pub(super) may_have_twins: bool,
}

impl Values {
    fn of(attribute: &Attribute, value: Option<Value>) -> Self {
        let elements = match value {
            None => Vec::new(),
            Some(Value::Array(elements)) if attribute.multi_valued => elements,
            Some(value) => vec![value],
        };
        Self {
            elements,
            preferred: None,
            may_have_twins: false,
        }
    }

    /// Adds, removes or replaces values of a list.
    fn change(
        &mut self,
        attribute: &Attribute,
        path: &str,
        op: Op,
        value: &Value,
        check: &Check<'_>,
    ) -> Result<(), Error> {
        let named = as_list(value, attribute);
        match op {
            Op::Remove => return element::remove_listed(self, attribute, path, named, check),
            Op::Replace => self.elements.clear(),
            Op::Add => {}
        }
        for element in named {
            if let Some(element) = check.single(attribute, Place::of(path), element.clone())? {
                self.push(element);
            }
        }
        Ok(())
    }

    pub(super) fn push(&mut self, element: Value) {
        if list::is_primary(&element) {
            self.preferred = Some(self.elements.len());
        }
        self.elements.push(element);
        self.may_have_twins = true;
    }

    fn settled(mut self, attribute: &Attribute) -> Option<Value> {
        if attribute.multi_valued && (self.preferred.is_some() || self.may_have_twins) {
            list::settle(attribute, &mut self.elements, self.preferred);
        }
        self.elements.retain(|element| !is_empty_object(element));
        if attribute.multi_valued {
            return (!self.elements.is_empty()).then_some(Value::Array(self.elements));
        }
        self.elements.pop()
    }
}

/// Removes the `$ref`, which belongs to the previous `value`.
fn forget_reference(members: &mut Map<String, Value>) {
    members.shift_remove("$ref");
}

fn is_empty_object(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty)
}

/// The values of an operation on a list: a list, a single value, or (as Salesforce sends it) an object that holds the list under
/// the name of the attribute.
pub(super) fn as_list<'a>(value: &'a Value, attribute: &Attribute) -> &'a [Value] {
    let wrapped = value
        .as_object()
        .filter(|members| members.len() == 1)
        .and_then(|members| {
            let (_, inner) = members
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(&attribute.name))?;
            inner.as_array()
        });
    match (value, wrapped) {
        (Value::Array(list), _) => list,
        (_, Some(list)) => list,
        (Value::Null, None) => &[],
        (single, None) => std::slice::from_ref(single),
    }
}

/// Takes the value out and leaves `null` in its place.
fn taken(resource: &mut Resource, attribute: &AttributeRef) -> Option<Value> {
    let attributes = resource.attributes_mut();
    let holder = match &attribute.extension {
        None => attributes,
        Some(schema) => attributes.get_mut(&schema.id)?.as_object_mut()?,
    };
    holder.get_mut(&attribute.attribute.name).map(Value::take)
}

/// Puts a value in its place. An empty extension is removed.
fn store(resource: &mut Resource, attribute: &AttributeRef, value: Option<Value>) {
    let attributes = resource.attributes_mut();
    let name = &attribute.attribute.name;
    let Some(schema) = &attribute.extension else {
        set(attributes, name, value);
        return;
    };
    let extension = attributes
        .entry(schema.id.clone())
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(members) = extension {
        set(members, name, value);
    }
    if is_empty_object(extension) {
        attributes.shift_remove(&schema.id);
    }
}

fn set(members: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    match value {
        Some(value) => {
            members.insert(name.to_owned(), value);
        }
        None => {
            members.shift_remove(name);
        }
    }
}
