//! The file of a SQLite database, and the disk it is on.

use std::fs::OpenOptions;
use std::path::Path;

use scim_storage::SqlStore;
use secrecy::ExposeSecret as _;

use super::Findings;
use crate::config::Config;

/// Less room on the disk than that deserves a word.
#[cfg(unix)]
const LITTLE_ROOM: u64 = 500 << 20;
/// With less, nothing can be written soon.
#[cfg(unix)]
const NO_ROOM: u64 = 20 << 20;

/// Whether the file of a SQLite database and its folder can be written, and are open to others.
pub(super) fn check(config: &Config, findings: &mut Findings) {
    let Some(file) = SqlStore::file(config.database.url.expose_secret()) else {
        return;
    };
    let folder = match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    // SQLite keeps its journal beside the file, so the folder must be writable too
    let is_folder_writable = tempfile_in(folder);
    if !file.exists() {
        match is_folder_writable {
            Ok(()) => findings.odd(format!(
                "database file: `{}` is not there; the first start makes it",
                file.display()
            )),
            Err(error) => findings.bad(format!(
                "database file: `{}` cannot be made ({error}); change DATABASE_URL or the permissions of its folder",
                file.display()
            )),
        }
        return;
    }
    let opened = OpenOptions::new().read(true).write(true).open(&file).map(drop);
    match opened.and(is_folder_writable) {
        Ok(()) => findings.good(format!(
            "database file: `{}` and its folder can be written",
            file.display()
        )),
        Err(error) => findings.bad(format!(
            "database file: `{}` or its folder cannot be written ({error}); change the permissions",
            file.display()
        )),
    }
    check_room(folder, findings);
    #[cfg(unix)]
    if let Ok(metadata) = file.metadata() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o007 != 0 {
            findings.odd(format!(
                "database file: anybody on this machine can read it (mode {mode:o}); `chmod o-rwx {}`",
                file.display()
            ));
        }
    }
}

/// Makes a file in a folder and takes it away again.
fn tempfile_in(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(format!(".scim-server-doctor-{}", std::process::id()));
    OpenOptions::new().write(true).create_new(true).open(&probe)?;
    std::fs::remove_file(probe)
}

#[cfg(unix)]
fn check_room(folder: &Path, findings: &mut Findings) {
    let Ok(disk) = rustix::fs::statvfs(folder) else {
        return;
    };
    let room = disk.f_bavail.saturating_mul(disk.f_frsize);
    let mebibytes = room >> 20;
    match room {
        ..NO_ROOM => findings.bad(format!("disk: only {mebibytes} MiB are free; make room")),
        NO_ROOM..LITTLE_ROOM => findings.odd(format!("disk: {mebibytes} MiB are free; make room soon")),
        LITTLE_ROOM.. => findings.good(format!("disk: {mebibytes} MiB are free")),
    }
}

#[cfg(not(unix))]
fn check_room(_: &Path, _: &mut Findings) {}
