//! Filters and orders as SQL, for a store that has a column for each attribute that it filters by.
//!
//! Such a store says once which attribute is in which column. It is given the text behind `WHERE` and `ORDER BY` for every
//! [`Selection`], and what to write into the columns for every resource. What it has not said is refused, in words for the
//! administrator of the identity provider.
//!
//! ```
//! use scim_core::filter::FilterLimits;
//! use scim_core::query::Query;
//! use scim_core::schema::ResourceType;
//! use scim_service::store::StoreError;
//! use scim_service::store::columns::{Columns, Dialect, Kept, Parameter, Rows};
//!
//! let accounts = Columns::new(Dialect::Sqlite)
//!     .column("userName", Kept::Folded, "user_key")
//!     .column("active", Kept::Boolean, "active")
//!     .rows("groups", Rows::of("memberships m", "m.account = accounts.id").column("value", Kept::Exact, "m.project"));
//!
//! let query = |filter| Query::from_pairs([("filter", filter), ("sortBy", "userName")], &FilterLimits::default());
//! let selection = query(r#"userName sw "B" and not (groups eq "7")"#)?.select(&ResourceType::user(), 100)?;
//! // the parameters of the condition are ?2 and ?3, behind that of the statement itself
//! let selected = accounts.select(&selection, vec!["tenant 1".into()])?;
//! assert_eq!(
//!     format!("SELECT document FROM accounts WHERE tenant = ?1 AND {} {}", selected.condition, selected.page),
//!     "SELECT document FROM accounts WHERE tenant = ?1 AND \
//!      document IS NOT NULL AND \
//!      ((user_key IS NOT NULL AND substr(user_key, 1, 1) = ?2) AND \
//!      (NOT EXISTS (SELECT 1 FROM memberships m WHERE (m.account = accounts.id) AND \
//!      (m.project IS NOT NULL AND m.project = ?3)))) \
//!      ORDER BY user_key ASC NULLS LAST, id LIMIT 100 OFFSET 0"
//! );
//! assert_eq!(selected.parameters, ["tenant 1", "b", "7"].map(Parameter::from));
//!
//! let selection = query(r#"title eq "Guide""#)?.select(&ResourceType::user(), 100)?;
//! match accounts.select(&selection, Vec::new()) {
//!     Err(StoreError::UnsupportedFilter(detail)) => assert_eq!(detail, "this server does not filter by `title`"),
//!     other => return Err(format!("{other:?}").into()),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It agrees with [`Condition::matches`], which a test holds SQLite and PostgreSQL to, if the columns hold what [`Kept`] says
//! and NULL where there is no value: [`Columns::row`] makes them so. The text is made of what the store declared and of numbered
//! placeholders; nothing that a client sent is part of it.

mod compare;
mod condition;
mod names;
mod parameter;
mod row;
mod rows;

use std::collections::BTreeMap;

use scim_core::condition::Condition;
use scim_core::query::{Selection, Sort, SortOrder};
use scim_core::schema::AttributeRef;

use super::StoreError;
use condition::Translation;

pub use names::Names;
pub use parameter::Parameter;
pub use row::Row;
pub use rows::Rows;

/// Which SQL is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// That of SQLite, with placeholders such as `?1`.
    Sqlite,
    /// That of PostgreSQL, with placeholders such as `$1`. Text is compared and ordered by code point (`COLLATE "C"`, which
    /// an index for it must have, too).
    Postgres,
}

/// The form in which a column keeps the values of an attribute: the one in which they are compared. Which one suits an
/// attribute is a matter of its `type` and of `caseExact` (RFC 7643 section 2.2); another one is an error of every filter by
/// it, so that no filter finds too little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kept {
    /// Text that is not `caseExact`, [folded](scim_core::text::fold).
    Folded,
    /// Text that is `caseExact`, as it is.
    Exact,
    /// Booleans.
    Boolean,
    /// Numbers.
    Number,
    /// Points in time, as [milliseconds](scim_core::time::Timestamp::as_millis).
    Timestamp,
}

/// Where the attributes of resources of one kind are.
#[derive(Debug, Clone)]
pub struct Columns {
    dialect: Dialect,
    names: Names,
    columns: BTreeMap<String, Column>,
    rows: BTreeMap<String, Rows>,
    /// What was declared again, which [`check`](Self::check) refuses.
    twice: Vec<String>,
}

/// A [`Selection`] as SQL.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Selected {
    /// What stands behind `WHERE`: true or false and never NULL, and to be joined with others by AND as it is.
    pub condition: String,
    /// The parameters of a statement with it, the own ones first.
    pub parameters: Vec<Parameter>,
    /// `ORDER BY`, `LIMIT` and `OFFSET`, without parameters.
    pub page: String,
}

#[derive(Debug, Clone)]
struct Column {
    kept: Kept,
    sql: String,
}

impl Columns {
    /// Declares the columns that every table has (`id`, `meta.created`, `meta.lastModified`) under their
    /// [default names](Names::default).
    pub fn new(dialect: Dialect) -> Self {
        Self::with_names(dialect, Names::DEFAULT)
    }

