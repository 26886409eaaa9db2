//! Where servers are measured: makes their databases once, copies them, and starts servers on the copies.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow, ensure};
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::process::Command;

use super::child::{Process, free_port};
use super::database::Database;
use super::postgres::Postgres;
use super::process;
use super::target::{Target, floor_name};
use crate::floor::{connect_postgres, connect_sqlite};
use crate::load::directory::{Directory, Layout};
use crate::load::fill;
use crate::load::language::TOKEN;
use crate::print;

/// Changes when the tables of the floors or what is loaded do, so that no old file is taken for a new one.
const EDITION: u32 = 1;

/// The stage.
#[derive(Debug)]
pub(crate) struct Stage {
    server: PathBuf,
    cache: PathBuf,
    folder: TempDir,
    postgres: Option<Arc<Postgres>>,
}

/// A loaded database, to be copied.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    /// What it was loaded with.
    pub directory: Arc<Directory>,
    database: Database,
}

/// A server that runs on a database of its own.
#[derive(Debug)]
pub(crate) struct Running {
    /// Where it listens.
    pub port: u16,
    /// How long it took from being started until it was ready.
    pub started: Duration,
    process: Process,
    database: Database,
}

impl Running {
    /// The number of its process.
    pub(crate) fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Stops it, removes its database, and says how many MiB of memory it had at most.
    pub(crate) async fn stop(self) -> anyhow::Result<f64> {
        let memory = process::peak_memory(self.pid())?;
        self.process.stop(Signal::TERM).await?;
        self.database.remove().await?;
        Ok(memory)
    }
}

impl Stage {
    /// With a release binary, a folder for what is made once, and a PostgreSQL server where one is to be measured.
    pub(crate) fn new(
        server: PathBuf,
        cache: PathBuf,
        postgres: Option<Arc<Postgres>>,
    ) -> anyhow::Result<Self> {
        ensure!(
            server.exists(),
            "there is no {}: build it with `cargo build --release`, or name another with --server",
            server.display()
        );
        std::fs::create_dir_all(&cache)?;
        let folder = tempfile::Builder::new().prefix("run-").tempdir_in(&cache)?;
        Ok(Self {
            server,
            cache,
            folder,
            postgres,
        })
    }

    /// The loaded database of a target; it is made if it is not there.
    pub(crate) async fn template(&self, target: Target, users: usize) -> anyhow::Result<Template> {
        let layout = Layout::measured(users);
        if target.is_on_postgres() {
            let database = self.database(target, "template")?;
            print::notice(format!("loading {} with {users} users", target.title()));
            let directory = self.fill(target, &database, &layout).await?;
            if let Database::Named(server, name) = &database {
                server.analyze(name).await?;
            }
            return Ok(Template {
                directory: Arc::new(directory),
                database,
            });
        }
        let edition = match target {
            Target::Subject(_) => format!("scim-{:016x}", self.schema().await?),
            Target::Floor(_) => "floor".to_owned(),
        };
        let name = format!("{edition}-{EDITION}-{users}");
        let (kept, ids) = (
            self.cache.join(format!("{name}.sqlite")),
            self.cache.join(format!("{name}.json")),
        );
        if !ids.exists() {
            print::notice(format!("loading {} with {users} users", target.title()));
            let database = self.database(target, "template")?;
            let directory = self.fill(target, &database, &layout).await?;
            database.copy_to(&Database::File(kept.clone())).await?;
            database.remove().await?;
            directory.write(&ids)?;
        }
        Ok(Template {
            directory: Arc::new(Directory::read(&ids)?),
            database: Database::File(kept),
        })
    }

    /// Starts a target on a fresh copy of its template.
    pub(crate) async fn start(&self, target: Target, template: &Template) -> anyhow::Result<Running> {
        let database = self.database(target, "run")?;
        template.database.copy_to(&database).await?;
        self.serve(target, database).await
    }

    /// Starts a target on a database with nothing in it.
    pub(crate) async fn start_empty(&self, target: Target) -> anyhow::Result<Running> {
        let database = self.database(target, "empty")?;
        database.remove().await?;
        if let Database::Named(server, name) = &database {
            server.create(name, None).await?;
        }
        self.serve(target, database).await
    }

    /// Ends what was started for the stage itself.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        match self.postgres {
            Some(postgres) => postgres.stop().await,
            None => Ok(()),
        }
    }

    async fn fill(&self, target: Target, database: &Database, layout: &Layout) -> anyhow::Result<Directory> {
        if let Database::Named(server, name) = database {
            server.create(name, None).await?;
        }
        match target {
            Target::Subject(_) => {
                let running = self.serve(target, database.clone()).await?;
                let directory = fill::through_scim(running.port, layout).await?;
                running.process.stop(Signal::TERM).await?;
                Ok(directory)
            }
            Target::Floor(_) => {
                let connection = match database {
                    Database::File(path) => connect_sqlite(&path.display().to_string(), 1).await?,
                    Database::Named(..) => connect_postgres(&database.url(), 1).await?,
                };
                let directory = fill::floor_tables(&connection, layout).await?;
                connection.close().await?;
                Ok(directory)
            }
        }
    }

    async fn serve(&self, target: Target, database: Database) -> anyhow::Result<Running> {
        let port = free_port()?;
        let log = self.folder.path().join(format!("{}.log", label(target)));
        let (mut command, ready) = match target {
            Target::Subject(_) => {
                let mut command = Command::new(&self.server);
                command
                    .env("SCIM_LISTEN", format!("127.0.0.1:{port}"))
                    .env("SCIM_AUTH_CODE_AZURE", TOKEN)
                    .env("DATABASE_URL", database.url());
                (command, "/v1/readyz")
            }
            Target::Floor(floor) => {
                let mut command = Command::new(std::env::current_exe()?);
                command.args([
                    "floor",
                    &floor_name(floor),
                    "--port",
                    &port.to_string(),
                    "--database",
                ]);
                command.arg(database.address());
                (command, "/ready")
            }
        };
        command.current_dir(self.folder.path());
        let mut process = Process::start(&mut command, &log)?;
        let started = process
            .ready(port, ready, &log)
            .await
            .with_context(|| target.title())?;
        Ok(Running {
            port,
            started,
            process,
            database,
        })
    }

    fn database(&self, target: Target, purpose: &str) -> anyhow::Result<Database> {
        let name = format!("{}_{purpose}", label(target));
        if !target.is_on_postgres() {
            return Ok(Database::File(self.folder.path().join(format!("{name}.sqlite"))));
        }
        let server = self
            .postgres
            .clone()
            .ok_or_else(|| anyhow!("{} needs --postgres", target.title()))?;
        Ok(Database::Named(server, format!("scim_benchmark_{name}")))
    }

    /// What tells the tables of one version of the subject from those of another.
    async fn schema(&self) -> anyhow::Result<u64> {
        let target = Target::Subject(super::Subject::Sqlite);
        let running = self.start_empty(target).await?;
        let mut hasher = DefaultHasher::new();
        if let Database::File(path) = &running.database {
            schema_of(path)?.hash(&mut hasher);
        }
        running.stop().await?;
        Ok(hasher.finish())
    }
}

fn schema_of(path: &Path) -> anyhow::Result<Vec<Option<String>>> {
    let connection = rusqlite::Connection::open(path)?;
    let mut statement = connection.prepare("SELECT sql FROM sqlite_schema ORDER BY name")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn label(target: Target) -> String {
    match target {
        Target::Subject(subject) => subject.title().to_lowercase(),
        Target::Floor(floor) => format!("floor_{}", floor_name(floor)),
    }
}
