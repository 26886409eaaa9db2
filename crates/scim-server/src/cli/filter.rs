//! `scim-server filter`

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use scim_core::filter::Filter;

use super::flags::Flags;
use super::print;

/// `scim-server filter "<expression>"`
#[derive(Debug, Args)]
pub(crate) struct FilterCommand {
    /// A filter of RFC 7644 section 3.4.2.2: 'emails[type eq "work"] and active eq true'
    expression: String,
}

impl FilterCommand {
    /// Prints the tree, or the error under the text.
    pub(crate) fn run(&self, flags: &Flags) -> Result<ExitCode> {
        let limits = flags.load()?.config.service_limits().filter();
        match Filter::parse(&self.expression, &limits) {
            Ok(filter) => {
                print::line(filter.tree().to_string().trim_end());
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                print::notice(error.caret(&self.expression));
                print::notice(error);
                Ok(ExitCode::FAILURE)
            }
        }
    }
}
