//! The application of a patch to a resource.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::budget::Budget;
use super::target::Target;
use super::{Applied, Op, Patch, PatchOperation};
use crate::error::{Error, ScimType};
use crate::filter::{Filter, FilterLimits};
use crate::object::{self, given_twice};
use crate::path::PatchPath;
use crate::resource::check::no_object;
use crate::resource::immutable::LeftOut;
use crate::resource::{Leniency, Resource, Situation, Tolerance, Verdict};
use crate::schema::{AttributeRef, Schema, SchemaTarget};

/// The number of operations up to which required and immutable values are checked after each operation, not only at the end.
const FEW: usize = 100;

impl Patch {
    /// Applies the operations in order. If one fails, the resource is not changed.
    ///
    /// The value of an operation without a path is an object, and each of its names is treated as a path, so that Entra ID's
    /// `{"name.givenName": "Kim"}` changes `name`. Names that no schema has, and attributes that only the server writes, are ignored
    /// there.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use scim_core::patch::{PATCH_OP_URN, Patch, PatchLimits};
    /// use scim_core::resource::{Leniency, Resource, Tolerance};
    /// use scim_core::schema::ResourceType;
    /// use serde_json::json;
    ///
    /// let document = r#"{ "userName": "bjensen", "emails": [{ "type": "work", "value": "b@example.com" }] }"#;
    /// let mut barbara = Resource::from_document(Arc::new(ResourceType::user()), document)?;
    /// let body = json!({ "schemas": [PATCH_OP_URN], "Operations": [
    ///     { "op": "replace", "path": "emails[type eq \"work\"].value", "value": "babs@example.com" },
    ///     { "op": "add", "path": "shoeSize", "value": 41 }
    /// ] });
    /// let body = body.as_object().cloned().unwrap_or_default();
    /// let tolerance = Tolerance::STRICT.with_unknown_paths(Leniency::Tolerate);
    /// let applied = Patch::parse(&body, &PatchLimits::default(), &tolerance)?.apply(&mut barbara, &tolerance)?;
    /// assert_eq!(barbara.attributes()["emails"][0]["value"], "babs@example.com");
    /// assert_eq!(applied.ignored, ["shoeSize"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors of RFC 7644 section 3.5.2: 400 `invalidPath`, `invalidFilter`, `noTarget`, `mutability` or
    /// `invalidValue`; 400 `invalidSyntax` if a value names an attribute twice; 413 if the operations look at more than 4,000,000
    /// values of lists. The detail counts operations from 1.
    pub fn apply(&self, resource: &mut Resource, tolerance: &Tolerance) -> Result<Applied, Error> {
        let mut draft = resource.clone();
        let mut applied = Applied::default();
        // required and immutable values may be removed and come back: the final state counts
        let was_complete = resource.check_required().is_ok();
        let verdict = |draft: &Resource| {
            draft.check_immutable(resource, LeftOut::Refused)?;
            match was_complete {
                true => draft.check_required(),
                false => Ok(()),
            }
        };
        let mut unfinished: Option<(&PatchOperation, Error)> = None;
        let mut budget = Budget::new();
        let last = self.operations.len().saturating_sub(1);
        for (place, operation) in self.operations.iter().enumerate() {
            apply_operation(&mut draft, operation, tolerance, &mut applied, &mut budget)
                .map_err(|error| error.within(format_args!("operation {}", operation.number)))?;
            // with many operations, only the final state is checked
            if last >= FEW && place < last {
                continue;
            }
            unfinished = match verdict(&draft) {
                Err(error) => Some((unfinished.map_or(operation, |(first, _)| first), error)),
                Ok(()) => None,
            };
        }
        if let Some((operation, error)) = unfinished {
            let error = match operation.op {
                Op::Remove if error.scim_type() == Some(ScimType::InvalidValue) => {
                    Error::mutability(format!("{} and cannot be removed", error.detail()))
                }
                _ => error,
            };
            return Err(match last >= FEW {
                true => error,
                false => error.within(format_args!("operation {}", operation.number)),
            });
        }
        draft.restore_immutable(resource);
        *resource = draft;
        Ok(applied)
    }
}

