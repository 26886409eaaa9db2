//! `scim-server config check`

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use serde_json::{Value, json};

use super::flags::Flags;
use super::{Format, print};

/// `scim-server config …`
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show the configuration in force and where each part came from, secrets masked; fails if it does not do
    Check {
        /// How to print it
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

impl ConfigCommand {
    /// Runs the command.
    pub(crate) fn run(&self, flags: &Flags) -> Result<ExitCode> {
        let Self::Check { format } = self;
        let listing = flags.load()?.listing();
        match format {
            Format::Text => {
                let rows = listing
                    .into_iter()
                    .map(|line| [line.key, line.value, line.source]);
                print::columns(["KEY", "VALUE", "SOURCE"], &rows.collect::<Vec<_>>());
            }
            Format::Json => {
                let lines = listing
                    .into_iter()
                    .map(|line| json!({ "key": line.key, "value": line.value, "source": line.source }));
                print::json(&Value::Array(lines.collect()));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
