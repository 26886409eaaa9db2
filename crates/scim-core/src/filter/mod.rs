//! Filters (RFC 7644 section 3.4.2.2): the syntax tree, its parser and its printer.
//!
//! A [`Filter`] is syntax, independent of any schema. [`Filter::resolve`] turns it into a
//! [`Condition`](crate::condition::Condition), which knows the type of every attribute and can be evaluated or translated
//! into a query language.

mod display;
mod error;
mod limits;
mod literal;
mod parse;
mod tree;

use crate::path::AttributePath;

pub use error::ParseError;
pub(crate) use error::{Failure, Reason};
pub use limits::FilterLimits;
pub(crate) use parse::{Grammar, Parsed, blank, boundary};
pub use tree::FilterTree;

/// The syntax tree of a filter expression.
///
/// Exhaustive on purpose: a store or translator has to handle every node. A new variant is a new major version.
///
/// `and` and `or` hold their operands in the order of the text. A group in parentheses that is an operand of the same operator
/// stays a tree of its own, so that printing and parsing give the same tree.
///
/// A filter is parsed from text or built by hand, and prints as text that other servers accept:
///
/// ```
/// use scim_core::filter::{CompareOp, Filter, Literal};
/// use scim_core::path::AttributePath;
/// use scim_core::schema::ResourceType;
///
/// let read: Filter = r#"userName sw "b" AND (title pr)"#.parse()?;
/// let built = Filter::And(vec![
///     Filter::Compare(AttributePath::of("userName"), CompareOp::StartsWith, Literal::String("b".to_owned())),
///     Filter::Present(AttributePath::of("title")),
/// ]);
/// assert_eq!(read, built);
/// assert_eq!(built.to_string(), r#"userName sw "b" and title pr"#);
///
/// let condition = read.resolve(&ResourceType::user())?;
/// let barbara = serde_json::json!({ "userName": "BJensen", "title": "Tour Guide" });
/// assert!(barbara.as_object().is_some_and(|barbara| condition.matches(barbara)));
/// # Ok::<(), scim_core::error::Error>(())
/// ```
///
/// A filter that is built by hand is not checked. [`FilterLimits`] do not apply to it, and printing, resolving and dropping it
/// use stack for every level of nesting. What the variants say of their content holds for every parsed filter; otherwise the
/// filter prints as text that is parsed as another filter or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[doc(alias = "FILTER")]
pub enum Filter {
    /// The attribute has a value: `title pr`.
    Present(AttributePath),
    /// A value of the attribute compares with the literal: `userName eq "bjensen"`.
    #[doc(alias = "attrExp")]
    Compare(AttributePath, CompareOp, Literal),
    /// All operands match: `title pr and userType eq "Employee"`. Two or more operands.
    And(Vec<Filter>),
    /// At least one operand matches: `title pr or userType eq "Intern"`. Two or more operands.
    Or(Vec<Filter>),
    /// The operand does not match: `not (title pr)`.
    Not(Box<Filter>),
    /// One value (element) of the attribute matches the whole inner filter:
    /// `emails[type eq "work" and value co "@example.com"]`. RFC 7644 calls this a `valuePath`.
    ///
    /// The inner filter names sub-attributes, and has no value path inside.
    ///
    /// Entra ID sends `emails[type eq "work"].value eq "x"`, which is outside the RFC's grammar. It is parsed as
    /// `emails[type eq "work" and value eq "x"]`.
    #[doc(alias = "valuePath")]
    Element(AttributePath, Box<Filter>),
}

/// A comparison operator (RFC 7644 table 3).
///
/// Exhaustive on purpose: a store or translator has to handle every operator. A new variant is a new major version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[doc(alias = "compareOp")]
pub enum CompareOp {
    /// `eq`: identical.
    Equal,
    /// `ne`: not identical.
    NotEqual,
    /// `co`: contains.
    Contains,
    /// `sw`: starts with.
    StartsWith,
    /// `ew`: ends with.
    EndsWith,
    /// `gt`: greater than.
    Greater,
    /// `ge`: greater than or equal to.
    GreaterOrEqual,
    /// `lt`: less than.
    Less,
    /// `le`: less than or equal to.
    LessOrEqual,
}

/// The value that an attribute is compared with: a JSON scalar.
///
/// Exhaustive on purpose: these are the scalars of JSON, and a translator has to handle each. A new variant is a new major
/// version.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[doc(alias = "compValue")]
pub enum Literal {
    /// `null`: no value (RFC 7643 section 2.5).
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, as JSON writes it.
    Number(serde_json::Number),
    /// A string, without its quotes and escapes.
    String(String),
}

impl CompareOp {
    /// All operators, in the order of RFC 7644 table 3.
    pub const ALL: &'static [Self] = &[
        Self::Equal,
        Self::NotEqual,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Less,
        Self::LessOrEqual,
    ];

    /// Returns the operator that `word` names, in any case, or `None`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|operator| operator.as_str().eq_ignore_ascii_case(word))
    }

    /// Returns the word on the wire, such as `eq`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Contains => "co",
            Self::StartsWith => "sw",
            Self::EndsWith => "ew",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "ge",
            Self::Less => "lt",
            Self::LessOrEqual => "le",
        }
    }
}
