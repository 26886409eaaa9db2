//! `scim-server connection delete`

use anyhow::{Result, bail};
use clap::Args;
use scim_service::connection::ConnectionKey;

use super::super::print;
use super::find;
use crate::auth::canonical_key;
use crate::config::Config;
use crate::database::{self, Opening};

/// `scim-server connection delete …`
#[derive(Debug, Args)]
pub(crate) struct DeleteCommand {
    /// The connection
    name: ConnectionKey,
    /// Really
    #[arg(long)]
    yes: bool,
}

impl DeleteCommand {
    /// Runs the command.
    pub(crate) async fn run(self, config: &Config) -> Result<()> {
        let name = canonical_key(self.name);
        let store = database::open(&config.database, Opening::Existing).await?;
        let connections = store.connections();
        let Some(connection) = find(&connections, &name).await? else {
            bail!("there is no connection `{name}`");
        };
        if !self.yes {
            bail!(
                "this deletes `{name}` with {} users and {} teams for good; add --yes to do it",
                connection.users,
                connection.teams
            );
        }
        if let Some(removed) = connections.delete(&name).await? {
            print::line(format!(
                "deleted `{name}` with {} users, {} teams and {} credentials",
                removed.users, removed.teams, removed.credentials
            ));
        }
        Ok(())
    }
}
