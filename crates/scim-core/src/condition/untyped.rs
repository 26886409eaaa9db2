//! Conditions without a schema, for JSON whose attributes are not described anywhere.

use std::sync::Arc;

use super::{Comparison, Condition, Operand};
use crate::filter::{CompareOp, Filter, Literal};
use crate::path::AttributePath;
use crate::schema::{Attribute, AttributeRef, AttributeType, Schema};
use crate::text::fold;
use crate::time::Timestamp;

impl Filter {
    /// Resolves the filter without a schema: the literal determines the type of the attribute.
    ///
    /// Names and text are compared without regard to case. A string that is a `dateTime` is compared as a point in time by `eq`,
    /// `ne`, `gt`, `ge`, `lt` and `le`. A value of another type than the literal differs from it.
    ///
    /// ```
    /// use scim_core::filter::Filter;
    ///
    /// let condition = "shoeSize gt 41".parse::<Filter>()?.resolve_untyped();
    /// let resource = serde_json::json!({ "shoeSize": 44.5 });
    /// assert!(resource.as_object().is_some_and(|resource| condition.matches(resource)));
    /// # Ok::<(), scim_core::error::Error>(())
    /// ```
    #[must_use]
    pub fn resolve_untyped(&self) -> Condition {
        match self {
            Self::Present(path) => Condition::Present(attribute(path, AttributeType::String)),
            Self::Compare(path, op, literal) => compare(path, *op, literal),
            Self::And(operands) => Condition::And(operands.iter().map(Self::resolve_untyped).collect()),
            Self::Or(operands) => Condition::Or(operands.iter().map(Self::resolve_untyped).collect()),
            Self::Not(operand) => Condition::Not(Box::new(operand.resolve_untyped())),
            Self::Element(path, inner) => {
                let attribute = attribute(path, AttributeType::Complex);
                Condition::Element(
                    attribute.clone(),
                    Box::new(within(inner.resolve_untyped(), &attribute)),
                )
            }
        }
    }
}

fn compare(path: &AttributePath, op: CompareOp, literal: &Literal) -> Condition {
    let is_order = !matches!(
        op,
        CompareOp::Contains | CompareOp::StartsWith | CompareOp::EndsWith
    );
    let (kind, operand) = match literal {
        Literal::Null => {
            let present = Condition::Present(attribute(path, AttributeType::String));
            match op {
                CompareOp::NotEqual => return present,
                CompareOp::Equal => return Condition::Not(Box::new(present)),
                // nothing compares to `null` by another operator
                _ => (AttributeType::Decimal, Operand::Number(f64::NAN)),
            }
        }
        Literal::Boolean(value) => (AttributeType::Boolean, Operand::Boolean(*value)),
        Literal::Number(value) => (
            AttributeType::Decimal,
            Operand::Number(value.as_f64().unwrap_or(f64::NAN)),
        ),
        Literal::String(text) => match Timestamp::parse(text).filter(|_| is_order) {
            Some(instant) => (AttributeType::DateTime, Operand::Timestamp(instant)),
            None => (AttributeType::String, Operand::Folded(fold(text).into_owned())),
        },
    };
    Condition::Compare(attribute(path, kind), Comparison { op, operand })
}

/// Turns the names of an inner condition into sub-attributes of `outer`.
fn within(condition: Condition, outer: &AttributeRef) -> Condition {
    let narrow = |inner: AttributeRef| outer.with_sub(inner.attribute);
    match condition {
        Condition::Present(inner) => Condition::Present(narrow(inner)),
        Condition::Compare(inner, comparison) => Condition::Compare(narrow(inner), comparison),
        Condition::And(operands) => Condition::And(
            operands
                .into_iter()
                .map(|operand| within(operand, outer))
                .collect(),
        ),
        Condition::Or(operands) => Condition::Or(
            operands
                .into_iter()
                .map(|operand| within(operand, outer))
                .collect(),
        ),
        Condition::Not(operand) => Condition::Not(Box::new(within(*operand, outer))),
        Condition::Element(inner, operand) => Condition::Element(inner, operand),
    }
}

fn attribute(path: &AttributePath, kind: AttributeType) -> AttributeRef {
    let named = |name: &String| {
        Arc::new(Attribute {
            kind,
            ..Attribute::named(name)
        })
    };
    let extension = path.urn.as_ref().map(|urn| {
        Arc::new(Schema {
            id: urn.clone(),
            name: urn.clone(),
            description: String::new(),
            attributes: Vec::new(),
        })
    });
    AttributeRef {
        extension,
        attribute: named(&path.name),
        sub: path.sub.as_ref().map(named),
    }
}
