//! `scim-server export`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use scim_service::connection::ConnectionKey;

use super::flags::Flags;
use super::print;
use super::progress::Bar;
use super::written::Output;
use crate::auth::canonical_key;
use crate::database::{self, Opening};
use crate::stop_signal;

/// `scim-server export …`
#[derive(Debug, Args)]
#[command(
    after_help = "The server may keep running: the file holds one consistent state of the database. It contains secrets as \
    hashes, but personal data in clear text, so only its owner can read it. `docs/export.md` describes the format."
)]
pub(crate) struct ExportCommand {
    /// Where to write, `-` for standard output; a file appears when it is complete
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// The connection; without it, all
    #[arg(long)]
    connection: Option<ConnectionKey>,
}

impl ExportCommand {
    /// Runs the command.
    pub(crate) async fn run(self, flags: &Flags) -> Result<ExitCode> {
        let config = flags.load()?.config;
        let connection = self.connection.map(canonical_key);
        let store = database::open_for_long(&config.database, Opening::Existing).await?;
        let cannot = || format!("cannot write `{}`", self.output.display());
        let mut output = Output::open(&self.output).with_context(cannot)?;
        let bar = Bar::new("exporting");
        let mut watch = |progress| bar.show(progress);
        let export = store.export(connection.as_ref(), output.writer(), &mut watch);
        let stop = stop_signal().context("the signals to stop cannot be caught")?;
        let counts = tokio::select! {
            counts = export => counts?,
            () = stop => bail!("stopped; nothing was written"),
        };
        output.keep().with_context(cannot)?;
        bar.end();
        print::notice(format!("exported {counts}"));
        Ok(ExitCode::SUCCESS)
    }
}
