//! The members of a group: operations become steps that a store applies without reading the members.

use serde_json::Value;

use super::target::as_list;
use super::{Op, Patch, PatchOperation};
use crate::condition::Condition;
use crate::error::Error;
use crate::filter::{CompareOp, Filter, FilterLimits, Literal};
use crate::object;
use crate::path::PatchPath;
use crate::schema::{AttributeRef, ResourceType, SchemaTarget};

/// One change to the members of a group.
///
/// Exhaustive on purpose: a store has to apply every step. A new variant is a new major version.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberStep {
    /// Adds members.
    Add(Vec<Member>),
    /// Removes the members with these ids. Ids that are not members are ignored.
    Remove(Vec<String>),
    /// Removes the members that a value path selects: the inner condition of `members[…]`, and the ids that it names if it
    /// consists of `value eq "…"` joined by `or`.
    RemoveMatching(Condition, Option<Vec<String>>),
    /// Replaces all members.
    Replace(Vec<Member>),
    /// Removes all members.
    Clear,
}

/// A new member of a group (RFC 7643 section 4.2, `members`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The id of the member, `members.value`; never empty after parsing.
    pub id: String,
    /// The `members.type` as it was sent, such as `User` or `Group`.
    pub kind: Option<String>,
}

impl Patch {
    /// Removes the operations on `members` from the patch and returns them as steps, in order. The remaining operations can be
    /// [applied](Patch::apply) to the group itself.
    ///
    /// ```
    /// use scim_core::patch::{Member, MemberStep, PATCH_OP_URN, Patch, PatchLimits};
    /// use scim_core::resource::Tolerance;
    /// use scim_core::schema::ResourceType;
    /// use serde_json::json;
    ///
    /// let body = json!({ "schemas": [PATCH_OP_URN], "Operations": [
    ///     { "op": "add", "path": "members", "value": [{ "value": "2819c223" }] },
    ///     { "op": "replace", "path": "displayName", "value": "Tour Guides" }
    /// ] });
    /// let body = body.as_object().cloned().unwrap_or_default();
    /// let mut patch = Patch::parse(&body, &PatchLimits::default(), &Tolerance::STRICT)?;
    /// let steps = patch.take_members(&ResourceType::group())?;
    /// assert_eq!(steps, [MemberStep::Add(vec![Member { id: "2819c223".to_owned(), kind: None }])]);
    /// assert_eq!(patch.operations.len(), 1);
    /// # Ok::<(), scim_core::error::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns 400 `invalidValue` for a member without a `value`, 400 `mutability` for a path to a part of a member, 400
    /// `invalidFilter` for a filter by attributes that members do not have, 400 `noTarget` for an `add` or `replace` whose filter
    /// does not name one member, and 400 `invalidSyntax` where `members` is given twice. The patch is then incomplete and must not
    /// be applied.
    pub fn take_members(&mut self, group: &ResourceType) -> Result<Vec<MemberStep>, Error> {
        self.unfold(group)?;
        let mut steps = Vec::new();
        let mut rest = Vec::with_capacity(self.operations.len());
        for mut operation in std::mem::take(&mut self.operations) {
            let taken = take(&mut operation, group, &mut steps);
            match taken.map_err(|error| error.within(format_args!("operation {}", operation.number)))? {
                Taken::All => {}
                Taken::NothingOrPart => rest.push(operation),
            }
        }
        self.operations = rest;
        Ok(steps)
    }
}

impl MemberStep {
    /// Returns the number of members that the step names.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Add(members) | Self::Replace(members) => members.len(),
            Self::Remove(ids) | Self::RemoveMatching(_, Some(ids)) => ids.len(),
            Self::RemoveMatching(_, None) | Self::Clear => 0,
        }
    }

    /// Returns whether the step names no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Member {
    /// Parses the `members` of a group or of the value of an operation. `null` is ignored.
    ///
    /// # Errors
    ///
    /// Returns 400 `invalidValue` for a member that is not an object with a `value`, or whose parts are not strings; 400
    /// `invalidSyntax` where a part is given twice.
    pub fn parse_all(members: &[Value]) -> Result<Vec<Self>, Error> {
        members
            .iter()
            .filter(|member| !member.is_null())
            .map(Self::parse)
            .collect()
    }

    fn parse(member: &Value) -> Result<Self, Error> {
        let parts = member.as_object().ok_or_else(|| {
            Error::invalid_value("`members` must be a list of objects such as `{\"value\": \"<user id>\"}`")
        })?;
        let text = |name: &str| match object::only_member(parts, name)? {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Error::invalid_value(format!("`members.{name}` must be a string"))),
        };
        text("$ref")?;
        text("display")?;
        match text("value")?.filter(|id| !id.is_empty()) {
            Some(id) => Ok(Self {
                id,
                kind: text("type")?,
            }),
            None => Err(Error::invalid_value(
                "`members.value` is missing: the id of the member",
            )),
        }
    }
}

/// How much of an operation was taken.
enum Taken {
    All,
    NothingOrPart,
}

