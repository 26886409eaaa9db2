//! `scim-server connection create`

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use scim_profiles::profile::Profile;
use scim_service::connection::ConnectionKey;

use super::super::Format;
use super::secret;
use crate::auth::{canonical_key, make_credential};
use crate::config::Config;
use crate::database::{self, Opening};

/// `scim-server connection create …`
#[derive(Debug, Args)]
pub(crate) struct CreateCommand {
    /// Its name, part of its base URL: lower-case letters, digits and hyphens
    name: ConnectionKey,
    /// standard, okta or entra; without it, the name decides
    #[arg(long, value_parser = profile)]
    profile: Option<Profile>,
    /// How long the secret is accepted: 90days; without it, until it is rotated
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    expires_in: Option<Duration>,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

fn profile(name: &str) -> Result<Profile, String> {
    Profile::by_name(name).ok_or_else(|| "use standard, okta or entra".to_owned())
}

impl CreateCommand {
    /// Runs the command.
    pub(crate) async fn run(self, config: &Config) -> Result<()> {
        let name = canonical_key(self.name);
        let store = database::open(&config.database, Opening::Prepare).await?;
        let connections = store.connections();
        match self.profile {
            Some(profile) => connections.set_profile(&name, profile.name()).await?,
            None => connections.ensure(&name).await.map(drop)?,
        }
        let made = make_credential(&connections, &name, self.expires_in).await?;
        secret::show(config, &made, self.format);
        Ok(())
    }
}
