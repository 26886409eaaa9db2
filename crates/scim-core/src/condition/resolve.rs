//! From filter to condition: every name is looked up, and every literal converted to the type of its attribute.

use std::fmt::Display;

use super::{Comparison, Condition, Operand};
use crate::error::Error;
use crate::filter::{CompareOp, Filter, Literal};
use crate::path::AttributePath;
use crate::schema::{Attribute, AttributeRef, AttributeType, Mutability, ResourceType, Returned};
use crate::text::fold;
use crate::time::Timestamp;

impl Filter {
    /// Resolves the filter against a resource type: looks up every name, and converts every literal to the type of its attribute.
    ///
    /// In a comparison, a complex attribute without a sub-attribute stands for its `value`: `emails co "example.com"`.
    ///
    /// ```
    /// use scim_core::filter::Filter;
    /// use scim_core::schema::ResourceType;
    ///
    /// let user = ResourceType::user();
    /// let condition = r#"emails co "example.com""#.parse::<Filter>()?.resolve(&user)?;
    /// let same = r#"emails.value co "EXAMPLE.com""#.parse::<Filter>()?.resolve(&user)?;
    /// assert_eq!(condition, same);
    ///
    /// let error = "active eq \"yes\"".parse::<Filter>()?.resolve(&user).unwrap_err();
    /// assert_eq!(error.to_string().split(':').next(), Some("400 invalidFilter"));
    /// # Ok::<(), scim_core::error::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns 400 `invalidFilter` where the resource type has no such attribute, the literal does not have the type of the
    /// attribute or holds a NUL character, the operator does not apply to the type (RFC 7644 table 3: `gt`, `ge`, `lt`, `le` on a
    /// boolean or binary value, `co`, `sw`, `ew` on anything but text, any but `eq` and `ne` with `null`), a complex attribute
    /// without a `value` is compared, or the attribute cannot be read.
    pub fn resolve(&self, resource_type: &ResourceType) -> Result<Condition, Error> {
        let find = |path: &AttributePath| {
            resource_type
                .resolve(path)
                .ok_or_else(|| unknown(path, &[resource_type]))
        };
        resolve(self, &find)
    }

    /// Resolves the filter of a value path, whose names are those of sub-attributes: the `type eq "work"` of
    /// `emails[type eq "work"]`. The result is for [`Condition::matches_element`].
    ///
    /// ```
    /// use scim_core::filter::Filter;
    /// use scim_core::path::AttributePath;
    /// use scim_core::schema::ResourceType;
    ///
    /// let emails = ResourceType::user().resolve(&AttributePath::of("emails")).ok_or("no such attribute")?;
    /// let condition = r#"type eq "work""#.parse::<Filter>()?.resolve_within(&emails)?;
    /// assert!(condition.matches_element(&serde_json::json!({ "type": "Work", "value": "bjensen@example.com" })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns 400 `invalidFilter` where [`Filter::resolve`] does.
    pub fn resolve_within(&self, attribute: &AttributeRef) -> Result<Condition, Error> {
        resolve(self, &|path: &AttributePath| sub_attribute(attribute, path))
    }
}

pub(super) type Find<'a> = dyn Fn(&AttributePath) -> Result<AttributeRef, Error> + 'a;

pub(super) fn resolve(filter: &Filter, find: &Find<'_>) -> Result<Condition, Error> {
    match filter {
        Filter::Present(path) => Ok(Condition::Present(readable(find(path)?)?)),
        Filter::Compare(path, op, literal) => compare(comparable(readable(find(path)?)?)?, *op, literal),
        Filter::And(operands) => Ok(Condition::And(resolve_all(operands, find)?)),
        Filter::Or(operands) => Ok(Condition::Or(resolve_all(operands, find)?)),
        Filter::Not(operand) => Ok(Condition::Not(Box::new(resolve(operand, find)?))),
        Filter::Element(path, inner) => {
            let attribute = readable(find(path)?)?;
            let inner = inner.resolve_within(&attribute)?;
            Ok(Condition::Element(attribute, Box::new(inner)))
        }
    }
}

fn resolve_all(operands: &[Filter], find: &Find<'_>) -> Result<Vec<Condition>, Error> {
    operands.iter().map(|operand| resolve(operand, find)).collect()
}

/// Looks up a sub-attribute. In a list of plain values, `value` is the value itself.
fn sub_attribute(attribute: &AttributeRef, path: &AttributePath) -> Result<AttributeRef, Error> {
    if path.urn.is_some() || path.sub.is_some() || attribute.sub.is_some() {
        return Err(unknown_attribute(format!("{attribute}[{path}]")));
    }
    if !attribute.attribute.is_complex() && path.name.eq_ignore_ascii_case("value") {
        return Ok(attribute.clone());
    }
    match attribute.attribute.sub_attribute(&path.name) {
        Some(sub) => Ok(attribute.with_sub(sub.clone())),
        None => Err(unknown_attribute(format!("{attribute}.{}", path.name))),
    }
}

fn unknown_attribute(path: impl Display) -> Error {
    Error::invalid_filter(format!("unknown attribute `{path}`"))
}

