//! `scim-server connection …`

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Subcommand;
use scim_core::time::Timestamp;
use scim_profiles::profile::Profile;
use scim_service::connection::ConnectionKey;
use scim_storage::Connections;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::flags::Flags;
use super::{Format, print};
use crate::auth::{MadeCredential, canonical_key, make_credential, retire_credentials};
use crate::config::Config;
use crate::database::{self, Opening};

/// `scim-server connection …`
#[derive(Debug, Subcommand)]
pub(crate) enum ConnectionCommand {
    /// List connections, their credentials (never a secret) and how many users and teams each has
    List {
        /// How to print them
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Create a connection, unless it exists, and a secret for it, which is shown once
    Create {
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
    },
    /// Create a new secret, which is shown once; earlier secrets expire after a grace period
    Rotate {
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
    },
    /// Permanently delete a connection with its users, teams and credentials
    Delete {
        /// The connection
        name: ConnectionKey,
        /// Really
        #[arg(long)]
        yes: bool,
    },
}

fn profile(name: &str) -> Result<Profile, String> {
    Profile::by_name(name).ok_or_else(|| "use standard, okta or entra".to_owned())
}

impl ConnectionCommand {
    /// Runs the command.
    pub(crate) async fn run(self, flags: &Flags) -> Result<ExitCode> {
        let config = flags.load()?.config;
        match self {
            Self::List { format } => list(&config, format).await?,
            Self::Create {
                name,
                profile,
                expires_in,
                format,
            } => {
                let name = canonical_key(name);
                let store = database::open(&config.database, Opening::Prepare).await?;
                let connections = store.connections();
                match profile {
                    Some(profile) => connections.set_profile(&name, profile.name()).await?,
                    None => connections.ensure(&name).await.map(drop)?,
                }
                let made = make_credential(&connections, &name, expires_in).await?;
                show(&config, &made, format);
            }
            Self::Rotate {
                name,
                grace,
                expires_in,
                format,
            } => {
                let name = canonical_key(name);
                let store = database::open(&config.database, Opening::Existing).await?;
                let connections = store.connections();
                known(&connections, &name).await?;
                let made = make_credential(&connections, &name, expires_in).await?;
                let retired = retire_credentials(&connections, &name, made.id, grace).await?;
                show(&config, &made, format);
                let grace = humantime::format_duration(grace);
                print::notice(format!(
                    "secrets made before: {retired}, each ends within {grace}"
                ));
                if config.auth_codes.contains_key(&name) {
                    print::notice(
                        "the code from the environment is accepted as before; unset it when the new secret is in use",
                    );
                }
            }
            Self::Delete { name, yes } => {
                let name = canonical_key(name);
                let store = database::open(&config.database, Opening::Existing).await?;
                let connections = store.connections();
                let Some(connection) = find(&connections, &name).await? else {
                    bail!("there is no connection `{name}`");
                };
                if !yes {
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
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn find(connections: &Connections, name: &ConnectionKey) -> Result<Option<scim_storage::Connection>> {
    let connections = connections.list().await?;
    Ok(connections.into_iter().find(|connection| connection.key == *name))
}

async fn known(connections: &Connections, name: &ConnectionKey) -> Result<()> {
    match find(connections, name).await? {
        Some(_) => Ok(()),
        None => bail!("there is no connection `{name}`; `scim-server connection create {name}` makes it"),
    }
}

/// Shows a new secret. Standard output holds it alone, so that it can be piped into a vault.
fn show(config: &Config, made: &MadeCredential, format: Format) {
    let base = config.public_url.clone().unwrap_or_else(|| {
        let scheme = if config.tls.certificate.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", config.listen)
    });
    let base = format!("{base}/v1/scim/v2/{}", made.connection);
    match format {
        Format::Text => {
            print::notice(format!("base URL: {base}"));
            print::notice(
                "this secret is shown once; as Bearer token, or as password of Basic with any user name:",
            );
            print::line(made.secret.expose_secret());
        }
        Format::Json => print::json(&json!({
            "connection": made.connection.as_str(),
            "baseUrl": base,
            "credential": made.id.get(),
            "secret": made.secret.expose_secret(),
            "expires": made.expires.map(|at| at.to_string()),
        })),
    }
}

async fn list(config: &Config, format: Format) -> Result<()> {
    let store = database::open(&config.database, Opening::Existing).await?;
    let connections = store.connections();
    let trusts = config.trusts()?;
    let mut lines = Vec::new();
    for connection in connections.list().await? {
        let credentials = connections.credentials(&connection.key).await?;
        let profile = config.profile_of(&connection.key, connection.profile.as_deref())?;
        lines.push((connection, profile, credentials));
    }
    let time = |time: Option<Timestamp>| time.map_or_else(|| "never".to_owned(), |time| time.to_string());
    let json = lines.iter().map(|(connection, profile, credentials)| {
        let credentials = credentials.iter().map(|credential| {
            json!({
                "id": credential.id.get(),
                "hint": credential.hint,
                "created": credential.created.to_string(),
                "expires": credential.expires.map(|at| at.to_string()),
                "lastUsed": credential.last_used.map(|at| at.to_string()),
            })
        });
        json!({
            "name": connection.key.as_str(),
            "profile": profile.name(),
            "created": connection.created.to_string(),
            "users": connection.users,
            "teams": connection.teams,
            "codesInEnvironment": config.auth_codes.get(&connection.key).map_or(0, Vec::len),
            "acceptsAccessTokens": trusts.contains_key(&connection.key),
            "credentials": credentials.collect::<Vec<_>>(),
        })
    });
    if format == Format::Json {
        print::json(&Value::Array(json.collect()));
        return Ok(());
    }
    let mut rows = Vec::new();
    for (connection, profile, credentials) in &lines {
        let head = || {
            [
                connection.key.to_string(),
                profile.name().to_owned(),
                connection.users.to_string(),
                connection.teams.to_string(),
            ]
        };
        let row = |hint: &str, created: String, expires: String, used: String| {
            let [name, profile, users, teams] = head();
            [
                name,
                profile,
                users,
                teams,
                hint.to_owned(),
                created,
                expires,
                used,
            ]
        };
        for credential in credentials {
            rows.push(row(
                &credential.hint,
                credential.created.to_string(),
                time(credential.expires),
                time(credential.last_used),
            ));
        }
        if credentials.is_empty() {
            rows.push(row("none", String::new(), String::new(), String::new()));
        }
    }
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
    print::columns(titles, &rows);
    for key in config.auth_codes.keys() {
        print::line(format!("{key}: a code from the environment is accepted too"));
    }
    Ok(())
}
