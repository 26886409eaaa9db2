//! Errors in a configuration.

use std::fmt;
use std::path::PathBuf;

use figment::error::{Actual, Kind};
use scim_core::schema::DefinitionError;
use scim_service::connection::InvalidConnectionKey;

/// An error in a [`Config`](super::Config) or its sources. Its text is for the operator who starts the server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The named configuration file does not exist.
    #[error("there is no configuration file `{}`", .0.display())]
    NoFile(PathBuf),
    /// An unknown environment variable begins with `SCIM_`.
    #[non_exhaustive]
    #[error("unknown environment variable `{name}`{}", Hint(.similar))]
    UnknownVariable {
        /// The variable.
        name: String,
        /// A known name that is similar.
        similar: Option<String>,
    },
    /// The value of an environment variable is not Unicode text.
    #[error("the value of the environment variable `{0}` is not Unicode text")]
    NotText(String),
    /// An unknown key.
    #[non_exhaustive]
    #[error("unknown key `{key}` in {place}{}", Hint(.similar))]
    UnknownKey {
        /// The key with its tables, such as `database.url`.
        key: String,
        /// The file that holds it.
        place: String,
        /// A known name that is similar.
        similar: Option<String>,
    },
    /// A value that is not valid.
    #[non_exhaustive]
    #[error("{message}{}", Place(.key, .place))]
    Value {
        /// What is wrong.
        message: String,
        /// The key with its tables, such as `database.url`.
        key: String,
        /// The file, variable or flag that holds it.
        place: String,
    },
    /// The name of a connection is not a [`ConnectionKey`](scim_service::connection::ConnectionKey).
    #[error(transparent)]
    Connection(InvalidConnectionKey),
    /// The profile of a connection is unknown.
    #[non_exhaustive]
    #[error(
        "connection `{connection}` has the unknown profile `{profile}`: use `standard`, `okta` or `entra`"
    )]
    Profile {
        /// The connection.
        connection: String,
        /// The profile.
        profile: String,
    },
    /// A file with a schema, a resource type or keys cannot be read.
    #[non_exhaustive]
    #[error("the file `{}` cannot be read", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A file does not define a valid schema or resource type.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// The settings for the access tokens of a connection are missing or not valid.
    #[non_exhaustive]
    #[error("connection `{connection}` {message}")]
    OAuth {
        /// The connection.
        connection: String,
        /// What is wrong.
        message: &'static str,
    },
    /// The keys for the access tokens of a connection are not usable.
    #[non_exhaustive]
    #[error("connection `{connection}` has no keys for access tokens: {source}")]
    Keys {
        /// The connection.
        connection: String,
        /// The cause.
        source: scim_jwt::KeySetError,
    },
    /// Only one of the TLS certificate and its key is set.
    #[error("TLS needs both a certificate (`tls.certificate`) and a key (`tls.key`)")]
    HalfTls,
}

struct Hint<'a>(&'a Option<String>);

impl fmt::Display for Hint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(similar) => write!(f, "; did you mean `{similar}`?"),
            None => Ok(()),
        }
    }
}

struct Place<'a>(&'a str, &'a str);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0, self.1) {
            ("", "") => Ok(()),
            ("", place) => write!(f, " ({place})"),
            (key, "") => write!(f, " (`{key}`)"),
            (key, place) => write!(f, " (`{key}`, {place})"),
        }
    }
}

/// The candidate most similar to `name`, if it is similar enough.
pub(super) fn similar<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    let scored = candidates.map(|candidate| (strsim::jaro_winkler(name, candidate), candidate));
    let best = scored.max_by(|one, other| one.0.total_cmp(&other.0));
    best.filter(|(score, _)| *score > 0.8)
        .map(|(_, name)| name.to_owned())
}

impl ConfigError {
    /// Converts an error from reading values.
    pub(super) fn reading(error: &figment::Error) -> Self {
        let place = error.metadata.as_ref().map(place).unwrap_or_default();
        let mut path = error.path.clone();
        if let Kind::UnknownField(field, known) = &error.kind {
            if path.last() != Some(field) {
                path.push(field.clone());
            }
            return Self::UnknownKey {
                key: path.join("."),
                place,
                similar: similar(field, known.iter().copied()),
            };
        }
        Self::Value {
            message: message(&error.kind),
            key: path.join("."),
            place,
        }
    }
}

/// The source of a value, for people.
pub(super) fn place(metadata: &figment::Metadata) -> String {
    match &metadata.source {
        Some(figment::Source::File(path)) => format!("file `{}`", path.display()),
        _ => metadata.name.to_string(),
    }
}

/// The error in a value, in terms of the configuration.
fn message(kind: &Kind) -> String {
    let Kind::InvalidType(found, expected) = kind else {
        return kind.to_string();
    };
    let is_number = ["usize", "u32", "u64", "nonzero"]
        .iter()
        .any(|number| expected.contains(number));
    let wanted = match expected.as_str() {
        "a boolean" => "true or false",
        _ if is_number => "a number",
        expected => expected,
    };
    match found {
        Actual::Str(text) => format!("`{text}` is not {wanted}"),
        found => format!("{found} is not {wanted}"),
    }
}