/// The error that none of the types has an attribute of that name.
pub(super) fn unknown(path: &AttributePath, types: &[&ResourceType]) -> Error {
    let urn = path.to_string();
    match types
        .iter()
        .any(|resource_type| resource_type.schema_named(&urn).is_some())
    {
        true => Error::invalid_filter(format!(
            "`{urn}` is a schema and no attribute: filter by one of its attributes, or by `schemas eq \"{urn}\"`"
        )),
        false => unknown_attribute(urn),
    }
}

fn readable(attribute: AttributeRef) -> Result<AttributeRef, Error> {
    let hidden = |attribute: &Attribute| {
        attribute.mutability == Mutability::WriteOnly || attribute.returned == Returned::Never
    };
    if hidden(&attribute.attribute) || hidden(attribute.leaf()) {
        return Err(Error::invalid_filter(format!(
            "`{attribute}` cannot be read, so it cannot be filtered by"
        )));
    }
    Ok(attribute)
}

/// Narrows a complex attribute to its `value`, for which a bare `emails` or `manager` stands.
fn comparable(attribute: AttributeRef) -> Result<AttributeRef, Error> {
    if !attribute.leaf().is_complex() {
        return Ok(attribute);
    }
    match attribute.attribute.sub_attribute("value").cloned() {
        Some(value) => Ok(attribute.with_sub(value)),
        None => Err(Error::invalid_filter(format!(
            "`{attribute}` is made of sub-attributes; compare one of them, such as `{attribute}.{}`",
            attribute
                .attribute
                .sub_attributes
                .first()
                .map_or("value", |sub| sub.name.as_str())
        ))),
    }
}

fn compare(attribute: AttributeRef, op: CompareOp, literal: &Literal) -> Result<Condition, Error> {
    if let Literal::Null = literal {
        return match op {
            CompareOp::Equal => Ok(Condition::Not(Box::new(Condition::Present(attribute)))),
            CompareOp::NotEqual => Ok(Condition::Present(attribute)),
            _ => Err(Error::invalid_filter(format!(
                "`{}` does not apply to `null`",
                op.as_str()
            ))),
        };
    }
    let operand = operand(&attribute, literal)?;
    if !op_suits(op, attribute.leaf().kind, &operand) {
        return Err(Error::invalid_filter(format!(
            "`{}` does not apply to `{attribute}`, which is {}",
            op.as_str(),
            described(attribute.leaf().kind)
        )));
    }
    Ok(Condition::Compare(attribute, Comparison { op, operand }))
}

fn operand(attribute: &AttributeRef, literal: &Literal) -> Result<Operand, Error> {
    let leaf = attribute.leaf();
    if let Literal::String(text) = literal
        && text.contains('\0')
    {
        return Err(Error::invalid_filter(format!(
            "`{attribute}` is compared with a NUL character, which no value has"
        )));
    }
    let operand = match (leaf.kind, literal) {
        (AttributeType::Boolean, Literal::Boolean(value)) => Some(Operand::Boolean(*value)),
        (AttributeType::Integer | AttributeType::Decimal, Literal::Number(value)) => {
            value.as_f64().map(Operand::Number)
        }
        (AttributeType::DateTime, Literal::String(text)) => Timestamp::parse(text).map(Operand::Timestamp),
        (AttributeType::String | AttributeType::Reference | AttributeType::Binary, Literal::String(text)) => {
            Some(text_operand(text, leaf.case_exact))
        }
        _ => None,
    };
    operand.ok_or_else(|| {
        Error::invalid_filter(format!(
            "`{attribute}` is {}, it cannot be compared with `{literal}`",
            described(leaf.kind)
        ))
    })
}

fn text_operand(text: &str, case_exact: bool) -> Operand {
    match case_exact {
        true => Operand::Exact(text.to_owned()),
        false => Operand::Folded(fold(text).into_owned()),
    }
}

fn op_suits(op: CompareOp, kind: AttributeType, operand: &Operand) -> bool {
    match op {
        CompareOp::Equal | CompareOp::NotEqual => true,
        CompareOp::Contains | CompareOp::StartsWith | CompareOp::EndsWith => {
            matches!(operand, Operand::Exact(_) | Operand::Folded(_))
        }
        CompareOp::Greater | CompareOp::GreaterOrEqual | CompareOp::Less | CompareOp::LessOrEqual => {
            !matches!(kind, AttributeType::Boolean | AttributeType::Binary)
        }
    }
}

/// The type of an attribute, as part of a sentence: "`active` is a boolean".
pub(crate) fn described(kind: AttributeType) -> &'static str {
    match kind {
        AttributeType::String => "a string",
        AttributeType::Boolean => "a boolean (`true` or `false`, without quotes)",
        AttributeType::Decimal => "a decimal number",
        AttributeType::Integer => "a whole number",
        AttributeType::DateTime => "a dateTime such as `2011-08-01T18:29:49Z`",
        AttributeType::Binary => "binary data in Base64",
        AttributeType::Reference => "a reference (a URI)",
        AttributeType::Complex => "made of sub-attributes",
    }
}
