//! What is measured: the subject on a database, or a floor.

use clap::ValueEnum as _;
use serde::Serialize;

use crate::floor::FloorKind;
use crate::load::language::Language;

/// The database of the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub(crate) enum Subject {
    /// SQLite.
    #[serde(rename = "SQLite")]
    Sqlite,
    /// PostgreSQL.
    #[serde(rename = "PostgreSQL")]
    Postgres,
}

/// A server that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Target {
    /// The release binary.
    Subject(Subject),
    /// A floor.
    Floor(FloorKind),
}

impl Subject {
    /// What it is called in a table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// Whether a floor does with the same database what it does.
    pub(crate) fn is_comparable_with(self, floor: FloorKind) -> bool {
        (self == Self::Postgres) == (floor == FloorKind::Pg)
    }
}

impl Target {
    /// What it speaks.
    pub(crate) fn language(self) -> Language {
        match self {
            Self::Subject(_) => Language::Scim,
            Self::Floor(_) => Language::Floor,
        }
    }

    /// Whether it keeps its data in PostgreSQL.
    pub(crate) fn is_on_postgres(self) -> bool {
        matches!(
            self,
            Self::Subject(Subject::Postgres) | Self::Floor(FloorKind::Pg)
        )
    }

    /// What it is called.
    pub(crate) fn title(self) -> String {
        match self {
            Self::Subject(subject) => format!("scim-server on {}", subject.title()),
            Self::Floor(floor) => format!("floor {}", floor_name(floor)),
        }
    }
}

/// The name of a floor on the command line.
pub(crate) fn floor_name(floor: FloorKind) -> String {
    floor
        .to_possible_value()
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default()
}
