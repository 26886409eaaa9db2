//! The command line.

mod progress;
mod reach;
mod run;
mod simulate;

use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::subject::{Credential, Profile, Subject, SubjectError};

pub use progress::Progress;

/// Judges any SCIM 2.0 server over HTTP.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the checks and report what the server breaks; exit 0 only when it breaks no MUST
    Run(run::Run),
    /// List the checks
    List(run::List),
    /// Play an initial sync and incremental cycles of an identity provider, and prove the end state
    Simulate(simulate::Simulate),
}

/// Where the server is, and how to sign in.
#[derive(Debug, Args)]
struct Target {
    /// What comes before `/Users`, such as https://scim.example.com/v2
    #[arg(long, env = "SCIM_BASE_URL")]
    base_url: String,
    /// The user name for Basic authentication
    #[arg(long, env = "SCIM_USER", requires = "password", conflicts_with = "token")]
    user: Option<String>,
    /// The password for Basic authentication
    #[arg(long, env = "SCIM_PASSWORD", hide_env_values = true, requires = "user")]
    password: Option<String>,
    /// The token for Bearer authentication
    #[arg(long, env = "SCIM_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// How many seconds to wait for an answer
    #[arg(long, default_value_t = 30)]
    timeout: u64,
}

impl Target {
    fn subject(&self, profile: Profile) -> Result<Subject, SubjectError> {
        let credential = match (&self.user, &self.password, &self.token) {
            (Some(user), Some(password), _) => Credential::Basic {
                user: user.clone(),
                password: password.clone(),
            },
            (_, _, Some(token)) => Credential::Bearer(token.clone()),
            _ => Credential::None,
        };
        Subject::new(
            &self.base_url,
            &credential,
            profile,
            Duration::from_secs(self.timeout),
        )
    }
}

impl Cli {
    /// Does what was asked; gives whether the server is as it must be.
    ///
    /// # Errors
    ///
    /// When the server is named wrongly, or the report cannot be written.
    pub async fn run(self) -> anyhow::Result<bool> {
        match self.command {
            Command::Run(run) => run.run().await,
            Command::List(list) => list.run(),
            Command::Simulate(simulate) => simulate.run().await,
        }
    }
}
