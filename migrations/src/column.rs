//! The kinds of columns that the migrations use, on both databases.

use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::sea_query::{
    Alias, ColumnDef, ForeignKey, ForeignKeyAction, ForeignKeyCreateStatement,
};

/// The way in which the values of a key column are generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Growth {
    /// The next number. The number of a deleted last row may be reused.
    Next,
    /// A number that was never used before.
    NeverAgain,
}

/// A primary key: the rowid of a SQLite table, an identity column on PostgreSQL.
pub(crate) fn key(backend: DbBackend, name: &'static str, growth: Growth) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    match (backend, growth) {
        (DbBackend::Sqlite, Growth::Next) => column.integer().not_null().primary_key(),
        (DbBackend::Sqlite, Growth::NeverAgain) => column.integer().not_null().auto_increment().primary_key(),
        _ => column.big_integer().not_null().auto_increment().primary_key(),
    };
    column
}

/// Text that is looked up, and ordered by bytes.
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

/// An integer, or a point in time in milliseconds since 1970.
pub(crate) fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).big_integer().take()
}

/// A small integer.
pub(crate) fn small_number(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).small_integer().take()
}

/// A Boolean.
pub(crate) fn boolean(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name)).boolean().take()
}

/// JSON, in the type that the database filters fastest.
pub(crate) fn json(backend: DbBackend, name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    match backend {
        DbBackend::Postgres => column.json_binary(),
        _ => column.text(),
    };
    column
}

/// A foreign key: rows of `table` are deleted with the row that `column` references.
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
