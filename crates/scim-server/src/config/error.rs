//! Why a configuration is refused.

use std::fmt;
use std::path::PathBuf;

use figment::error::{Actual, Kind};
use scim_core::schema::DefinitionError;
use scim_service::connection::InvalidConnectionKey;

/// Why a configuration is refused. The texts are read by whoever starts the server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file that was asked for is not there.
    #[error("there is no configuration file `{}`", .0.display())]
    NoFile(PathBuf),
    /// An environment variable that begins like ours, and is none of them.
    #[error("unknown environment variable `{name}`{}", Hint(.similar))]
    UnknownVariable {
        /// Its name.
        name: String,
        /// One that it may have been meant to be.
        similar: Option<String>,
    },
    /// An environment variable that is no Unicode text.
    #[error("the value of the environment variable `{0}` is no Unicode text")]
    NotText(String),
    /// A key that is none of ours.
    #[error("unknown key `{key}` in {place}{}", Hint(.similar))]
    UnknownKey {
        /// The key with the tables it is in.
        key: String,
        /// The file.
        place: String,
        /// One that it may have been meant to be.
        similar: Option<String>,
    },
    /// A value that is not valid.
    #[error("{message}{}", Place(.key, .place))]
    Value {
        /// What is wrong.
        message: String,
        /// The key with the tables it is in.
        key: String,
        /// The file, variable or flag.
        place: String,
    },
    /// A connection has a name that it cannot have.
    #[error(transparent)]
    Connection(InvalidConnectionKey),
    /// A connection has a profile that is not known.
    #[error(
        "connection `{connection}` has the unknown profile `{profile}`: use `standard`, `okta` or `entra`"
    )]
    Profile {
        /// The connection.
        connection: String,
        /// The profile.
        profile: String,
    },
    /// A file that defines a schema or a resource type cannot be read.
    #[error("the file `{}` cannot be read", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file does not define a schema or a resource type.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// A connection does not say, or says wrongly, whose access tokens it accepts.
    #[error("connection `{connection}` {message}")]
    OAuth {
        /// The connection.
        connection: String,
        /// What is wrong.
        message: &'static str,
    },
    /// The keys that access tokens of a connection are checked with cannot be had.
    #[error("connection `{connection}` has no keys for access tokens: {source}")]
    Keys {
        /// The connection.
        connection: String,
        /// Why.
        source: scim_jwt::KeySetError,
    },
    /// Half of the TLS settings.
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

/// The candidate most like `name`, if it is much like it.
pub(super) fn similar<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    let scored = candidates.map(|candidate| (strsim::jaro_winkler(name, candidate), candidate));
    let best = scored.max_by(|one, other| one.0.total_cmp(&other.0));
    best.filter(|(score, _)| *score > 0.8)
        .map(|(_, name)| name.to_owned())
}

impl ConfigError {
    /// That a value is not what its key takes.
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

/// Where a value came from, for people.
pub(super) fn place(metadata: &figment::Metadata) -> String {
    match &metadata.source {
        Some(figment::Source::File(path)) => format!("file `{}`", path.display()),
        _ => metadata.name.to_string(),
    }
}

/// What is wrong with a value, in words of the configuration.
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
