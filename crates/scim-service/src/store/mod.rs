//! The port to a database: the traits [`Store`] and [`Transaction`], and their types.
//!
//! [`Store::begin`] returns a [`Transaction`] that can reach the resources of one connection and no others: no other method
//! takes a connection, so none can forget it. Dropping a transaction without [`Transaction::commit`] rolls it back. "Not
//! found" is `Ok(None)`, never an error.
//!
//! A store implements nine methods: [`Store::begin`] and, of a transaction, `get`, `list`, `put`, `remove`, `change_members`,
//! `members`, `memberships` and `commit`. The [table of methods](Transaction#methods) lists the others and their defaults.
//! [`columns`] translates filters into SQL. The tests of the module `contract` (available with the feature `contract`) check
//! an implementation.
//!
//! # A whole store
//!
//! The application `examples/own-tables` has users in a table `accounts` and groups in a table `projects` of a SQLite
//! database. Below is its complete store. `ACCOUNTS` and `PROJECTS` declare which attribute is in which column.
//!
//! - `begin` opens a connection to the database, begins a transaction and remembers the name of the SCIM connection, which
//!   every statement compares with the column `tenant`. A writer first waits for an async lock, because waiting for it in
//!   SQLite would block the thread.
//! - `list` lets [`Columns::select`](columns::Columns::select) translate the filter, the order and the page, and runs one
//!   statement for the total and one for the page.
//! - `put` lets [`Columns::row`](columns::Columns::row) compute the values of all declared columns, and inserts or overwrites
//!   the row. The defaults of `insert`, `update`, `touch` and `delete` call it after they have compared the version.
//!
//! ```rust,ignore
#![cfg_attr(doc, doc = include_str!("../../../../examples/own-tables/src/store.rs"))]
//! ```
//!
//! `tables.sql`, which `open` runs:
//!
//! ```sql
#![cfg_attr(doc, doc = include_str!("../../../../examples/own-tables/src/tables.sql"))]
//! ```
//!
//! `join.sql` and `leave.sql`, which `change_members` runs. `?1` is the tenant, `?2` the group, `?3` and `?4` are JSON lists of
//! ids, and `?5` tells whether the delta replaces all members:
//!
//! ```sql
#![cfg_attr(doc, doc = include_str!("../../../../examples/own-tables/src/join.sql"))]
//! ```
//!
//! ```sql
#![cfg_attr(doc, doc = include_str!("../../../../examples/own-tables/src/leave.sql"))]
//! ```
//!
//! `members.sql` and `memberships.sql`. `?1` is the tenant, `?2` a JSON list of ids:
//!
//! ```sql
#![cfg_attr(doc, doc = include_str!("../../../../examples/own-tables/src/members.sql"))]
//! ```
//!
//! ```sql
#![cfg_attr(doc, doc = include_str!("../../../../examples/own-tables/src/memberships.sql"))]
//! ```
//!
//! `docs/embedding.md` in the repository explains it step by step.

mod changes;
pub mod columns;
mod durable;
mod error;
mod fallback;
#[cfg(test)]
mod forwarding_tests;
mod kind;
mod port;
mod record;
mod transaction;

pub use scim_core::condition::Condition;
pub use scim_core::membership::MembershipDelta;
pub use scim_core::query::Selection;
pub use scim_profiles::profile::GroupNames;

pub use changes::{Departure, MemberChanges};
pub use durable::Durable;
pub use error::StoreError;
pub use kind::{Kind, ResourceTypeId};
pub use port::Store;
pub use record::{
    Access, Account, AccountState, Draft, FreeNames, Membership, Meta, More, Page, Record, ResourceId,
    Version,
};
pub use transaction::Transaction;

pub(crate) use record::is_possible_id;
