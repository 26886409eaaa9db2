//! `scim-server team …`

use std::process::ExitCode;

use anyhow::Result;
use scim_service::store::Kind;
use serde_json::{Value, json};

use super::flags::Flags;
use super::resource::{Found, ResourceCommand, more, one, page};
use super::{Format, print};

/// Runs the command.
pub(crate) async fn run(command: &ResourceCommand, flags: &Flags) -> Result<ExitCode> {
    let config = flags.load()?.config;
    match command {
        ResourceCommand::List {
            scope,
            start_index,
            count,
            format,
        } => {
            let (teams, total) = page(&config, scope, Kind::Group, *start_index, *count).await?;
            match format {
                Format::Text => {
                    let rows: Vec<[String; 4]> = teams.iter().map(row).collect();
                    print::columns(["CONNECTION", "ID", "NAME", "MODIFIED"], &rows);
                    more(teams.len(), total, *start_index, *count);
                }
                Format::Json => {
                    let teams = teams.iter().map(|team| Value::Object(team.to_json()));
                    print::json(&json!({ "total": total, "teams": teams.collect::<Vec<_>>() }));
                }
            }
        }
        ResourceCommand::Show { id, scope } => {
            let (team, mut transaction) = one(&config, scope, Kind::Group, id).await?;
            let members = transaction
                .members(std::slice::from_ref(&team.record.meta.id), None)
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
