//! Export and import of a directory as lines of JSON, for backups and moves. `docs/export.md` describes the format.
//!
//! [`SqlStore::export`](crate::SqlStore::export) reads one state of the database, page by page, while other transactions read
//! and write. [`SqlStore::import`](crate::SqlStore::import) writes a whole file in one transaction, or nothing.
//!
//! Lookup data (keys, e-mails, counts) is not in the file: the import computes it from the documents.
//!
//! To export something new, add a line to `format.rs`, and raise [`format::VERSION`] if present readers would lose it.

mod counts;
mod error;
mod export;
mod format;
mod import;
mod insert;
mod lines;
mod parse;
mod select;
mod sink;

pub use counts::{Counts, Progress};
pub use error::{ArchiveError, Lines};
