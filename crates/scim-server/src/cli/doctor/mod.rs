//! `scim-server doctor`

mod file;
mod oauth;
mod server;

use std::process::ExitCode;

use anyhow::Result;
use scim_core::time::Timestamp;
use scim_service::connection::ConnectionKey;
use scim_storage::Connections;

use super::flags::Flags;
use super::print;
use crate::auth::canonical_key;
use crate::clock::now;
use crate::config::{Config, Loaded};
use crate::database::{self, Opening};
use crate::tls;

/// A credential that ends sooner than that deserves a word.
const SOON_MILLIS: i64 = 14 * 24 * 3_600_000;

/// What was found so far.
#[derive(Default)]
struct Findings {
    has_failed: bool,
}

impl Findings {
    fn good(&self, text: impl AsRef<str>) {
        print::line(format!("✓ {}", text.as_ref()));
    }

    fn odd(&self, text: impl AsRef<str>) {
        print::line(format!("! {}", text.as_ref()));
    }

    fn bad(&mut self, text: impl AsRef<str>) {
        self.has_failed = true;
        print::line(format!("✗ {}", text.as_ref()));
    }
}

/// Looks at everything that a running server needs.
pub(crate) async fn doctor(flags: &Flags) -> Result<ExitCode> {
    let mut findings = Findings::default();
    match flags.load() {
        Ok(Loaded { config, .. }) => {
            findings.good("configuration: every key is known and every value is valid");
            check_public_url(&config, &mut findings);
            check_tls(&config, &mut findings);
            file::check(&config, &mut findings);
            check_database(&config, &mut findings).await;
            oauth::check(&config, &mut findings).await;
            server::check(config, &mut findings).await;
        }
        Err(error) => findings.bad(format!("configuration: {error}")),
    }
    Ok(match findings.has_failed {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

fn check_public_url(config: &Config, findings: &mut Findings) {
    let Some(url) = &config.public_url else {
        if config.listen.ip().is_loopback() && config.trusted_proxies.is_empty() {
            findings.odd("public URL: not set; set SCIM_PUBLIC_URL before you connect an identity provider");
        } else {
            findings
                .odd("public URL: not set, so it is taken from each request; set SCIM_PUBLIC_URL to fix it");
        }
        return;
    };
    if url.contains('_') {
        findings.bad(format!(
            "public URL: `{url}` has an underscore, which Okta refuses; use another name"
        ));
    } else if !url.starts_with("https://") {
        findings.odd(format!(
            "public URL: `{url}` is not https; Okta and Entra ID send secrets over https only"
        ));
    } else {
        findings.good(format!("public URL: {url}"));
    }
}

fn check_tls(config: &Config, findings: &mut Findings) {
    let (Some(certificate), Some(key)) = (&config.tls.certificate, &config.tls.key) else {
        findings.good("TLS: off; a proxy in front is expected to terminate it");
        return;
    };
    match tls::server_config(certificate, key) {
        Ok(_) => findings.good("TLS: certificate and key are readable and match"),
        Err(error) => findings.bad(format!("TLS: {:#}", anyhow::Error::from(error))),
    }
}

async fn check_database(config: &Config, findings: &mut Findings) {
    if database::missing_file(&config.database).is_some() {
        check_codes_alone(config, findings);
        return;
    }
    match database::open(&config.database, Opening::Existing).await {
        Ok(store) => {
            findings.good("database: it answers, and its schema is up to date");
            if let Err(error) = check_connections(config, &store.connections(), findings).await {
                findings.bad(format!("connections: {error:#}"));
            }
        }
        Err(error) => findings.bad(format!("database: {:#}", anyhow::Error::from(error))),
    }
}

fn check_codes_alone(config: &Config, findings: &mut Findings) {
    let has_trust = config.trusts().is_ok_and(|trusts| !trusts.is_empty());
    if config.auth_codes.is_empty() && !has_trust && !config.listen.ip().to_canonical().is_loopback() {
        findings.bad("connections: none has a credential; set SCIM_AUTH_CODE_OKTA or SCIM_AUTH_CODE_AZURE");
    }
    check_codes(config, findings);
    check_configured(config, &[], findings);
}

/// Finds configured connections that nobody can authenticate to. Of those `stored` in the database, the credentials are checked.
fn check_configured(config: &Config, stored: &[ConnectionKey], findings: &mut Findings) {
    let trusts = config.trusts().unwrap_or_default();
    let is_first_start = stored.is_empty() && config.auth_codes.is_empty() && trusts.is_empty();
    // the first start on a loopback address creates credentials for both
    let are_created = is_first_start && config.listen.ip().to_canonical().is_loopback();
    let names = config.connections.keys().filter_map(|name| name.parse().ok());
    for name in names.map(canonical_key) {
        let is_created = are_created && matches!(name.as_str(), "okta" | "azure");
        let is_open = config.auth_codes.contains_key(&name) || trusts.contains_key(&name);
        if !is_open && !is_created && !stored.contains(&name) {
            findings.bad(format!(
                "connection `{name}`: configured, but without a credential; `scim-server connection create {name}` makes one"
            ));
        }
    }
}

fn check_codes(config: &Config, findings: &Findings) {
    for (key, codes) in &config.auth_codes {
        match codes.iter().any(|code| code.is_weak()) {
            true => findings.odd(format!(
                "connection `{key}`: its code is short and could be guessed; use 32 random characters"
            )),
            false => findings.good(format!("connection `{key}`: a code from the environment")),
        }
    }
}

async fn check_connections(config: &Config, kept: &Connections, findings: &mut Findings) -> Result<()> {
    check_codes(config, findings);
    let now = now();
    let trusts = config.trusts()?;
    let connections = kept.list().await?;
    for connection in &connections {
        if config.auth_codes.contains_key(&connection.key) || trusts.contains_key(&connection.key) {
            continue;
        }
        let name = &connection.key;
        let credentials = kept.credentials(name).await?;
        let valid = credentials
            .iter()
            .filter(|credential| credential.expires.is_none_or(|expiry| expiry > now));
        // a credential without an end outlasts all others
        let last = valid
            .map(|credential| credential.expires.map_or(i64::MAX, Timestamp::as_millis))
            .max();
        match last {
            None => findings.bad(format!(
                "connection `{name}`: no valid credential; `scim-server connection rotate {name}` makes one"
            )),
            Some(end) if end.saturating_sub(now.as_millis()) < SOON_MILLIS => findings.odd(format!(
                "connection `{name}`: its last credential expires at {}; `scim-server connection rotate {name}`",
                Timestamp::from_millis(end)
            )),
            Some(_) => findings.good(format!("connection `{name}`: has a valid credential")),
        }
    }
    let stored: Vec<_> = connections.into_iter().map(|connection| connection.key).collect();
    check_configured(config, &stored, findings);
    if stored.is_empty() && config.auth_codes.is_empty() && trusts.is_empty() {
        findings
            .odd("connections: there are none; the first start on a loopback address creates okta and azure");
    }
    Ok(())
}