fn apply_operation(
    resource: &mut Resource,
    operation: &PatchOperation,
    tolerance: &Tolerance,
    applied: &mut Applied,
    budget: &mut Budget,
) -> Result<(), Error> {
    let mut run = Run {
        resource,
        budget,
        op: operation.op,
        tolerance,
        applied,
        named: HashSet::new(),
    };
    match &operation.path {
        Some(path) => run.at_path(path, operation.value.as_ref()),
        None => match &operation.value {
            Some(Value::Object(members)) => run.members(members, None),
            _ => Err(Error::invalid_value(
                "without a `path`, or with an empty one, the `value` of an operation must be an object of attributes",
            )),
        },
    }
}

/// The application of one operation.
struct Run<'a> {
    resource: &'a mut Resource,
    op: Op,
    tolerance: &'a Tolerance,
    applied: &'a mut Applied,
    budget: &'a mut Budget,
    /// The attributes that the value has named so far, as canonical paths.
    named: HashSet<String>,
}

impl Run<'_> {
    fn at_path(&mut self, path: &PatchPath, value: Option<&Value>) -> Result<(), Error> {
        match self.resource.resource_type().resolve_patch(path) {
            None => self.unknown(path),
            Some(SchemaTarget::Resource) => match (self.op, value) {
                (Op::Add | Op::Replace, Some(Value::Object(members))) => self.members(members, None),
                _ => Err(Error::invalid_path(format!(
                    "`{path}` names a schema, not an attribute"
                ))),
            },
            Some(SchemaTarget::Extension(schema)) => self.at_extension(&schema, value),
            Some(SchemaTarget::Attribute(attribute)) => {
                self.at_attribute(attribute, filter_of(path)?, value, Situation::PatchPath)
            }
        }
    }

    fn at_extension(&mut self, schema: &Schema, value: Option<&Value>) -> Result<(), Error> {
        match (self.op, value) {
            (Op::Remove, _) | (Op::Replace, Some(Value::Null)) => {
                self.resource.attributes_mut().shift_remove(&schema.id);
                Ok(())
            }
            (_, Some(Value::Object(members))) => self.members(members, Some(schema)),
            (Op::Add, Some(Value::Null)) => Ok(()),
            _ => Err(no_object(&schema.id)),
        }
    }

    /// Applies each member of an object as an operation; `within` is the extension that the path names.
    fn members(&mut self, members: &Map<String, Value>, within: Option<&Schema>) -> Result<(), Error> {
        // some clients send `schemas` in the object of an extension, too
        for (name, value) in members
            .iter()
            .filter(|(name, _)| !name.eq_ignore_ascii_case("schemas"))
        {
            match (self.member_path(name, within), within) {
                (Some(path), _) => self.member(&path, value)?,
                (None, Some(schema)) => self.unknown(format_args!("{}:{name}", schema.id))?,
                (None, None) => self.applied.ignored.push(name.clone()),
            }
        }
        Ok(())
    }

    /// The path that a name in a value stands for; `None` if it is unknown.
    fn member_path(&self, name: &str, within: Option<&Schema>) -> Option<PatchPath> {
        let mut path = PatchPath::parse(name, &FilterLimits::default()).ok()?;
        if let (None, Some(schema)) = (&path.urn, within) {
            path.urn = Some(schema.id.clone());
        }
        self.resource.resource_type().resolve_patch(&path).map(|_| path)
    }

    fn member(&mut self, path: &PatchPath, value: &Value) -> Result<(), Error> {
        let target = self.resource.resource_type().resolve_patch(path);
        if let Some(target) = &target {
            self.name_once(target, path)?;
            self.name_parts_once(target, path, value)?;
        }
        match target {
            Some(SchemaTarget::Attribute(attribute)) => {
                self.at_attribute(attribute, filter_of(path)?, Some(value), Situation::PatchValue)
            }
            Some(SchemaTarget::Extension(schema)) => match value {
                Value::Object(members) => {
                    // names that the extension does not have are ignored, as everywhere in a value
                    let known = |name: &String| self.member_path(name, Some(&schema)).is_some();
                    let members = members.iter().filter(|(name, _)| known(name));
                    let members = members
                        .map(|(name, value)| (name.clone(), value.clone()))
                        .collect();
                    self.members(&members, Some(&schema))
                }
                _ => self.at_extension(&schema, Some(value)),
            },
            Some(SchemaTarget::Resource) => match value {
                Value::Object(members) => self.members(members, None),
                Value::Null => Ok(()),
                _ => Err(no_object(&self.resource.resource_type().schema.id)),
            },
            None => Ok(()),
        }
    }

    /// Rejects an attribute that is named twice, in another case or with the URI of its schema: either value could be meant.
    fn name_once(&mut self, target: &SchemaTarget, path: &PatchPath) -> Result<(), Error> {
        let name = match target {
            SchemaTarget::Attribute(attribute) => match filter_of(path)? {
                Some(filter) => format!("{}[{filter}]{attribute}", whole(attribute)),
                None => attribute.to_string(),
            },
            SchemaTarget::Extension(schema) => schema.id.clone(),
            SchemaTarget::Resource => self.resource.resource_type().schema.id.clone(),
        };
        match self.named.insert(name) {
            true => Ok(()),
            false => Err(given_twice(path)),
        }
    }

    /// Rejects `name.givenName` beside a `name` whose value has a `givenName`.
    fn name_parts_once(
        &mut self,
        target: &SchemaTarget,
        path: &PatchPath,
        value: &Value,
    ) -> Result<(), Error> {
        let (SchemaTarget::Attribute(attribute), Value::Object(parts)) = (target, value) else {
            return Ok(());
        };
        if attribute.sub.is_some() || filter_of(path)?.is_some() {
            return Ok(());
        }
        for sub in &attribute.attribute.sub_attributes {
            let part = attribute.with_sub(sub.clone());
            if object::member(parts, &sub.name).is_some() && !self.named.insert(part.to_string()) {
                return Err(given_twice(part));
            }
        }
        Ok(())
    }

    fn at_attribute(
        &mut self,
        attribute: AttributeRef,
        filter: Option<&Filter>,
        value: Option<&Value>,
        situation: Situation,
    ) -> Result<(), Error> {
        let strictest = [&*attribute.attribute, attribute.leaf()];
        let verdicts = strictest.map(|attribute| situation.verdict(attribute.mutability));
        if attribute.is("schemas", None) {
            return schemas(self.op, value);
        }
        if verdicts.contains(&Verdict::Ignore) {
            return Ok(());
        }
        if verdicts.contains(&Verdict::Refuse) {
            return match self.tolerance.read_only_paths {
                Leniency::Refuse => Err(Error::mutability(format!("`{attribute}` is readOnly"))),
                Leniency::Tolerate => {
                    self.applied.ignored.push(attribute.to_string());
                    Ok(())
                }
            };
        }
        if let Some(filter) = filter
            && !attribute.attribute.multi_valued
        {
            return Err(Error::invalid_path(format!(
                "`{attribute}` has one value, so it cannot be selected by `[{filter}]`",
                attribute = whole(&attribute)
            )));
        }
        let condition = filter
            .map(|filter| filter.resolve_within(&whole(&attribute)))
            .transpose()?;
        let target = Target {
            attribute: &attribute,
            condition: condition.as_ref(),
            filter,
            situation,
        };
        match target.run(self.resource, self.op, value, self.tolerance, self.budget)? {
            true => Ok(()),
            false => {
                self.applied.ignored.push(attribute.to_string());
                Ok(())
            }
        }
    }

    fn unknown(&mut self, path: impl ToString) -> Result<(), Error> {
        let path = path.to_string();
        match self.tolerance.unknown_paths {
            Leniency::Refuse => Err(Error::invalid_path(format!("unknown attribute `{path}`"))),
            Leniency::Tolerate => {
                self.applied.ignored.push(path);
                Ok(())
            }
        }
    }
}

