//! Conditions: filters in which every attribute has its type.
//!
//! [`Filter::resolve`](crate::filter::Filter::resolve) makes a [`Condition`] from a filter and a resource type. A store
//! translates it into its query language, and [`Condition::matches`] evaluates it in memory. Both must agree; the rules are
//! those of [`Condition::matches`].

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
/// Exhaustive on purpose: a store has to translate every node. A new variant is a new major version.
///
/// A condition has no `null`: `title eq null` resolves to "not present", `title ne null` to "present" (RFC 7643 section 2.5: a
/// missing value, `null` and an empty list are the same).
///
/// A condition that is built by hand is not checked. Resolved ones keep the rules stated at the variants and at [`Operand`].
/// [`matches`](Condition::matches) evaluates any other condition too, without an error; a store need not support it.
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
    /// A value of the attribute satisfies the comparison. The attribute is not complex, or has a sub-attribute.
    Compare(AttributeRef, Comparison),
    /// All operands are met. Without operands, always.
    And(Vec<Condition>),
    /// At least one operand is met. Without operands, never.
    Or(Vec<Condition>),
    /// The operand is not met.
    Not(Box<Condition>),
    /// One value (element) of the attribute satisfies the whole inner condition: the `valuePath` of RFC 7644.
    ///
    /// Every [`AttributeRef`] of the inner condition names the same attribute: with a sub-attribute if the attribute is complex,
    /// without one if it is not. Elements do not nest.
    #[doc(alias = "valuePath")]
    Element(AttributeRef, Box<Condition>),
}

/// A comparison with an operand of the attribute's type.
///
/// Exhaustive on purpose: a store has to translate every part of it. A new field is a new major version.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The operator. [`Operand`] lists the operators of each kind of operand.
    pub op: CompareOp,
    /// The value that the attribute is compared with.
    pub operand: Operand,
}

/// The right-hand side of a [`Comparison`], in the form in which it is compared.
///
/// Exhaustive on purpose: a store has to translate every kind of operand. A new variant is a new major version.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// Text of a `caseExact` attribute, compared byte by byte. All operators.
    Exact(String),
    /// Text of any other attribute, already [folded](crate::text::fold). The value of the attribute has to be folded too. All
    /// operators.
    Folded(String),
    /// A number, compared as a 64-bit float. All operators but `co`, `sw`, `ew`.
    /// [`Filter::resolve_untyped`](crate::filter::Filter::resolve_untyped) uses NaN where nothing can match, as for `gt null`.
    Number(f64),
    /// `true` or `false`. Only `eq` and `ne`.
    Boolean(bool),
    /// A point in time. All operators but `co`, `sw`, `ew`.
    Timestamp(Timestamp),
}
