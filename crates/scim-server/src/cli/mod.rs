//! The command line of the program. It is not part of the public API.

#![allow(
    rustdoc::invalid_html_tags,
    rustdoc::bare_urls,
    reason = "the comments are the help of the command line"
)]

mod check;
mod connection;
mod doctor;
mod export;
mod filter;
mod flags;
mod import;
mod migrate;
mod print;
mod progress;
mod resource;
mod serve;
mod team;
mod user;
mod written;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};

use flags::Flags;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match actix_web::rt::System::new().block_on(cli.run()) {
        Ok(code) => code,
        Err(error) => {
            print::error(&error);
            ExitCode::FAILURE
        }
    }
}

/// A SCIM 2.0 server: Okta and Microsoft Entra ID push users and groups into it, and a group becomes a Team.
///
/// Without a command, it serves. On a loopback address, the first start creates credentials and shows them once; on any
/// other address, set SCIM_AUTH_CODE_OKTA or SCIM_AUTH_CODE_AZURE first.
#[derive(Debug, Parser)]
#[command(name = "scim-server", version, after_help = SHORT_EXAMPLES, after_long_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Option<Command>,
}

const SHORT_EXAMPLES: &str = "`--help` says more, with examples.";

const EXAMPLES: &str = "\
Examples:
  scim-server                                      serve on 127.0.0.1:8080 with a SQLite file here
  SCIM_AUTH_CODE_OKTA=okta:secret scim-server --listen 0.0.0.0:8080 --public-url https://scim.example.com
  scim-server connection create my-idp             a connection with a new secret
  scim-server connection rotate okta --grace 48h   a new secret; the old one works for two more days
  scim-server user list --connection okta --format json
  scim-server export --output backup.ndjson        everything, while the server runs
  scim-server import --input backup.ndjson --database-url postgres://scim@db/scim
  scim-server filter 'userName eq \"bjensen\" and active eq true'
  scim-server doctor                               what is wrong, and what to do about it

Configuration: flags win over environment variables, these over the file scim-server.toml (or --config), the file over
defaults. `scim-server config check` shows what is in force and where it came from.

Secrets come from the environment only: SCIM_AUTH_CODE_<NAME> turns on the connection <name> at /v1/scim/v2/<name>. Its
value is `user:password`, the base64 of it, or one token. Any connection accepts Basic and Bearer.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve SCIM until SIGTERM or Ctrl-C (the default)
    Serve,
    /// Create the database if needed, and update its schema
    Migrate,
    /// Connections of identity providers and their secrets
    #[command(subcommand)]
    Connection(connection::ConnectionCommand),
    /// Provisioned users
    #[command(subcommand)]
    User(resource::ResourceCommand),
    /// Teams: the provisioned groups
    #[command(subcommand)]
    Team(resource::ResourceCommand),
    /// Export connections with their users, teams and credentials to a file, for a backup or a move
    Export(export::ExportCommand),
    /// Import an exported file into a database where its connections are new or empty; all of it or nothing
    Import(import::ImportCommand),
    /// The configuration
    #[command(subcommand)]
    Config(check::ConfigCommand),
    /// Diagnose problems and suggest what to do; fails if there is a problem
    Doctor,
    /// Parse a SCIM filter: print its tree, or the error with a caret under it
    Filter(filter::FilterCommand),
}

/// How lists are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// Columns for people
    #[default]
    Text,
    /// JSON for programs
    Json,
}

impl Cli {
    /// Does what the command line says.
    async fn run(self) -> Result<ExitCode> {
        let flags = self.flags;
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => serve::serve(&flags).await,
            Command::Migrate => migrate::migrate(&flags).await,
            Command::Connection(command) => command.run(&flags).await,
            Command::User(command) => user::run(&command, &flags).await,
            Command::Team(command) => team::run(&command, &flags).await,
            Command::Export(command) => command.run(&flags).await,
            Command::Import(command) => command.run(&flags).await,
            Command::Config(command) => command.run(&flags),
            Command::Doctor => doctor::doctor(&flags).await,
            Command::Filter(command) => command.run(&flags),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_made() {
        Cli::command().debug_assert();
    }
}
