//! `scim-server migrate`

use std::process::ExitCode;

use anyhow::Result;

use super::flags::Flags;
use super::print;
use crate::database::{self, Opening};

/// Makes the database and brings its schema up to date.
pub(crate) async fn migrate(flags: &Flags) -> Result<ExitCode> {
    let config = flags.load()?.config;
    database::open(&config.database, Opening::Migrate).await?;
    print::line("the schema is up to date");
    Ok(ExitCode::SUCCESS)
}
