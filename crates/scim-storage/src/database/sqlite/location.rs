//! The location of a SQLite database.

use std::fs::OpenOptions;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use scim_service::store::StoreError;

use crate::error::broken;

/// The path of the file, and whether the file may be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Location {
    pub(super) path: PathBuf,
    pub(super) may_create: bool,
}

impl Location {
    /// Parses a path, or a URL `sqlite:…` or `sqlite://…` with a percent-encoded path. With `?mode=rw` the file must exist.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(broken(
                "a SQLite database in memory cannot be shared; name a file",
            ));
        }
        if let Some((scheme, _)) = url.split_once("://").filter(|(scheme, _)| *scheme != "sqlite") {
            return Err(broken(format!(
                "`{scheme}` databases are not supported, use a URL that begins with `sqlite://` or `postgres://`"
            )));
        }
        let encoded = url
            .strip_prefix("sqlite://")
            .or_else(|| url.strip_prefix("sqlite:"));
        let Some(encoded) = encoded else {
            return Ok(Self {
                path: PathBuf::from(url),
                may_create: true,
            });
        };
        let (path, query) = encoded.split_once('?').unwrap_or((encoded, ""));
        let may_create = match query {
            "" | "mode=rwc" => true,
            "mode=rw" => false,
            other => {
                return Err(broken(format!(
                    "`{other}` is not a setting of a SQLite database; there are `mode=rwc` and `mode=rw`"
                )));
            }
        };
        let path = percent_decode_str(path)
            .decode_utf8()
            .map_err(|_| broken("the path of the SQLite database is not UTF-8"))?;
        Ok(Self {
            path: PathBuf::from(path.as_ref()),
            may_create,
        })
    }

    /// Creates the file, if it may be created, so that other users of the machine cannot read it. SQLite gives the same mode to
    /// the files beside it. If that fails, opening the database fails too, with the reason.
    pub(super) fn make_private(&self) {
        if self.may_create {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            drop(options.open(&self.path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_urls_name_a_file() {
        for (url, path, may_create) in [
            ("scim.sqlite", "scim.sqlite", true),
            ("sqlite:scim.sqlite", "scim.sqlite", true),
            (
                "sqlite:///var/lib/my%20scim.sqlite?mode=rwc",
                "/var/lib/my scim.sqlite",
                true,
            ),
            ("sqlite://scim.sqlite?mode=rw", "scim.sqlite", false),
        ] {
            let path = PathBuf::from(path);
            assert_eq!(
                Location::parse(url).unwrap(),
                Location { path, may_create },
                "{url}"
            );
        }
        for refused in [
            "mysql://scim@db/scim",
            ":memory:",
            "sqlite::memory:",
            "sqlite://x?mode=memory",
            "sqlite://x?cache=shared",
        ] {
            assert!(Location::parse(refused).is_err(), "{refused}");
        }
    }
}
