//! Unique values of resources of custom types: those of attributes whose `uniqueness` is `server` (RFC 7643 section 7). Users
//! and teams have columns for theirs.

use scim_core::resource::Resource;
use scim_core::schema::Uniqueness;
use scim_service::store::{Kind, StoreError};
use sea_orm::sea_query::{Expr, ExprTrait, InsertStatement, OnConflict, Query};
use serde_json::Value;

use super::SqlTransaction;
use crate::database::Weight;
use crate::table::{self, UniqueValues};

/// The value of a unique attribute, in the form in which it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UniqueValue {
    attribute: String,
    value: String,
}

/// The resource that has a unique value, with the row id of its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) connection: i64,
    pub(crate) kind: Kind,
    pub(crate) pk: i64,
}

impl UniqueValue {
    /// Returns the unique values of a resource.
    pub(crate) fn all_of(kind: Kind, resource: &Resource) -> Vec<Self> {
        let attributes = unique_attributes(kind, resource);
        if attributes.is_empty() {
            return Vec::new();
        }
        let value = |attribute: &str| match resource.comparable(attribute)? {
            Value::String(value) => Some(Self {
                attribute: attribute.to_owned(),
                value,
            }),
            _ => None,
        };
        attributes.into_iter().filter_map(value).collect()
    }

    /// Builds the statement that inserts the value.
    pub(crate) fn insert(&self, owner: Owner) -> Result<InsertStatement, StoreError> {
        let Owner { connection, kind, pk } = owner;
        let row = [
            (UniqueValues::ConnectionId, Expr::val(connection)),
            (UniqueValues::Kind, Expr::val(kind.name())),
            (UniqueValues::Attribute, Expr::val(self.attribute.as_str())),
            (UniqueValues::Value, Expr::val(self.value.as_str())),
            (UniqueValues::ResourcePk, Expr::val(pk)),
        ];
        table::insert("resource_unique_values", row)
    }
}

impl SqlTransaction {
    pub(super) async fn write_unique_values(
        &mut self,
        kind: Kind,
        pk: i64,
        resource: &Resource,
    ) -> Result<(), StoreError> {
        for value in UniqueValue::all_of(kind, resource) {
            let mut insert = value.insert(Owner {
                connection: self.connection,
                kind,
                pk,
            })?;
            insert.on_conflict(OnConflict::new().do_nothing().to_owned());
            if self.session.change(&insert, Weight::Light).await? == 0 {
                return Err(StoreError::not_unique(value.attribute));
            }
        }
        Ok(())
    }

    pub(super) async fn remove_unique_values(
        &mut self,
        kind: Kind,
        pk: i64,
        resource: &Resource,
    ) -> Result<(), StoreError> {
        if unique_attributes(kind, resource).is_empty() {
            return Ok(());
        }
        let delete = Query::delete()
            .from_table(UniqueValues::Table)
            .and_where(Expr::col(UniqueValues::ResourcePk).eq(pk))
            .take();
        self.session.change(&delete, Weight::Light).await.map(drop)
    }
}

fn unique_attributes(kind: Kind, resource: &Resource) -> Vec<&str> {
    if !matches!(kind, Kind::Other(_)) {
        return Vec::new();
    }
    let attributes = resource.resource_type().schema.attributes.iter();
    attributes
        .filter(|attribute| attribute.uniqueness == Uniqueness::Server)
        .map(|attribute| attribute.name.as_str())
        .collect()
}
