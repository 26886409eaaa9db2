//! Why a directory was not exported or imported.

use std::fmt;
use std::io;

use scim_service::connection::ConnectionKey;
use scim_service::store::StoreError;

use super::format::VERSION;

/// Why a directory was not exported or imported. After a failed import the database is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read or written.
    #[error("the file cannot be read or written")]
    Io(#[from] io::Error),
    /// There is no such connection to export.
    #[error("there is no connection `{0}` in the database")]
    NoConnection(ConnectionKey),
    /// The file is none that an export makes.
    #[error("line 1: this is no export of scim-server")]
    NoExport,
    /// The file was made by a newer program.
    #[error(
        "line 1: the file has version {0} of the format, and this program knows version {VERSION}; import it with the \
         program that made it, or a newer one"
    )]
    Version(u64),
    /// The file was made from a newer database.
    #[error("line 1: the file was made by a newer version of this program (schema `{0}`)")]
    Schema(String),
    /// Something is where the file would go.
    #[error(
        "the database is not empty: {0}; import into another database, or delete these connections first"
    )]
    NotEmpty(String),
    /// A line is not valid.
    #[error("{at}: {reason}")]
    Line {
        /// Which one.
        at: Lines,
        /// Why.
        reason: String,
    },
    /// The file has no last line.
    #[error("the file ends after line {0} without its last line: it is not whole")]
    Truncated(u64),
    /// The file is not the one that was written.
    #[error("the file was changed after it was written: {0}")]
    Damaged(String),
}

/// Some lines of a file, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lines {
    /// The first of them.
    pub first: u64,
    /// The last of them.
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
    /// One line.
    pub(super) fn one(line: u64) -> Self {
        Self {
            first: line,
            last: line,
        }
    }

    /// That they are not valid.
    pub(super) fn refuse(self, reason: impl fmt::Display) -> ArchiveError {
        let reason = reason.to_string();
        ArchiveError::Line { at: self, reason }
    }
}
