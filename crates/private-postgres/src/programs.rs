//! Where the programs of PostgreSQL are, and as whom to run them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where Debian keeps the programs, a folder for each major version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// What to say to somebody who has no PostgreSQL.
pub(crate) const MISSING: &str = "these tests need PostgreSQL and found none: install it (`apt install postgresql`, or put \
     `initdb` and `pg_ctl` into PATH), or name a server in SCIM_TEST_POSTGRES (postgres://user@host:port)";

/// The folder of the programs: of the newest version that is installed, or an empty one where they are in `PATH`.
pub(crate) fn folder() -> Option<PathBuf> {
    let versions = fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| {
            let number: u32 = entry.file_name().to_str()?.parse().ok()?;
            let programs = entry.path().join("bin");
            is_there(&programs).then_some((number, programs))
        })
        .max();
    match newest {
        Some((_, programs)) => Some(programs),
        None => std::env::split_paths(&std::env::var_os("PATH")?)
            .any(|folder| is_there(&folder))
            .then(PathBuf::new),
    }
}

fn is_there(folder: &Path) -> bool {
    ["initdb", "pg_ctl"]
        .iter()
        .all(|program| folder.join(program).exists())
}

/// A shell; as the user `postgres` where this is root, for whom PostgreSQL does not run.
pub(crate) fn shell() -> Command {
    if !is_root() {
        return Command::new("sh");
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
    command
}

/// Whether this process is root's, as far as the system says.
fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status
        .lines()
        .find_map(|line| line.strip_prefix("Uid:")?.split_whitespace().nth(1));
    effective == Some("0")
}
