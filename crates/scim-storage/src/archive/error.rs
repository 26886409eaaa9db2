//! The errors of exports and imports.

use std::fmt;
use std::io;

use scim_service::connection::ConnectionKey;
use scim_service::store::StoreError;

use super::format::VERSION;

/// The error of an export or import. A failed import leaves the database unchanged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read or written.
    #[error("the file cannot be read or written")]
    Io(#[from] io::Error),
    /// The connection to export does not exist.
    #[error("there is no connection `{0}` in the database")]
    NoConnection(ConnectionKey),
    /// The input is not an export file.
    #[error("line 1: this is not an export of scim-server")]
    NotAnExport,
    /// The file has a newer version of the format, given here.
    #[error(
        "line 1: the file has version {0} of the format, and this program knows version {VERSION}; import it with the \
         program that made it, or a newer one"
    )]
    Version(u64),
    /// The file was exported from a database with a newer schema. Names the last migration of that database.
    #[error("line 1: the file was made by a newer version of this program (schema `{0}`)")]
    Schema(String),
    /// A connection of the file exists in the database and is not empty. Names the connections and what they hold.
    #[error(
        "the database is not empty: {0}; import into another database, or delete these connections first"
    )]
    NotEmpty(String),
    /// One or more lines are invalid.
    #[error("{at}: {reason}")]
    #[non_exhaustive]
    Line {
        /// The lines.
        at: Lines,
        /// The reason, for operators.
        reason: String,
    },
    /// The file has no final line. Gives the number of the last complete line.
    #[error("the file ends after line {0} without its last line: it is not whole")]
    Truncated(u64),
    /// The file was changed after the export: the checksum or the counts differ.
    #[error("the file was changed after it was written: {0}")]
    Damaged(String),
}

/// A range of lines of a file. The first line is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lines {
    /// The first line of the range.
    pub first: u64,
    /// The last line of the range, inclusive.
    pub last: u64,
}

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first == self.last {
            true => write!(f, "line {}", self.first),
            false => write!(f, "lines {} to {}", self.first, self.last),
        }
    }
}

impl Lines {
    /// Creates a range of one line.
    pub(super) fn one(line: u64) -> Self {
        Self {
            first: line,
            last: line,
        }
    }

    /// Creates an [`ArchiveError::Line`].
    pub(super) fn refuse(self, reason: impl fmt::Display) -> ArchiveError {
        let reason = reason.to_string();
        ArchiveError::Line { at: self, reason }
    }
}
