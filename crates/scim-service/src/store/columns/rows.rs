//! The values of a multi-valued attribute, as rows of another table.

use std::collections::BTreeMap;

use super::{Column, Kept, key_of};

/// A declaration of the rows in which the values of a multi-valued attribute are: rows of another table, one for each value.
///
/// ```
/// use scim_service::core::filter::FilterLimits;
/// use scim_service::core::query::Query;
/// use scim_service::core::schema::ResourceType;
/// use scim_service::store::columns::{Columns, Dialect, Kept, Rows};
///
/// let emails = Rows::of("emails e", "e.account = accounts.id")
///     .column("value", Kept::Folded, "e.address_key")
///     .column("type", Kept::Folded, "e.kind");
/// let accounts = Columns::new(Dialect::Sqlite).rows("emails", emails);
///
/// let filter = r#"emails[type eq "work" and value eq "B@example.com"]"#;
/// let query = Query::from_pairs([("filter", filter)], &FilterLimits::default())?;
/// let selected = accounts.select(&query.select(&ResourceType::user(), 100)?, Vec::new())?;
/// assert!(selected.condition.contains("EXISTS (SELECT 1 FROM emails e WHERE (e.account = accounts.id) AND "));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Rows {
    from: String,
    link: String,
    pub(super) columns: BTreeMap<String, Column>,
}

impl Rows {
    /// Declares the rows of a table, or of several joined ones (`memberships m`), that belong to a resource: those for which
    /// the condition `link` is true (`m.account = accounts.id`).
    #[must_use]
    pub fn of(from: impl Into<String>, link: impl Into<String>) -> Self {
        Self {
            from: from.into(),
            link: link.into(),
            columns: BTreeMap::new(),
        }
    }

    /// Declares the column of a sub-attribute: `value`, `display`, `type`. If the attribute is not complex, its values are
    /// `value`.
    #[must_use]
    pub fn column(mut self, sub_attribute: &str, kept: Kept, sql: impl Into<String>) -> Self {
        self.columns.insert(key_of(sub_attribute), Column::new(kept, sql));
        self
    }

    /// The condition that there is a row for which the inner condition is true.
    pub(super) fn exists(&self, inner: &str) -> String {
        format!(
            "EXISTS (SELECT 1 FROM {} WHERE ({}) AND {inner})",
            self.from, self.link
        )
    }
}
