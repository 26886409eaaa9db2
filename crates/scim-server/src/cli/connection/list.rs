//! `scim-server connection list`

use anyhow::Result;
use clap::Args;
use scim_core::time::Timestamp;
use scim_profiles::profile::Profile;
use scim_storage::{Connection, Credential};
use serde_json::{Value, json};

use super::super::{Format, print};
use crate::config::Config;
use crate::database::{self, Opening};

/// `scim-server connection list …`
#[derive(Debug, Args)]
pub(crate) struct ListCommand {
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// A connection with all that is listed of it.
struct Listed {
    connection: Connection,
    profile: Profile,
    credentials: Vec<Credential>,
    /// The number of codes in the environment.
    codes: usize,
    accepts_access_tokens: bool,
}

impl ListCommand {
    /// Runs the command.
    pub(crate) async fn run(self, config: &Config) -> Result<()> {
        let store = database::open(&config.database, Opening::Existing).await?;
        let connections = store.connections();
        let trusts = config.trusts()?;
        let mut listed = Vec::new();
        for connection in connections.list().await? {
            let key = &connection.key;
            listed.push(Listed {
                profile: config.profile_of(key, connection.profile.as_deref())?,
                credentials: connections.credentials(key).await?,
                codes: config.auth_codes.get(key).map_or(0, Vec::len),
                accepts_access_tokens: trusts.contains_key(key),
                connection,
            });
        }
        match self.format {
            Format::Json => print::json(&listed.iter().map(Listed::to_json).collect()),
            Format::Text => print_columns(config, &listed),
        }
        Ok(())
    }
}

fn print_columns(config: &Config, listed: &[Listed]) {
    let titles = [
        "CONNECTION",
        "PROFILE",
        "USERS",
        "TEAMS",
        "SECRET",
        "CREATED",
        "EXPIRES",
        "LAST USED",
    ];
    let rows: Vec<_> = listed.iter().flat_map(Listed::rows).collect();
    print::columns(titles, &rows);
    for key in config.auth_codes.keys() {
        print::line(format!("{key}: a code from the environment is accepted too"));
    }
}

impl Listed {
    fn to_json(&self) -> Value {
        let credential = |credential: &Credential| {
            json!({
                "id": credential.id.get(),
                "hint": credential.hint,
                "created": credential.created.to_string(),
                "expires": credential.expires.map(|at| at.to_string()),
                "lastUsed": credential.last_used.map(|at| at.to_string()),
            })
        };
        json!({
            "name": self.connection.key.as_str(),
            "profile": self.profile.name(),
            "created": self.connection.created.to_string(),
            "users": self.connection.users,
            "teams": self.connection.teams,
            "codesInEnvironment": self.codes,
            "acceptsAccessTokens": self.accepts_access_tokens,
            "credentials": self.credentials.iter().map(credential).collect::<Vec<_>>(),
        })
    }

    /// A row for each credential, or one if there is none.
    fn rows(&self) -> Vec<[String; 8]> {
        let time = |time: Option<Timestamp>| time.map_or_else(|| "never".to_owned(), |time| time.to_string());
        let credential = |credential: &Credential| {
            self.row([
                credential.hint.clone(),
                credential.created.to_string(),
                time(credential.expires),
                time(credential.last_used),
            ])
        };
        match self.credentials.is_empty() {
            true => vec![self.row(["none", "", "", ""].map(str::to_owned))],
            false => self.credentials.iter().map(credential).collect(),
        }
    }

    fn row(&self, [hint, created, expires, used]: [String; 4]) -> [String; 8] {
        [
            self.connection.key.to_string(),
            self.profile.name().to_owned(),
            self.connection.users.to_string(),
            self.connection.teams.to_string(),
            hint,
            created,
            expires,
            used,
        ]
    }
}