    /// Declares them under other names.
    pub fn with_names(dialect: Dialect, names: Names) -> Self {
        let none = Self {
            dialect,
            names,
            columns: BTreeMap::new(),
            rows: BTreeMap::new(),
            twice: Vec::new(),
        };
        none.column("id", Kept::Exact, names.id)
            .column("meta.created", Kept::Timestamp, names.created)
            .column("meta.lastModified", Kept::Timestamp, names.modified)
    }

    /// The columns that [`Record::of_row`](super::Record::of_row) takes, in its order: `id, version, created, modified, document`.
    pub fn record(&self) -> String {
        let Names {
            id,
            version,
            created,
            modified,
            document,
            ..
        } = self.names;
        format!("{id}, {version}, {created}, {modified}, {document}")
    }

    /// The same with an attribute: its [path](AttributeRef) is `userName`, `name.familyName`, `meta.created`, or that of an
    /// extension, `urn:example:params:scim:schemas:extension:cost:2.0:User:costCenter`. Of a multi-valued attribute that has
    /// one value at most, it is that of a sub-attribute: `emails.value`.
    ///
    /// `sql` is a column, which accepts NULL: a resource need not have the attribute (a user without `active` is
    /// [active](scim_core::resource::Resource::is_active)). It may also be any other expression, if the store does not
    /// [write](Self::row) by this declaration, in brackets if it has operators.
    #[must_use]
    pub fn column(mut self, path: &str, kept: Kept, sql: impl Into<String>) -> Self {
        if self
            .columns
            .insert(key_of(path), Column::new(kept, sql))
            .is_some()
        {
            self.twice.push(path.to_owned());
        }
        self
    }

    /// The same with a multi-valued attribute: `members`, `groups`, `emails`.
    #[must_use]
    pub fn rows(mut self, attribute: &str, rows: Rows) -> Self {
        if self.rows.insert(key_of(attribute), rows).is_some() {
            self.twice.push(attribute.to_owned());
        }
        self
    }

    /// A page of a list. Rows without a document are passed over: they are none of SCIM. The placeholders of the condition are numbered behind the `own` ones of the statement, whose values
    /// come first among the parameters.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnsupportedFilter`] where the filter names an attribute that was not declared, or a cursor is asked for;
    /// [`StoreError::UnsupportedOrder`] where `sortBy` does; [`StoreError::Failed`] where an attribute was declared in a form
    /// that does not suit it.
    pub fn select(&self, selection: &Selection, own: Vec<Parameter>) -> Result<Selected, StoreError> {
        if selection.seek.is_some() {
            return Err(StoreError::UnsupportedFilter(
                "this server has no cursors".to_owned(),
            ));
        }
        let (condition, parameters) = match &selection.condition {
            Some(condition) => self.condition(condition, own)?,
            None => ("TRUE".to_owned(), own),
        };
        let document = self.names.document;
        let order = self.order(selection.sort.as_ref())?;
        let offset = i64::try_from(selection.offset).unwrap_or(i64::MAX);
        Ok(Selected {
            condition: format!("{document} IS NOT NULL AND {condition}"),
            parameters,
            page: format!("ORDER BY {order} LIMIT {} OFFSET {offset}", selection.limit),
        })
    }

    /// A condition by itself, and the parameters of a statement with it.
    ///
    /// # Errors
    ///
    /// As for [`select`](Self::select).
    pub fn condition(
        &self,
        condition: &Condition,
        own: Vec<Parameter>,
    ) -> Result<(String, Vec<Parameter>), StoreError> {
        let mut translation = Translation::new(self.dialect, own);
        let sql = translation.of_resource(self, condition)?;
        Ok((sql, translation.into_parameters()))
    }

    /// What stands behind `ORDER BY`. Resources without a value come last in ascending order, and first in descending order.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnsupportedOrder`] where the attribute was not declared with a [column](Self::column).
    pub fn order(&self, sort: Option<&Sort>) -> Result<String, StoreError> {
        let Some(Sort { by, order }) = sort else {
            return Ok(self.names.id.to_owned());
        };
        let Some(column) = self.columns.get(&key_of(&by.to_string())) else {
            let detail = format!("this server does not sort by `{by}`");
            return Err(StoreError::UnsupportedOrder(detail));
        };
        let order = match order {
            SortOrder::Ascending => "ASC NULLS LAST",
            SortOrder::Descending => "DESC NULLS FIRST",
        };
        Ok(format!(
            "{} {order}, {}",
            column.ordered(self.dialect),
            self.names.id
        ))
    }
}

impl Column {
    fn new(kept: Kept, sql: impl Into<String>) -> Self {
        Self {
            kept,
            sql: sql.into(),
        }
    }
}

/// Names of attributes and URNs are compared without regard to case (RFC 7643 section 2.1).
fn key_of(path: &str) -> String {
    path.to_ascii_lowercase()
}

/// The path of the attribute without its sub-attribute.
fn container_of(attribute: &AttributeRef) -> String {
    let container = AttributeRef {
        sub: None,
        ..attribute.clone()
    };
    key_of(&container.to_string())
}

/// That an attribute was declared in a form that is not the one in which it is compared.
fn unsuitable(attribute: &AttributeRef, kept: Kept, suiting: Kept) -> StoreError {
    let detail = format!("`{attribute}` is declared as {kept:?}, and has to be {suiting:?}");
    StoreError::Failed(detail.into())
}
