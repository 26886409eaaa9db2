//! Filters, from values (RFC 7644 section 3.4.2.2).

use std::fmt;
use std::str::FromStr;

use scim_core::filter::{CompareOp, Filter as Tree, FilterLimits, Literal};
use scim_core::path::AttributePath;

use crate::error::ClientError;

/// Which resources are meant (RFC 7644 section 3.4.2.2).
///
/// Made from values, which are escaped, so that no value can end its quotes; or parsed, where an administrator wrote it.
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
/// An attribute is named by its path: `userName`, `name.familyName`, or with the URN of an extension before it. What is no
/// path makes the request fail before it is sent, with [`ClientError::Request`].
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Filter(Result<Tree, String>);

/// What an attribute is compared with: text, a boolean, an integer, or `null`.
///
/// Points in time are text as RFC 3339 writes it.
#[derive(Debug, Clone, PartialEq)]
pub struct FilterValue(Literal);

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
        /// `eq`: the attribute, or one value of it, is that.
        eq => Equal;
        /// `ne`: it is not.
        ne => NotEqual;
        /// `co`: it contains that.
        co => Contains;
        /// `sw`: it starts with that.
        sw => StartsWith;
        /// `ew`: it ends with that.
        ew => EndsWith;
        /// `gt`: it is greater.
        gt => Greater;
        /// `ge`: it is greater or equal.
        ge => GreaterOrEqual;
        /// `lt`: it is less.
        lt => Less;
        /// `le`: it is less or equal.
        le => LessOrEqual;
    }

    /// `pr`: the attribute has a value.
    pub fn present(path: &str) -> Self {
        Self(attribute(path).map(Tree::Present))
    }

    /// One value of the attribute matches the whole of the inner filter: `emails[type eq "work" and …]`.
    pub fn element(path: &str, inner: Self) -> Self {
        Self(attribute(path).and_then(|path| Ok(Tree::Element(path, Box::new(inner.0?)))))
    }

    /// Both match.
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

    /// At least one matches.
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

    /// It does not match.
    #[expect(
        clippy::should_implement_trait,
        reason = "`!filter` reads worse than the word of the RFC"
    )]
    pub fn not(self) -> Self {
        Self(self.0.map(|filter| Tree::Not(Box::new(filter))))
    }

    /// The text, or what is wrong with a path.
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
        Self(attribute(path).map(|path| Tree::Compare(path, operator, value.0)))
    }

    /// Operands of the same operator are one list, so that many of them are no deep tree.
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
    AttributePath::parse(path).map_err(|error| format!("`{path}` is no path of an attribute: {error}"))
}

impl FromStr for Filter {
    type Err = ClientError;

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
        Self(Literal::String(text.to_owned()))
    }
}

impl From<String> for FilterValue {
    fn from(text: String) -> Self {
        Self(Literal::String(text))
    }
}

impl From<&String> for FilterValue {
    fn from(text: &String) -> Self {
        Self(Literal::String(text.clone()))
    }
}

impl From<bool> for FilterValue {
    fn from(boolean: bool) -> Self {
        Self(Literal::Boolean(boolean))
    }
}

impl From<i64> for FilterValue {
    fn from(number: i64) -> Self {
        Self(Literal::Number(number.into()))
    }
}

impl<T: Into<Self>> From<Option<T>> for FilterValue {
    /// `None` is `null`.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self(Literal::Null), Into::into)
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
}
