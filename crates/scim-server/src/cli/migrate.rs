//! `scim-server migrate`

use std::process::ExitCode;

use anyhow::Result;
use crate::database::{Database, Opening};

use super::flags::Flags;
use super::print;

/// Makes the database and brings its schema up to date.
pub(crate) async fn migrate(flags: &Flags) -> Result<ExitCode> {
    let config = flags.load()?.config;
    Database::open(&config.database, Opening::Migrate).await?;
    print::line("the schema is up to date");
    Ok(ExitCode::SUCCESS)
}
