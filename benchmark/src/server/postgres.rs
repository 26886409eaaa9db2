//! A PostgreSQL server: one that is there, or one of its own with default settings, which ends with the benchmark.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use rustix::process::{Signal, getuid};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use tokio::process::Command;
use tokio::time::{Duration, sleep};

use super::child::{Process, free_port};
use crate::floor::connect_postgres;

/// Where Debian keeps the programs, newest first; otherwise they are looked for in `PATH`.
const FOLDERS: [&str; 4] = [
    "/usr/lib/postgresql/18/bin",
    "/usr/lib/postgresql/17/bin",
    "/usr/lib/postgresql/16/bin",
    "/usr/lib/postgresql/15/bin",
];

/// A server.
pub(crate) struct Postgres {
    address: String,
    admin: DatabaseConnection,
    own: tokio::sync::Mutex<Option<(Process, PathBuf)>>,
}

impl fmt::Debug for Postgres {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Postgres").finish_non_exhaustive()
    }
}

impl Postgres {
    /// A server that is there: `postgres://user@host:port`.
    pub(crate) async fn at(address: &str) -> anyhow::Result<Self> {
        let address = address.trim_end_matches('/').to_owned();
        Ok(Self {
            admin: connect_postgres(&format!("{address}/postgres"), 1).await?,
            address,
            own: tokio::sync::Mutex::default(),
        })
    }

    /// A server of its own, in a folder that is removed at the end.
    pub(crate) async fn start(log: &Path) -> anyhow::Result<Self> {
        let data = text_of(as_postgres("mktemp").args(["-d", "/tmp/scim-benchmark-XXXXXX"])).await?;
        let data = PathBuf::from(data.trim());
        text_of(
            as_postgres(&program("initdb"))
                .args([
                    "--auth=trust",
                    "--username=benchmark",
                    "--encoding=UTF8",
                    "--pgdata",
                ])
                .arg(&data),
        )
        .await?;
        let port = free_port()?;
        let mut command = as_postgres(&program("postgres"));
        command.arg("-D").arg(&data).arg("-k").arg(&data);
        command.args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        let process = Process::start(&mut command, log)?;
        let address = format!("postgres://benchmark@127.0.0.1:{port}");
        for _ in 0..100 {
            if let Ok(mut server) = Self::at(&address).await {
                *server.own.get_mut() = Some((process, data));
                return Ok(server);
            }
            sleep(Duration::from_millis(100)).await;
        }
        anyhow::bail!("PostgreSQL does not start; its log is {}", log.display());
    }

    /// The URL of a database.
    pub(crate) fn url(&self, name: &str) -> String {
        format!("{}/{name}", self.address)
    }

    /// Makes a database, as a copy of another where one is named; what was there is removed.
    pub(crate) async fn create(&self, name: &str, template: Option<&str>) -> anyhow::Result<()> {
        self.remove(name).await?;
        let template = template.map_or(String::new(), |template| format!(" TEMPLATE {template}"));
        self.run(&format!("CREATE DATABASE {name}{template}")).await
    }

    /// Brings the statistics of a database up to date, as autovacuum does a while after a load.
    pub(crate) async fn analyze(&self, name: &str) -> anyhow::Result<()> {
        let database = connect_postgres(&self.url(name), 1).await?;
        database.execute_unprepared("VACUUM ANALYZE").await?;
        Ok(database.close().await?)
    }

    /// Removes a database.
    pub(crate) async fn remove(&self, name: &str) -> anyhow::Result<()> {
        self.run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .await
    }

    /// Stops the server if it is its own.
    pub(crate) async fn stop(&self) -> anyhow::Result<()> {
        if let Some((process, data)) = self.own.lock().await.take() {
            // SIGINT: a shutdown that does not wait for clients
            process.stop(Signal::INT).await?;
            std::fs::remove_dir_all(data)?;
        }
        Ok(())
    }

    async fn run(&self, sql: &str) -> anyhow::Result<()> {
        self.admin
            .execute_unprepared(sql)
            .await
            .with_context(|| format!("PostgreSQL refuses `{sql}`"))?;
        Ok(())
    }
}

/// A command, as the user `postgres` where this is root: PostgreSQL refuses to run as root.
fn as_postgres(program: &str) -> Command {
    if !getuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args([
        "--reuid=postgres",
        "--regid=postgres",
        "--clear-groups",
        "--",
        program,
    ]);
    command.current_dir("/tmp");
    command
}

fn program(name: &str) -> String {
    FOLDERS
        .iter()
        .map(|folder| format!("{folder}/{name}"))
        .find(|path| Path::new(path).exists())
        .unwrap_or_else(|| name.to_owned())
}

async fn text_of(command: &mut Command) -> anyhow::Result<String> {
    let output = command
        .output()
        .await
        .context("a program of PostgreSQL is missing")?;
    ensure!(
        output.status.success(),
        "a program of PostgreSQL failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}
