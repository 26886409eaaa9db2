//! A filter on several lines, for people.

use std::fmt::{self, Display, Formatter};

use super::Filter;

/// Prints a filter as a tree; created by [`Filter::tree`].
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct FilterTree<'f>(&'f Filter);

impl Filter {
    /// Returns a value that prints the filter as a tree, one node per line, without a line break at the end.
    ///
    /// ```
    /// use scim_core::filter::Filter;
    ///
    /// let filter: Filter = r#"userType eq "Employee" and not (emails[type eq "work"])"#.parse()?;
    /// assert_eq!(
    ///     filter.tree().to_string(),
    ///     "and\n\
    ///      ├─ userType eq \"Employee\"\n\
    ///      └─ not\n   \
    ///         └─ one of emails\n      \
    ///            └─ type eq \"work\""
    /// );
    /// # Ok::<(), scim_core::filter::ParseError>(())
    /// ```
    #[doc(hidden)]
    #[must_use]
    pub fn tree(&self) -> FilterTree<'_> {
        FilterTree(self)
    }
}

impl Display for FilterTree<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        node(f, self.0, "")
    }
}

/// Writes a node and all nodes below it, with `indent` before each line but the first.
fn node(f: &mut Formatter<'_>, filter: &Filter, indent: &str) -> fmt::Result {
    match filter {
        Filter::Present(_) | Filter::Compare(..) => filter.fmt(f),
        Filter::And(all) => {
            f.write_str("and")?;
            branches(f, all, indent)
        }
        Filter::Or(all) => {
            f.write_str("or")?;
            branches(f, all, indent)
        }
        Filter::Not(filter) => {
            f.write_str("not")?;
            branches(f, std::slice::from_ref(&**filter), indent)
        }
        Filter::Element(path, filter) => {
            write!(f, "one of {path}")?;
            branches(f, std::slice::from_ref(&**filter), indent)
        }
    }
}

fn branches(f: &mut Formatter<'_>, filters: &[Filter], indent: &str) -> fmt::Result {
    for (index, filter) in filters.iter().enumerate() {
        let (branch, below) = if index + 1 == filters.len() {
            ("└─ ", "   ")
        } else {
            ("├─ ", "│  ")
        };
        write!(f, "\n{indent}{branch}")?;
        node(f, filter, &format!("{indent}{below}"))?;
    }
    Ok(())
}
