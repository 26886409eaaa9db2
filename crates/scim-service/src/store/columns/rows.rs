//! The values of a multi-valued attribute.

use std::collections::BTreeMap;

use super::{Column, Kept, key_of};

/// Where the values of a multi-valued attribute are: rows of another table, one for each value.
#[derive(Debug, Clone)]
pub struct Rows {
    from: String,
    link: String,
    pub(super) columns: BTreeMap<String, Column>,
}

impl Rows {
    /// The rows of a table (`memberships m`, or several joined) that belong to a resource: those for which `link` holds, such
    /// as `m.account = accounts.id`.
    pub fn of(from: impl Into<String>, link: impl Into<String>) -> Self {
        Self {
            from: from.into(),
            link: link.into(),
            columns: BTreeMap::new(),
        }
    }

    /// The same with a sub-attribute: `value`, `display`, `type`. The values of an attribute that is not complex are `value`.
    #[must_use]
    pub fn column(mut self, sub_attribute: &str, kept: Kept, sql: impl Into<String>) -> Self {
        self.columns.insert(key_of(sub_attribute), Column::new(kept, sql));
        self
    }

    /// That there is a row for which the inner condition holds.
    pub(super) fn exists(&self, inner: &str) -> String {
        format!(
            "EXISTS (SELECT 1 FROM {} WHERE ({}) AND {inner})",
            self.from, self.link
        )
    }
}
