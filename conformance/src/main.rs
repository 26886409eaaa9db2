//! The binary: see `scim-conformance --help`.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use scim_conformance::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // nobody is left to tell when standard error is closed
            drop(writeln!(std::io::stderr(), "scim-conformance: {error:#}"));
            ExitCode::from(2)
        }
    }
}
