//! The server itself, if it runs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use super::Findings;
use crate::config::Config;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the server at its own address, and at its public one, if it runs.
pub(super) async fn check(config: Config, findings: &mut Findings) {
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
