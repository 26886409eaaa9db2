//! Filters (RFC 7644 section 3.4.2.2): the tree, its parser, its printer.
//!
//! A [`Filter`] is syntax: it knows no schema. [`Filter::resolve`] turns it into a
//! [`Condition`](crate::condition::Condition), which knows the type of every attribute it names and can be
//! evaluated or translated into a query language.

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

/// A filter expression.
///
/// `and` and `or` hold two or more operands, in the order of the text; a group in parentheses that is an
/// operand of the same operator stays a tree of its own, so that printing and parsing give the same tree.
///
/// It is read from text, or built; printed, it is what another server takes:
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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Filter {
    /// `title pr`
    Present(AttributePath),
    /// `userName eq "bjensen"`
    Compare(AttributePath, CompareOp, Literal),
    /// All operands match: `title pr and userType eq "Employee"`.
    And(Vec<Filter>),
    /// At least one operand matches.
    Or(Vec<Filter>),
    /// The operand does not match: `not (title pr)`.
    Not(Box<Filter>),
    /// One value of the attribute matches the whole of the inner filter:
    /// `emails[type eq "work" and value co "@example.com"]`.
    ///
    /// Entra ID's matching form, `emails[type eq "work"].value eq "x"`, is outside the RFC's grammar. It is
    /// read as what it means, `emails[type eq "work" and value eq "x"]`.
    Element(AttributePath, Box<Filter>),
}

/// A comparison operator (RFC 7644 table 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Literal {
    /// `null`, which stands for "no value" (RFC 7643 section 2.5).
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, as JSON writes it.
    Number(serde_json::Number),
    /// A string, without its quotes and escapes.
    String(String),
}

impl CompareOp {
    /// All of them, in the order of the RFC's table.
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

    /// The operator of that word, whatever its case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|operator| operator.as_str().eq_ignore_ascii_case(word))
    }

    /// The word on the wire.
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