/// Checks an operation on `schemas`, which has no effect: `schemas` cannot be removed, and its value must be a list of URIs.
fn schemas(op: Op, value: Option<&Value>) -> Result<(), Error> {
    let fits = match value {
        Some(Value::Array(urns)) => urns.iter().all(Value::is_string),
        Some(value) => value.is_string(),
        None => true,
    };
    match op {
        Op::Remove if value.is_none_or(Value::is_null) => {
            Err(Error::mutability("`schemas` is required and cannot be removed"))
        }
        _ if !fits => Err(Error::invalid_value("`schemas` must be a list of URIs")),
        _ => Ok(()),
    }
}

/// The attribute without its sub-attribute, to which the filter of a value path applies.
fn whole(attribute: &AttributeRef) -> AttributeRef {
    AttributeRef {
        sub: None,
        ..attribute.clone()
    }
}

/// The filter of a path. Only its first step can have one, because no schema nests lists.
fn filter_of(path: &PatchPath) -> Result<Option<&Filter>, Error> {
    match path.steps.split_first() {
        Some((first, rest)) if rest.iter().all(|step| step.filter.is_none()) => Ok(first.filter.as_ref()),
        _ => Err(Error::invalid_path(format!(
            "`{path}` has a filter on a sub-attribute"
        ))),
    }
}
