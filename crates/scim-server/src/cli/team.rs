//! `scim-server team …`

use std::process::ExitCode;

use anyhow::Result;
use scim_service::store::Kind;
use serde_json::{Value, json};

use super::flags::Flags;
use super::print;
use super::resource::{Found, ResourceCommand, one};

/// Runs the command.
pub(crate) async fn run(command: &ResourceCommand, flags: &Flags) -> Result<ExitCode> {
    let config = flags.load()?.config;
    match command {
        ResourceCommand::List(list) => {
            list.print(
                &config,
                Kind::Group,
                ["CONNECTION", "ID", "NAME", "MODIFIED"],
                row,
                "teams",
            )
            .await?;
        }
        ResourceCommand::Show { id, scope } => {
            let (team, mut transaction) = one(&config, scope, Kind::Group, id).await?;
            let members = transaction
                .members(std::slice::from_ref(&team.record.meta.id))
                .await?;
            let members = members
                .iter()
                .map(|member| json!({ "value": member.user.as_str(), "display": member.display }));
            let mut team = team.to_json();
            team.insert("members".to_owned(), members.collect());
            print::json(&Value::Object(team));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn row(team: &Found) -> [String; 4] {
    [
        team.connection.to_string(),
        team.record.meta.id.to_string(),
        team.cell("displayName"),
        team.record.meta.modified.to_string(),
    ]
}
