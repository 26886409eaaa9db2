//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};

use crate::floor::FloorKind;
use crate::load::workload::Workload;

/// What a server needs to be awake.
const LEAST_WARM_UP: Duration = Duration::from_millis(500);

/// Measures the release binary of scim-server beside servers that do the SQL of a request and nothing of SCIM.
///
/// Starts the servers as child processes on free ports, with databases of their own in a temporary folder, drives each
/// workload over a number of connections, and prints requests per second with their spread, the ratio to each floor,
/// latencies, processor time of the server for 1,000 requests, and which goals are met.
///
/// Every answer is checked; if one is wrong, the exit code is 1.
///
/// Build both first: `cargo build --release -p scim-server -p scim-benchmark`. Leave the machine alone meanwhile.
#[derive(Debug, Parser)]
#[command(name = "scim-benchmark", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub run: Run,
}

/// What else it can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves a floor; the benchmark starts these by itself
    Floor {
        /// Which
        kind: FloorKind,
        /// The port of 127.0.0.1
        #[arg(long)]
        port: u16,
        /// The path of a SQLite file, or the URL of a PostgreSQL database, with the tables in it
        #[arg(long)]
        database: String,
    },
}

/// What is measured, and how.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Users that are loaded: 10000, 100000 or 1000000
    #[arg(long, default_value_t = 10_000)]
    users: usize,
    /// Connections at the same time, with commas between; lists, groups and members are measured on one
    #[arg(long, value_delimiter = ',', default_values_t = [1, 8, 32])]
    connections: Vec<usize>,
    /// How often everything is measured
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of a measurement; a third of that, or half a second, goes before it to warm up
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Only these workloads: get, hit, miss, patch, members, group, page, cursor, mixed, post, bulk
    #[arg(long, value_delimiter = ',')]
    workloads: Vec<String>,
    /// The floors on SQLite to compare with
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [FloorKind::Orm, FloorKind::Raw])]
    floors: Vec<FloorKind>,
    /// Measures on PostgreSQL, too: `postgres://user@host:port`, or `auto` for a server of its own with default settings
    #[arg(long)]
    postgres: Option<String>,
    /// The binary that is measured [default: scim-server beside this program]
    #[arg(long)]
    server: Option<PathBuf>,
    /// The folder for loaded databases, which are made once for each number of users
    #[arg(long, default_value = "target/benchmark")]
    cache: PathBuf,
    /// Leaves out the initial sync of all users (of 100,000 at most) and a group for every 100 of them
    #[arg(long)]
    no_sync: bool,
    /// Takes below a minute: 8 connections, 1 round, 1 second
    #[arg(long)]
    quick: bool,
    /// Writes everything measured as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// Draws the ratios
    #[arg(long)]
    svg: Option<PathBuf>,
    /// Writes the tables as Markdown; a file that has the lines `<!-- benchmark -->` and `<!-- /benchmark -->` keeps
    /// what is outside of them
    #[arg(long)]
    markdown: Option<PathBuf>,
}

/// What is measured, and how, with nothing left open.
#[derive(Debug)]
pub(crate) struct Options {
    pub users: usize,
    pub connections: Vec<usize>,
    pub rounds: usize,
    pub time: Duration,
    pub warm_up: Duration,
    pub workloads: Vec<Workload>,
    pub floors: Vec<FloorKind>,
    pub postgres: Option<String>,
    pub server: PathBuf,
    pub cache: PathBuf,
    pub sync: bool,
    pub json: Option<PathBuf>,
    pub svg: Option<PathBuf>,
    pub markdown: Option<PathBuf>,
}

impl Run {
    /// Fills in what was not said.
    pub(crate) fn resolve(self) -> anyhow::Result<Options> {
        anyhow::ensure!(self.users >= 1_000, "--users must be at least 1000");
        anyhow::ensure!(
            self.rounds > 0 && self.connections.iter().all(|count| (1..=500).contains(count)),
            "--rounds must be at least 1, and --connections from 1 to 500"
        );
        let mut workloads = Workload::all(self.users);
        if let Some(unknown) = self
            .workloads
            .iter()
            .find(|name| workloads.iter().all(|workload| workload.name() != *name))
        {
            anyhow::bail!("there is no workload `{unknown}` with so many users");
        }
        if !self.workloads.is_empty() {
            workloads.retain(|workload| self.workloads.iter().any(|name| workload.name() == name));
        }
        let seconds = if self.quick { 1.0 } else { self.seconds };
        let time = Duration::try_from_secs_f64(seconds).context("--seconds")?;
        let server = match self.server {
            Some(server) => server,
            None => std::env::current_exe()?.with_file_name("scim-server"),
        };
        std::fs::create_dir_all(&self.cache)?;
        Ok(Options {
            users: self.users,
            connections: if self.quick { vec![8] } else { self.connections },
            rounds: if self.quick { 1 } else { self.rounds },
            time,
            warm_up: (time / 3).max(LEAST_WARM_UP),
            workloads,
            floors: self
                .floors
                .into_iter()
                .filter(|floor| *floor != FloorKind::Pg)
                .collect(),
            postgres: self.postgres,
            server: std::path::absolute(server)?,
            cache: self.cache.canonicalize()?,
            sync: !self.no_sync && !self.quick,
            json: self.json,
            svg: self.svg,
            markdown: self.markdown,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
