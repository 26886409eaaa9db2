//! The kinds of columns that the steps use, on both databases.

use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::sea_query::{
    Alias, ColumnDef, ForeignKey, ForeignKeyAction, ForeignKeyCreateStatement,
};

/// What makes a key column grow by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Growth {
    /// The next number; after the last row is gone its number may come again.
    Next,
    /// A number that was never used before.
    NeverAgain,
}

/// The rowid of a SQLite table, an identity on PostgreSQL.
pub(crate) fn key(backend: DbBackend, name: &'static str, growth: Growth) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    match (backend, growth) {
        (DbBackend::Sqlite, Growth::Next) => column.integer().not_null().primary_key(),
        (DbBackend::Sqlite, Growth::NeverAgain) => column.integer().not_null().auto_increment().primary_key(),
        _ => column.big_integer().not_null().auto_increment().primary_key(),
    };
    column
}

/// Text that is looked up and ordered byte by byte.
pub(crate) fn key_text(backend: DbBackend, name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    column.text();
    if backend == DbBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

/// Text that is only read.
pub(crate) fn text(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).text().take()
}

/// A whole number; also a point in time in milliseconds since 1970.
pub(crate) fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).big_integer().take()
}

/// A small whole number.
pub(crate) fn small_number(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).small_integer().take()
}

/// `true` or `false`.
pub(crate) fn boolean(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).boolean().take()
}

/// JSON in the form in which the database filters it best.
pub(crate) fn json(backend: DbBackend, name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    match backend {
        DbBackend::Postgres => column.json_binary(),
        _ => column.text(),
    };
    column
}

/// Rows of `table` go with the row that `column` points to.
pub(crate) fn belongs_to(
    table: &'static str,
    column: &'static str,
    (target, key): (&'static str, &'static str),
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(Alias::new(table), Alias::new(column))
        .to(Alias::new(target), Alias::new(key))
        .on_delete(ForeignKeyAction::Cascade)
        .take()
}
