//! Conditions: filters that know the type of every attribute they name.
//!
//! [`Filter::resolve`](crate::filter::Filter::resolve) makes a [`Condition`] from a filter and a resource type. It is
//! what a store translates into its query language, and what [`Condition::matches`] evaluates in memory. Both
//! must agree; the rules are those of [`Condition::matches`].

mod among;
mod evaluate;
mod resolve;
mod untyped;

use crate::filter::CompareOp;
use crate::schema::AttributeRef;
use crate::time::Timestamp;

pub(crate) use resolve::described;

/// A filter resolved against a resource type.
///
/// `null` is gone: `title eq null` has become "not present", `title ne null` "present" (RFC 7643 section 2.5: a
/// missing value, `null` and an empty list are the same).
///
/// ```
/// use scim_core::condition::{Condition, Operand};
/// use scim_core::filter::Filter;
/// use scim_core::schema::ResourceType;
///
/// let filter: Filter = r#"userName eq "BJensen""#.parse()?;
/// match filter.resolve(&ResourceType::user())? {
///     // what a store compares its own folded column with
///     Condition::Compare(attribute, comparison) => {
///         assert_eq!(attribute.core_name(), Some("userName"));
///         assert_eq!(comparison.operand, Operand::Folded("bjensen".to_owned()));
///     }
///     other => return Err(format!("{other:?}").into()),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// The attribute has a value (`pr`).
    Present(AttributeRef),
    /// Some value of the attribute compares so.
    Compare(AttributeRef, Comparison),
    /// All of these. Of none it is always true.
    And(Vec<Condition>),
    /// At least one of these. Of none it is never true.
    Or(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// One value of a complex attribute satisfies the whole inner condition. Every [`AttributeRef`] in there names
    /// the same attribute, with a sub-attribute; for an attribute that is not complex, none.
    Element(AttributeRef, Box<Condition>),
}

/// A comparison with an operand of the attribute's type.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The operator. Which ones can stand with which operand is said at [`Operand`].
    pub op: CompareOp,
    /// What is compared with.
    pub operand: Operand,
}

/// The right-hand side of a [`Comparison`], in the form in which it is compared.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// Text of a `caseExact` attribute, compared byte by byte. All operators.
    Exact(String),
    /// Text of any other attribute, [folded](crate::text::fold); so must the attribute be. All operators.
    Folded(String),
    /// A number, compared as a 64-bit float. No `co`, `sw`, `ew`.
    Number(f64),
    /// `true` or `false`. Only `eq` and `ne`.
    Boolean(bool),
    /// A point in time. No `co`, `sw`, `ew`.
    Timestamp(Timestamp),
}
