//! Rows of resources that an import writes as they were in another database.

use scim_core::resource::Resource;
use scim_core::time::Timestamp;
use scim_service::store::{Draft, GroupNames, Kind, Meta, StoreError};
use sea_orm::sea_query::Expr;

use super::columns::{Columns, Email};
use super::read::DELETED;
use super::stored_id;
use super::unique::UniqueValue;
use super::write::shard;
use crate::dialect::Dialect;
use crate::table::Column;

/// The row of a resource, without its key and the key of its connection.
#[derive(Debug)]
pub(crate) struct Archived {
    columns: Vec<Column>,
    values: Vec<Expr>,
    emails: Vec<Email>,
    unique: Vec<UniqueValue>,
    shard: i16,
}

impl Archived {
    /// Creates the row of a resource. All rows of a kind have the same columns in the same order.
    pub(crate) fn of(
        dialect: Dialect,
        kind: Kind,
        meta: &Meta,
        resource: &Resource,
        group_names: GroupNames,
        deleted: Option<Timestamp>,
    ) -> Result<Self, StoreError> {
        let draft = Draft::new(resource, meta.modified).with_group_names(group_names);
        let row = Columns::of(dialect, kind, &draft);
        let mut columns = vec![Column::Id, Column::CreatedAt, Column::Version];
        let mut values = vec![
            Expr::val(meta.id.as_str()),
            Expr::val(meta.created.as_millis()),
            Expr::val(meta.version.get()),
        ];
        if kind == Kind::User {
            columns.push(Column::DeletedAt);
            values.push(Expr::val(deleted.map(Timestamp::as_millis)));
        }
        if let Kind::Other(id) = kind {
            columns.push(Column::Kind);
            values.push(Expr::val(id.as_str()));
        }
        for (column, value) in row.values {
            columns.push(column);
            values.push(match column {
                Column::Status if deleted.is_some() => Expr::val(DELETED),
                _ => value,
            });
        }
        Ok(Self {
            columns,
            values,
            emails: match deleted {
                Some(_) => Vec::new(),
                None => row.emails,
            },
            unique: UniqueValue::all_of(kind, resource),
            shard: shard(meta.id.as_str()),
        })
    }

    /// Returns the columns of the row.
    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Returns the values, in the order of [`columns`](Self::columns).
    pub(crate) fn into_values(self) -> Vec<Expr> {
        self.values
    }

    /// Returns the value and type of each e-mail address.
    pub(crate) fn emails(&self) -> impl Iterator<Item = (Option<String>, Option<String>)> {
        self.emails
            .iter()
            .map(|email| (email.value.clone(), email.kind.clone()))
    }

    /// Returns the values that must be unique.
    pub(crate) fn unique_values(&self) -> &[UniqueValue] {
        &self.unique
    }

    /// Returns the number of the row of `resource_counts` that counts the resource.
    pub(crate) fn shard(&self) -> i16 {
        self.shard
    }
}

/// Whether the text is an id in the form that this store generates.
pub(crate) fn is_id(id: &str) -> bool {
    stored_id(id).is_some()
}