fn take(
    operation: &mut PatchOperation,
    group: &ResourceType,
    steps: &mut Vec<MemberStep>,
) -> Result<Taken, Error> {
    let Some(path) = &operation.path else {
        return take_from_value(operation, group, steps);
    };
    let Some(SchemaTarget::Attribute(attribute)) = group.resolve_patch(path) else {
        return Ok(Taken::NothingOrPart);
    };
    if !is_members(&attribute) {
        return Ok(Taken::NothingOrPart);
    }
    steps.extend(steps_at(
        operation.op,
        path,
        &attribute,
        operation.value.as_ref(),
    )?);
    Ok(Taken::All)
}

/// The steps of an operation whose path names members.
fn steps_at(
    op: Op,
    path: &PatchPath,
    attribute: &AttributeRef,
    value: Option<&Value>,
) -> Result<Vec<MemberStep>, Error> {
    if attribute.sub.is_some() {
        return Err(Error::mutability(format!(
            "`{path}` is part of a member, which cannot be changed; add or remove the member"
        )));
    }
    match path.steps.first().and_then(|step| step.filter.as_ref()) {
        None => Ok(vec![without_filter(op, value, attribute)?]),
        Some(filter) => with_filter(op, filter, value, attribute),
    }
}

/// Takes the members out of an operation without a path, such as Okta's `{"members": [], "displayName": "Sales"}`. Its names are
/// paths.
fn take_from_value(
    operation: &mut PatchOperation,
    group: &ResourceType,
    steps: &mut Vec<MemberStep>,
) -> Result<Taken, Error> {
    let Some(Value::Object(members)) = &mut operation.value else {
        return Ok(Taken::NothingOrPart);
    };
    let names: Vec<String> = members.keys().cloned().collect();
    let mut is_named = false;
    for name in names {
        let Ok(path) = PatchPath::parse(&name, &FilterLimits::default()) else {
            continue;
        };
        let Some(SchemaTarget::Attribute(attribute)) = group.resolve_patch(&path) else {
            continue;
        };
        if !is_members(&attribute) {
            continue;
        }
        let is_whole = path.steps.iter().all(|step| step.filter.is_none());
        if is_whole && std::mem::replace(&mut is_named, true) {
            return Err(object::given_twice("members"));
        }
        if let Some(value) = members.shift_remove(&name) {
            steps.extend(steps_at(operation.op, &path, &attribute, Some(&value))?);
        }
    }
    Ok(Taken::NothingOrPart)
}

fn is_members(attribute: &AttributeRef) -> bool {
    attribute.core_name() == Some("members")
}

fn without_filter(op: Op, value: Option<&Value>, members: &AttributeRef) -> Result<MemberStep, Error> {
    let listed = match (op, value) {
        (Op::Remove, None | Some(Value::Null)) => return Ok(MemberStep::Clear),
        (_, None) => &[],
        (_, Some(value)) => as_list(value, &members.attribute),
    };
    let listed = Member::parse_all(listed)?;
    Ok(match op {
        Op::Add => MemberStep::Add(listed),
        Op::Replace => MemberStep::Replace(listed),
        Op::Remove => MemberStep::Remove(listed.into_iter().map(|member| member.id).collect()),
    })
}

fn with_filter(
    op: Op,
    filter: &Filter,
    value: Option<&Value>,
    members: &AttributeRef,
) -> Result<Vec<MemberStep>, Error> {
    let named = named_ids(filter);
    match (op, named) {
        (Op::Remove, named) => Ok(vec![MemberStep::RemoveMatching(
            filter.resolve_within(members)?,
            named,
        )]),
        (Op::Add, Some(ids)) if ids.len() == 1 => {
            if let Some(value) = value.filter(|value| names_member(value)) {
                return Ok(vec![without_filter(op, Some(value), members)?]);
            }
            let ids = ids.into_iter().map(|id| Member { id, kind: None });
            Ok(vec![MemberStep::Add(ids.collect())])
        }
        (Op::Replace, Some(ids)) if ids.len() == 1 => Ok(vec![
            // replaces such a member if there is one
            MemberStep::RemoveMatching(filter.resolve_within(members)?, Some(ids)),
            without_filter(Op::Add, value, members)?,
        ]),
        (Op::Add | Op::Replace, _) => Err(Error::no_target(format!(
            "`members[{filter}]` does not name one member; `{}` needs `members[value eq \"<user id>\"]`",
            op.as_str()
        ))),
    }
}

/// Whether a value names the member itself.
fn names_member(value: &Value) -> bool {
    let named = value.as_object().and_then(|parts| object::member(parts, "value"));
    named.is_some_and(|id| !id.is_null())
}

/// The ids that a filter names, if it consists of nothing else: `value eq "a" or value eq "b"`.
fn named_ids(filter: &Filter) -> Option<Vec<String>> {
    match filter {
        Filter::Compare(path, CompareOp::Equal, Literal::String(id)) => {
            (path.urn.is_none() && path.sub.is_none() && path.name.eq_ignore_ascii_case("value"))
                .then(|| vec![id.clone()])
        }
        Filter::Or(operands) => {
            let ids: Option<Vec<Vec<String>>> = operands.iter().map(named_ids).collect();
            ids.map(|ids| ids.into_iter().flatten().collect())
        }
        _ => None,
    }
}
