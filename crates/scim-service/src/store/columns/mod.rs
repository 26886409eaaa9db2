//! Translation of filters, orders and rows into SQL, for a store with a column for each attribute that clients filter by.
//!
//! The store declares once which attribute is in which column ([`Columns`], and [`Rows`] for multi-valued attributes). Then
//! [`Columns::select`] returns the text after `WHERE` and `ORDER BY` for a [`Selection`], and [`Columns::row`] the values of
//! all columns for a resource. Attributes that are not declared are rejected, with a text for the administrator of the identity
//! provider.
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
//! // ?1 is the store's own parameter, ?2 and ?3 are those of the condition
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
//! The SQL selects what [`Condition::matches`] matches, if the columns hold the form that [`Kept`] declares, and NULL where
//! there is no value, as [`Columns::row`] writes them. A property test verifies this on SQLite and PostgreSQL. The SQL consists
//! of the declared texts and of numbered placeholders; it never contains client input.

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

/// The SQL dialect of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// SQLite, with placeholders such as `?1`.
    Sqlite,
    /// PostgreSQL, with placeholders such as `$1`. Text is ordered by code point (`COLLATE "C"`). Declare the text columns
    /// themselves as `text COLLATE "C"`: an ordinary index then serves equality, ranges and order.
    Postgres,
}

/// The form in which a column holds the values of an attribute, which is the form in which they are compared.
///
/// The `type` and `caseExact` of the attribute determine it (RFC 7643 section 2.2). If an attribute is declared in another form,
/// every filter by it is an error, so that no filter finds too little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kept {
    /// Text that is not `caseExact`, [folded](scim_core::text::fold).
    Folded,
    /// Text that is `caseExact`, unchanged. References and binary values, too.
    Exact,
    /// Booleans.
    Boolean,
    /// Integers and decimal numbers.
    Number,
    /// Times, as [milliseconds](scim_core::time::Timestamp::as_millis) since 1970.
    Timestamp,
}

/// A declaration of the columns in which the attributes of one kind of resources are.
///
/// ```
/// use scim_service::core::schema::ResourceType;
/// use scim_service::store::columns::{Columns, Dialect, Kept, Rows};
///
/// let groups = Rows::of("project_members m", "m.account = accounts.id").column("value", Kept::Exact, "m.project");
/// let accounts = Columns::new(Dialect::Postgres)
///     .column("userName", Kept::Folded, "user_key")
///     .column("externalId", Kept::Exact, "external_id")
///     .column("active", Kept::Boolean, "active")
///     .rows("groups", groups);
/// accounts.check(&ResourceType::user())?; // at startup, or in a test
/// assert_eq!(accounts.record(), "id, version, created, modified, document");
/// # Ok::<(), scim_service::store::StoreError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Columns {
    dialect: Dialect,
    names: Names,
    columns: BTreeMap<String, Column>,
    rows: BTreeMap<String, Rows>,
    /// Duplicate declarations, which [`check`](Self::check) rejects.
    twice: Vec<String>,
}

/// A [`Selection`] as SQL.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Selected {
    /// The condition after `WHERE`: true or false, never NULL. Join it with others by AND, without brackets.
    pub condition: String,
    /// The parameters of a statement with this condition, the store's own ones first.
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
    /// [default names](Names::DEFAULT).
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self::with_names(dialect, Names::DEFAULT)
    }

    /// Declares the columns that every table has under these names.
    #[must_use]
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

    /// The names of the columns that [`Record::of_row`](super::Record::of_row) takes, in its order: `id, version, created,
    /// modified, document`.
    #[must_use]
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

    /// Declares the column of an attribute.
    ///
    /// The [path](AttributeRef) is `userName`, `name.familyName`, `meta.created`, or that of an extension,
    /// `urn:example:params:scim:schemas:extension:cost:2.0:User:costCenter`. For a multi-valued attribute with at most one value,
    /// it is the path of a sub-attribute: `emails.value`.
    ///
    /// `sql` is a column that accepts NULL: a resource need not have the attribute (a user without `active` is
    /// [active](scim_core::resource::Resource::is_active)). If the store does not write by this declaration
    /// ([`row`](Self::row)), it may be any expression, in brackets if it has operators.
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

    /// Declares the rows of a multi-valued attribute: `members`, `groups`, `emails`.
    #[must_use]
    pub fn rows(mut self, attribute: &str, rows: Rows) -> Self {
        if self.rows.insert(key_of(attribute), rows).is_some() {
            self.twice.push(attribute.to_owned());
        }
        self
    }

    /// Translates a selection into SQL: a condition, an order and a page.
    ///
    /// `own` are the parameters of the rest of the statement. They come first among the parameters, and the placeholders of the
    /// condition are numbered after them. Rows without a document are not selected: they are not SCIM resources.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnsupportedFilter`] if the filter names an attribute that is not declared, or if the selection seeks (a
    /// cursor); [`StoreError::UnsupportedOrder`] if `sortBy` names an attribute that is not declared; [`StoreError::Failed`] if
    /// an attribute is declared in a form that does not suit it.
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

    /// Translates a condition into SQL, and returns it with the parameters of a statement that contains it, `own` first.
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

    /// Translates an order into the text after `ORDER BY`. Resources without a value come last in ascending order, and first in
    /// descending order. Ties, and lists without an order, are ordered by id.
    ///
    /// # Errors
    ///
    /// [`StoreError::UnsupportedOrder`] if the attribute is not declared as a [column](Self::column).
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

/// Names of attributes and URNs are case-insensitive (RFC 7643 section 2.1).
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

/// The error for an attribute that is declared in another form than the one in which it is compared.
fn unsuitable(attribute: &AttributeRef, kept: Kept, suiting: Kept) -> StoreError {
    let detail = format!("`{attribute}` is declared as {kept:?}, and has to be {suiting:?}");
    StoreError::Failed(detail.into())
}
