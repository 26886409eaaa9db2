//! `scim-server user …`

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
                Kind::User,
                ["CONNECTION", "ID", "USER NAME", "ACTIVE", "MODIFIED"],
                row,
                "users",
            )
            .await?;
        }
        ResourceCommand::Show { id, scope } => {
            let (user, mut transaction) = one(&config, scope, Kind::User, id).await?;
            let teams = transaction
                .memberships(std::slice::from_ref(&user.record.meta.id))
                .await?;
            let teams = teams
                .iter()
                .map(|team| json!({ "value": team.group.as_str(), "display": team.display }));
            let mut user = user.to_json();
            user.insert("groups".to_owned(), teams.collect());
            print::json(&Value::Object(user));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A user without `active` is active.
fn row(user: &Found) -> [String; 5] {
    let active = match user.cell("active") {
        active if active.is_empty() => "true".to_owned(),
        active => active,
    };
    [
        user.connection.to_string(),
        user.record.meta.id.to_string(),
        user.cell("userName"),
        active,
        user.record.meta.modified.to_string(),
    ]
}
