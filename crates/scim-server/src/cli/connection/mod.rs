//! `scim-server connection …`

mod create;
mod delete;
mod list;
mod rotate;
mod secret;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use scim_service::connection::ConnectionKey;
use scim_storage::{Connection, Connections};

use super::flags::Flags;

/// `scim-server connection …`
#[derive(Debug, Subcommand)]
pub(crate) enum ConnectionCommand {
    /// List connections, their credentials (never a secret) and how many users and teams each has
    List(list::ListCommand),
    /// Create a connection, unless it exists, and a secret for it, which is shown once
    Create(create::CreateCommand),
    /// Create a new secret, which is shown once; earlier secrets expire after a grace period
    Rotate(rotate::RotateCommand),
    /// Permanently delete a connection with its users, teams and credentials
    Delete(delete::DeleteCommand),
}

impl ConnectionCommand {
    /// Runs the command.
    pub(crate) async fn run(self, flags: &Flags) -> Result<ExitCode> {
        let config = flags.load()?.config;
        match self {
            Self::List(command) => command.run(&config).await?,
            Self::Create(command) => command.run(&config).await?,
            Self::Rotate(command) => command.run(&config).await?,
            Self::Delete(command) => command.run(&config).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn find(connections: &Connections, name: &ConnectionKey) -> Result<Option<Connection>> {
    let connections = connections.list().await?;
    Ok(connections.into_iter().find(|connection| connection.key == *name))
}
