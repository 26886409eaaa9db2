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
    /// Show every setting with its value and source, its environment variable and its meaning; secrets are masked. Fails if the
    /// configuration is not valid
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
                let rows = listing.into_iter().map(|line| {
                    let variable = line.variable.unwrap_or("-").to_owned();
                    [
                        line.key,
                        line.value,
                        line.source,
                        variable,
                        line.meaning.to_owned(),
                    ]
                });
                let header = ["KEY", "VALUE", "SOURCE", "VARIABLE", "MEANING"];
                print::columns(header, &rows.collect::<Vec<_>>());
            }
            Format::Json => {
                let lines = listing.into_iter().map(|line| {
                    json!({
                        "key": line.key, "value": line.value, "source": line.source,
                        "variable": line.variable, "meaning": line.meaning,
                    })
                });
                print::json(&Value::Array(lines.collect()));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
