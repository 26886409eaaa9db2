//! `scim-server doctor`

use std::fs::OpenOptions;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use scim_core::time::Instant;
use scim_server::config::{Config, Loaded};
use scim_server::database::{Database, Opening, sqlite_file};
use scim_server::tls;
use secrecy::ExposeSecret as _;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use super::flags::Flags;
use super::print;

/// A credential that ends sooner than that deserves a word.
const SOON_MILLIS: i64 = 14 * 24 * 3_600_000;
/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

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
            findings.good("configuration: every key is known and every value does");
            check_public_url(&config, &mut findings);
            check_tls(&config, &mut findings);
            check_file(&config, &mut findings);
            check_database(&config, &mut findings).await;
            check_server(config, &mut findings).await;
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
            findings.odd("public URL: not set; set SCIM_PUBLIC_URL before an identity provider is to reach this server");
        } else {
            findings.odd("public URL: not set, so it is what requests say; set SCIM_PUBLIC_URL to make locations certain");
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
        findings.good("TLS: off; a proxy in front is expected to do it");
        return;
    };
    match tls::server_config(certificate, key) {
        Ok(_) => findings.good("TLS: certificate and key are readable and fit together"),
        Err(error) => findings.bad(format!("TLS: {:#}", anyhow::Error::from(error))),
    }
}

/// Whether the file of a SQLite database and its folder can be written, and are open to others.
fn check_file(config: &Config, findings: &mut Findings) {
    let Some(file) = sqlite_file(config.database.url.expose_secret()) else {
        return;
    };
    let folder = match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    // SQLite keeps its journal beside the file, so the folder must be writable too
    let is_folder_writable = tempfile_in(folder);
    if !file.exists() {
        match is_folder_writable {
            Ok(()) => findings.odd(format!(
                "database file: `{}` is not there; the first start makes it",
                file.display()
            )),
            Err(error) => findings.bad(format!(
                "database file: `{}` cannot be made ({error}); change DATABASE_URL or the permissions of its folder",
                file.display()
            )),
        }
        return;
    }
    let opened = OpenOptions::new().read(true).write(true).open(&file).map(drop);
    match opened.and(is_folder_writable) {
        Ok(()) => findings.good(format!(
            "database file: `{}` and its folder can be written",
            file.display()
        )),
        Err(error) => findings.bad(format!(
            "database file: `{}` or its folder cannot be written ({error}); change the permissions",
            file.display()
        )),
    }
    #[cfg(unix)]
    if let Ok(metadata) = file.metadata() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o007 != 0 {
            findings.odd(format!(
                "database file: anybody on this machine can read it (mode {mode:o}); `chmod o-rwx {}`",
                file.display()
            ));
        }
    }
}

/// Makes a file in a folder and takes it away again.
fn tempfile_in(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(format!(".scim-server-doctor-{}", std::process::id()));
    OpenOptions::new().write(true).create_new(true).open(&probe)?;
    std::fs::remove_file(probe)
}

async fn check_database(config: &Config, findings: &mut Findings) {
    let is_missing = sqlite_file(config.database.url.expose_secret()).is_some_and(|file| !file.exists());
    if is_missing {
        check_codes_alone(config, findings);
        return;
    }
    match Database::open(&config.database, Opening::Existing).await {
        Ok(database) => {
            findings.good("database: it answers, and its schema is up to date");
            if let Err(error) = check_connections(config, &database, findings).await {
                findings.bad(format!("connections: {error:#}"));
            }
        }
        Err(error) => findings.bad(format!("database: {:#}", anyhow::Error::from(error))),
    }
}

fn check_codes_alone(config: &Config, findings: &mut Findings) {
    if config.auth_codes.is_empty() && !config.listen.ip().to_canonical().is_loopback() {
        findings.bad("connections: none has a credential; set SCIM_AUTH_CODE_OKTA or SCIM_AUTH_CODE_AZURE");
    }
    check_codes(config, findings);
}

fn check_codes(config: &Config, findings: &Findings) {
    for (key, codes) in &config.auth_codes {
        match codes.iter().any(|code| code.is_weak()) {
            true => findings.odd(format!(
                "connection `{key}`: its code is short and may be guessed; use 32 random characters"
            )),
            false => findings.good(format!("connection `{key}`: a code from the environment")),
        }
    }
}

async fn check_connections(config: &Config, database: &Database, findings: &mut Findings) -> Result<()> {
    check_codes(config, findings);
    let now = now();
    let connections = database.connections().await?;
    for connection in &connections {
        if config.auth_codes.contains_key(&connection.key) {
            continue;
        }
        let name = &connection.key;
        let credentials = database.credentials(name).await?;
        let valid = credentials
            .iter()
            .filter(|credential| credential.expires.is_none_or(|expiry| expiry > now));
        // a credential without an end outlasts all others
        let last = valid
            .map(|credential| credential.expires.map_or(i64::MAX, Instant::as_millis))
            .max();
        match last {
            None => findings.bad(format!(
                "connection `{name}`: no valid credential; `scim-server connection rotate {name}` makes one"
            )),
            Some(end) if end.saturating_sub(now.as_millis()) < SOON_MILLIS => findings.odd(format!(
                "connection `{name}`: its last credential ends at {}; `scim-server connection rotate {name}`",
                Instant::from_millis(end)
            )),
            Some(_) => findings.good(format!("connection `{name}`: has a valid credential")),
        }
    }
    if connections.is_empty() && config.auth_codes.is_empty() {
        findings
            .odd("connections: there is none; the first start on a loopback address makes okta and azure");
    }
    Ok(())
}

fn now() -> Instant {
    scim_server::database::now()
}

/// Asks the server at its own address, and at its public one, if it runs.
async fn check_server(config: Config, findings: &mut Findings) {
    let mut listen = config.listen;
    if listen.ip().is_unspecified() {
        listen.set_ip(match listen.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    if tokio::time::timeout(PATIENCE, tokio::net::TcpStream::connect(listen))
        .await
        .is_ok_and(|it| it.is_ok())
    {
        findings.good(format!("server: something listens on {listen}"));
    } else {
        findings.odd(format!("server: it does not run, nothing listens on {listen}"));
        return;
    }
    let mut origins = Vec::new();
    if config.tls.certificate.is_none() {
        origins.push(format!("http://{listen}"));
    }
    origins.extend(config.public_url);
    for origin in origins {
        let url = format!("{origin}/v1/readyz");
        let asked = tokio::task::spawn_blocking({
            let url = url.clone();
            move || agent().get(&url).call().map(|answer| answer.status().as_u16())
        });
        match asked.await {
            Ok(Ok(200)) => findings.good(format!("server: {url} says that it is ready")),
            Ok(Ok(status)) => findings.bad(format!("server: {url} answers {status}; its log says why")),
            Ok(Err(error)) => findings.bad(format!("server: {url} cannot be asked ({error})")),
            Err(error) => findings.bad(format!("server: {url} was not asked ({error})")),
        }
    }
}

fn agent() -> Agent {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .build()
        .into()
}
