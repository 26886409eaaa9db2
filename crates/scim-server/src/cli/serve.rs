//! `scim-server serve`

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use secrecy::ExposeSecret as _;

use super::flags::Flags;
use super::print;
use crate::auth::MadeCredential;
use crate::log::init_log;
use crate::{Application, stop_signal};

/// Serves until a signal.
pub(crate) async fn serve(flags: &Flags) -> Result<ExitCode> {
    let config = flags.load()?.config;
    init_log(&config.log)?;
    let stop = stop_signal().context("the signals to stop cannot be caught")?;
    let application = Application::build(config).await?;
    show_once(&application);
    application
        .run_until_stopped(stop)
        .await
        .context("the server failed")?;
    Ok(ExitCode::SUCCESS)
}

/// Shows the credentials of a first start, on standard error: the log on standard output never holds a secret.
fn show_once(application: &Application) {
    let made = application.made_credentials();
    if made.is_empty() {
        return;
    }
    print::notice(
        "\nThis is the first start, and no connection had a credential. These were made; they are not shown again:\n",
    );
    for credential in made {
        let MadeCredential {
            connection, secret, ..
        } = credential;
        print::notice(format!("  {:<6} {}", connection.as_str(), secret.expose_secret()));
    }
    print::notice("\nTry them:\n");
    for credential in made {
        let MadeCredential {
            connection, secret, ..
        } = credential;
        let (secret, url) = (
            secret.expose_secret(),
            format!("{}/v1/scim/v2/{connection}/Users", application.origin()),
        );
        print::notice(match connection.as_str() {
            "okta" => format!("  curl -u '{connection}:{secret}' '{url}'"),
            _ => format!("  curl -H 'Authorization: Bearer {secret}' '{url}'"),
        });
    }
    print::notice(
        "\nOkta: Basic auth, any user name, the secret as password. Entra ID: the secret as secret token.\n",
    );
}
