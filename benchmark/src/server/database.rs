//! Databases: files, and databases of a PostgreSQL server.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::postgres::Postgres;

/// A database that belongs to the benchmark.
#[derive(Debug, Clone)]
pub(super) enum Database {
    /// A SQLite file.
    File(PathBuf),
    /// A database of a PostgreSQL server.
    Named(Arc<Postgres>, String),
}

impl Database {
    /// How the subject is told of it.
    pub(super) fn url(&self) -> String {
        match self {
            Self::File(path) => format!("sqlite://{}", path.display()),
            Self::Named(server, name) => server.url(name),
        }
    }

    /// How a floor is told of it.
    pub(super) fn address(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Named(..) => self.url(),
        }
    }

    /// Makes a copy of it that replaces what was there.
    pub(super) async fn copy_to(&self, other: &Self) -> anyhow::Result<()> {
        match (self, other) {
            (Self::File(from), Self::File(to)) => copy_file(from, to).await,
            (Self::Named(server, from), Self::Named(_, to)) => server.create(to, Some(from)).await,
            _ => anyhow::bail!("a database is copied to one of its kind"),
        }
    }

    /// Removes it.
    pub(super) async fn remove(&self) -> anyhow::Result<()> {
        match self {
            Self::File(path) => {
                for file in files(path).iter().filter(|file| file.exists()) {
                    tokio::fs::remove_file(file).await?;
                }
                Ok(())
            }
            Self::Named(server, name) => server.remove(name).await,
        }
    }
}

/// A SQLite database and what may stand beside it.
fn files(path: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    })
}

async fn copy_file(from: &Path, to: &Path) -> anyhow::Result<()> {
    Database::File(to.to_owned()).remove().await?;
    // the `-shm` is made anew from the `-wal`
    for (from, to) in files(from).iter().zip(files(to)).take(2) {
        if from.exists() {
            tokio::fs::copy(from, &to).await?;
            // what is still to be written must not slow down what is measured
            tokio::fs::File::open(&to).await?.sync_all().await?;
        }
    }
    Ok(())
}
