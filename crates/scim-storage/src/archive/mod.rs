//! A directory as lines of JSON, to back it up and to move it: `docs/export.md` describes the format.
//!
//! [`SqlStore::export`](crate::SqlStore::export) reads one state of the database, page by page, while others read and
//! write. [`SqlStore::import`](crate::SqlStore::import) writes all of a file in one transaction, or nothing.
//!
//! What is looked up (keys, e-mails, counts) is not in the file: it is made again from the documents.
//!
//! To carry something new, give it a line in `format.rs`, and raise [`format::VERSION`] if a reader of today would lose it.

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
