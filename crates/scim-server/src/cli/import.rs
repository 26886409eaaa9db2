//! `scim-server import`

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use super::flags::Flags;
use super::print;
use super::progress::Bar;
use crate::database::{self, Opening};
use crate::stop_signal;

/// `scim-server import …`
#[derive(Debug, Args)]
#[command(
    after_help = "Creates the database if needed, and updates its schema. Then the whole file is written in one transaction: if \
    a line is not valid, or the file is incomplete, nothing is written. A connection of the file may exist already, but must be \
    empty."
)]
pub(crate) struct ImportCommand {
    /// The file to read, `-` for standard input
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    input: PathBuf,
}

impl ImportCommand {
    /// Runs the command.
    pub(crate) async fn run(self, flags: &Flags) -> Result<ExitCode> {
        let config = flags.load()?.config;
        let types = config.defined_types()?;
        let input = open(&self.input).with_context(|| format!("cannot read `{}`", self.input.display()))?;
        let store = database::open_for_long(&config.database, Opening::Migrate).await?;
        let bar = Bar::new("importing");
        let mut watch = |progress| bar.show(progress);
        let import = store.import(input, &types, &mut watch);
        let stop = stop_signal().context("the signals to stop cannot be caught")?;
        let counts = tokio::select! {
            counts = import => counts.context("nothing was imported")?,
            () = stop => bail!("stopped; nothing was imported"),
        };
        bar.end();
        print::line(format!("imported {counts}"));
        Ok(ExitCode::SUCCESS)
    }
}

fn open(path: &Path) -> std::io::Result<Box<dyn BufRead + Send>> {
    Ok(match path.as_os_str() == "-" {
        true => Box::new(BufReader::new(std::io::stdin())),
        false => Box::new(BufReader::with_capacity(1 << 16, File::open(path)?)),
    })
}
