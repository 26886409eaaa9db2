//! `scim-server connection rotate`

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use scim_service::connection::ConnectionKey;

use super::super::{Format, print};
use super::{find, secret};
use crate::auth::{canonical_key, make_credential, retire_credentials};
use crate::config::Config;
use crate::database::{self, Opening};

/// `scim-server connection rotate …`
#[derive(Debug, Args)]
pub(crate) struct RotateCommand {
    /// The connection
    name: ConnectionKey,
    /// How long earlier secrets are still accepted: 0s ends them now
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = humantime::parse_duration)]
    grace: Duration,
    /// How long the new secret is accepted; without it, until it is rotated
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    expires_in: Option<Duration>,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl RotateCommand {
    /// Runs the command.
    pub(crate) async fn run(self, config: &Config) -> Result<()> {
        let name = canonical_key(self.name);
        let store = database::open(&config.database, Opening::Existing).await?;
        let connections = store.connections();
        if find(&connections, &name).await?.is_none() {
            bail!("there is no connection `{name}`; `scim-server connection create {name}` makes it");
        }
        let made = make_credential(&connections, &name, self.expires_in).await?;
        // it is stored, and shown nowhere else, so it is shown whatever happens next
        secret::show(config, &made, self.format);
        let retired = retire_credentials(&connections, &name, made.id, self.grace).await;
        let retired =
            retired.context("the new secret works, but earlier ones do not expire: rotate again")?;
        let grace = humantime::format_duration(self.grace);
        print::notice(format!(
            "secrets made before: {retired}, each ends within {grace}"
        ));
        if config.auth_codes.contains_key(&name) {
            print::notice(
                "the code from the environment is accepted as before; unset it when the new secret is in use",
            );
        }
        Ok(())
    }
}
