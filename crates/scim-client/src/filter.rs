//! Filters, built from values (RFC 7644 section 3.4.2.2).

use std::fmt;
use std::str::FromStr;

use scim_core::filter::{CompareOp, Filter as Tree, FilterLimits, Literal};
use scim_core::path::AttributePath;
use serde_json::Number;

use crate::error::ClientError;

/// A filter that selects resources (RFC 7644 section 3.4.2.2).
///
/// Build it from values, which are escaped so that no value can end its quotes; or parse it from text that an administrator
/// wrote.
///
/// ```
/// use scim_client::Filter;
///
/// let filter = Filter::eq("userName", r#"a" or id pr or "b"#).and(Filter::eq("active", true));
/// assert_eq!(filter.to_string(), r#"userName eq "a\" or id pr or \"b" and active eq true"#);
///
/// let at_work = Filter::eq("type", "work").and(Filter::ew("value", "@example.com"));
/// let filter = Filter::element("emails", at_work).or(Filter::present("title").not());
/// assert_eq!(
///     filter.to_string(),
///     r#"emails[type eq "work" and value ew "@example.com"] or not (title pr)"#
/// );
///
/// let filter: Filter = r#"title pr AND userType EQ "Employee""#.parse()?;
/// assert_eq!(filter.to_string(), r#"title pr and userType eq "Employee""#);
/// # Ok::<(), scim_client::ClientError>(())
/// ```
///
/// An attribute is named by its path: `userName`, `name.familyName`, or with the URN of a schema before it. If a text is not a
/// path, or a number is not finite, the request fails with [`ClientError::Request`] before it is sent.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Filter(Result<Tree, String>);

/// The value in a comparison of a [`Filter`]: a string, a boolean, a number, or `null`.
///
/// Write times as strings in the form of RFC 3339. `None` is `null`.
///
/// ```
/// use scim_client::Filter;
///
/// let filter = Filter::ge("urn:example:2.0:Trail:slope", 12.5).and(Filter::eq("title", None::<&str>));
/// assert_eq!(filter.to_string(), "urn:example:2.0:Trail:slope ge 12.5 and title eq null");
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct FilterValue(Result<Literal, String>);

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident => $operator:ident;)*) => {
        $($(#[$doc])*
        pub fn $name(path: &str, value: impl Into<FilterValue>) -> Self {
            Self::compare(path, CompareOp::$operator, value.into())
        })*
    };
}

impl Filter {
    comparisons! {
        /// `eq`: matches if the attribute, or one of its values, equals the value.
        eq => Equal;
        /// `ne`: matches if the attribute does not equal the value.
        ne => NotEqual;
        /// `co`: matches if the attribute contains the value.
        co => Contains;
        /// `sw`: matches if the attribute starts with the value.
        sw => StartsWith;
        /// `ew`: matches if the attribute ends with the value.
        ew => EndsWith;
        /// `gt`: matches if the attribute is greater than the value.
        gt => Greater;
        /// `ge`: matches if the attribute is greater than or equal to the value.
        ge => GreaterOrEqual;
        /// `lt`: matches if the attribute is less than the value.
        lt => Less;
        /// `le`: matches if the attribute is less than or equal to the value.
        le => LessOrEqual;
    }

    /// `pr`: matches if the attribute has a value.
    pub fn present(path: &str) -> Self {
        Self(attribute(path).map(Tree::Present))
    }

    /// Matches if one value of the attribute matches the whole inner filter: `emails[type eq "work" and …]`.
    pub fn element(path: &str, inner: Self) -> Self {
        Self(attribute(path).and_then(|path| Ok(Tree::Element(path, Box::new(inner.0?)))))
    }

    /// Matches if both filters match.
    pub fn and(self, other: Self) -> Self {
        self.join(
            other,
            |all| match all {
                Tree::And(operands) => Ok(operands),
                other => Err(other),
            },
            Tree::And,
        )
    }

    /// Matches if at least one of the filters matches.
    pub fn or(self, other: Self) -> Self {
        self.join(
            other,
            |all| match all {
                Tree::Or(operands) => Ok(operands),
                other => Err(other),
            },
            Tree::Or,
        )
    }

