//! Measures the release binary of scim-server, as a whole and through its door, beside *floor* servers.
//!
//! A floor does the one SQL statement behind a request and nothing of SCIM, so that a figure can be read as a ratio that
//! means the same on another machine. A run goes in rounds; in each, the subject and its floors are asked one after the
//! other, each warmed up first, so that what disturbs the machine disturbs all of them.
//!
//! | module | what it is |
//! |---|---|
//! | `cli` | what can be chosen |
//! | `floor` | the floors: `scim-benchmark floor orm\|pg\|raw` |
//! | `server` | processes, their databases, PostgreSQL |
//! | `load` | workloads, and the client that drives them |
//! | `rounds` | what is measured in which order |
//! | `results` | what was measured |
//! | `goals` | what is to be reached |
//! | `report` | results as text, Markdown, JSON and SVG |
//!
//! To add a workload, add it to `load::workload`, its steps to `load::plan`, and its request and answer to
//! `load::language`, and a goal to `goals` if there is one.

mod cli;
mod floor;
mod goals;
mod load;
mod machine;
mod print;
mod report;
mod results;
mod rounds;
mod server;

use std::process::ExitCode;

use clap::Parser as _;

/// That of the subject, so that the floors have no worse one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            print::notice(format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Whether every answer was what it must be.
fn run() -> anyhow::Result<bool> {
    let cli = cli::Cli::parse();
    if let Some(cli::Command::Floor { kind, port, database }) = cli.command {
        floor::serve(kind, port, &database)?;
        return Ok(true);
    }
    let options = cli.run.resolve()?;
    // one thread: the client shares the processor with the servers
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let results = runtime.block_on(rounds::run(&options))?;
    report::write(&results, &options)?;
    Ok(results.errors == 0)
}