    /// Matches if this filter does not.
    #[expect(
        clippy::should_implement_trait,
        reason = "`!filter` reads worse than the word of the RFC"
    )]
    pub fn not(self) -> Self {
        Self(self.0.map(|filter| Tree::Not(Box::new(filter))))
    }

    /// The text, or what is wrong with the filter.
    pub(crate) fn text(&self) -> Result<String, ClientError> {
        match &self.0 {
            Ok(tree) => Ok(tree.to_string()),
            Err(wrong) => Err(ClientError::Request(wrong.clone())),
        }
    }

    pub(crate) fn into_tree(self) -> Result<Tree, String> {
        self.0
    }

    fn compare(path: &str, operator: CompareOp, value: FilterValue) -> Self {
        Self(attribute(path).and_then(|path| Ok(Tree::Compare(path, operator, value.0?))))
    }

    /// Operands of the same operator become one list, so many of them do not become a deep tree.
    fn join(
        self,
        other: Self,
        open: fn(Tree) -> Result<Vec<Tree>, Tree>,
        close: fn(Vec<Tree>) -> Tree,
    ) -> Self {
        Self(self.0.and_then(|first| {
            let mut operands = open(first).unwrap_or_else(|single| vec![single]);
            operands.push(other.0?);
            Ok(close(operands))
        }))
    }
}

fn attribute(path: &str) -> Result<AttributePath, String> {
    AttributePath::parse(path).map_err(|error| format!("`{path}` is not the path of an attribute: {error}"))
}

impl FromStr for Filter {
    type Err = ClientError;

    /// Parses a filter of the RFC's grammar.
    ///
    /// # Errors
    ///
    /// Returns [`ClientError::Request`] if the text is not a filter.
    fn from_str(text: &str) -> Result<Self, ClientError> {
        match Tree::parse(text, &FilterLimits::default()) {
            Ok(tree) => Ok(Self(Ok(tree))),
            Err(error) => Err(ClientError::Request(error.to_string())),
        }
    }
}

impl From<Tree> for Filter {
    fn from(tree: Tree) -> Self {
        Self(Ok(tree))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(tree) => tree.fmt(f),
            Err(wrong) => wrong.fmt(f),
        }
    }
}

impl From<&str> for FilterValue {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<String> for FilterValue {
    fn from(text: String) -> Self {
        Self(Ok(Literal::String(text)))
    }
}

impl From<&String> for FilterValue {
    fn from(text: &String) -> Self {
        Self::from(text.clone())
    }
}

impl From<bool> for FilterValue {
    fn from(boolean: bool) -> Self {
        Self(Ok(Literal::Boolean(boolean)))
    }
}

macro_rules! integers {
    ($($kind:ident)*) => {
        $(impl From<$kind> for FilterValue {
            fn from(number: $kind) -> Self {
                Self(Ok(Literal::Number(number.into())))
            }
        })*
    };
}

integers! { i32 i64 u32 u64 }

impl From<f64> for FilterValue {
    /// Converts to a decimal of SCIM (RFC 7643 section 2.3.3). A number that is not finite makes the request fail with
    /// [`ClientError::Request`] before it is sent.
    fn from(number: f64) -> Self {
        let wrong = || format!("`{number}` is not a number that a filter can have");
        Self(Number::from_f64(number).map(Literal::Number).ok_or_else(wrong))
    }
}

impl<T: Into<Self>> From<Option<T>> for FilterValue {
    /// Converts `None` to `null`.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self(Ok(Literal::Null)), Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_as_the_same_filter() {
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
        let long = (0..100).fold(Filter::eq("id", "x"), |all, n| {
            all.or(Filter::eq("id", n.to_string()))
        });
        for filter in [
            Filter::eq("userName", "\"\\\u{1}\n%'é"),
            Filter::ne(urn, None::<&str>).and(Filter::gt("x", 5)),
            Filter::gt("x", -1.5).and(Filter::lt("x", 1e300).or(Filter::eq("x", 5.0))),
            Filter::gt("x", u64::MAX).and(Filter::lt("x", i64::MIN)),
            Filter::present("a")
                .or(Filter::present("b"))
                .and(Filter::present("c").not()),
            Filter::element("emails", Filter::co("value", "x").or(Filter::eq("primary", true))),
            long,
        ] {
            let tree = filter.clone().into_tree().unwrap();
            assert_eq!(filter.to_string().parse::<Tree>().unwrap(), tree, "{filter}");
        }
    }

    #[test]
    fn a_path_cannot_carry_a_filter() {
        for path in ["id pr or userName", "", "a b", "emails[type eq \"x\"]", "a.b.c"] {
            let filter = Filter::present("id").and(Filter::eq(path, "x"));
            assert!(matches!(filter.text(), Err(ClientError::Request(_))), "{path}");
        }
    }

    #[test]
    fn a_number_is_finite() {
        for number in [f64::NAN, f64::INFINITY] {
            let filter = Filter::present("id").or(Filter::eq("x", number));
            assert!(matches!(filter.text(), Err(ClientError::Request(_))), "{number}");
        }
    }
}
