//! TLS with a certificate of the test.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps tests may stop at the first surprise, as tests do"
)]

mod support;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use scim_server::config::{Config, ConfigError};
use scim_server::{Application, StartError, tls};
use support::{AZURE, TestApp};
use tempfile::TempDir;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// Files with a certificate for `localhost` and its key.
struct Files {
    folder: TempDir,
    certificate: PathBuf,
    key: PathBuf,
}

fn files() -> Files {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let files = Files {
        certificate: folder.path().join("certificate.pem"),
        key: folder.path().join("key.pem"),
        folder,
    };
    fs::write(&files.certificate, made.cert.pem()).unwrap();
    fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    files
}

#[tokio::test]
async fn requests_over_tls_are_served_and_seen_as_https() {
    let files = files();
    let app = TestApp::start_with(|config| {
        config.tls.certificate = Some(files.certificate.clone());
        config.tls.key = Some(files.key.clone());
    })
    .await;
    let pem = fs::read(&files.certificate).unwrap();
    let url = format!(
        "https://localhost:{}/v1/scim/v2/azure/ServiceProviderConfig",
        app.port
    );
    let asking = tokio::task::spawn_blocking(move || {
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::from(vec![Certificate::from_pem(&pem).unwrap()]))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build();
        let agent = Agent::from(Agent::config_builder().tls_config(tls).build());
        let request = agent.get(&url).header("authorization", format!("Bearer {AZURE}"));
        request.call().unwrap().body_mut().read_to_string().unwrap()
    });
    let answer = asking.await.unwrap();
    let location = format!(
        "https://localhost:{}/v1/scim/v2/azure/ServiceProviderConfig",
        app.port
    );
    assert!(answer.contains(&location), "{answer}");
}

#[tokio::test]
async fn files_that_do_not_do_are_named() {
    let (one, other) = (files(), files());
    let error = tls::server_config(&one.certificate, &other.key).unwrap_err();
    assert!(error.to_string().contains("do not fit together"));
    let missing = one.folder.path().join("none.pem");
    let error = tls::server_config(&missing, &one.key).unwrap_err();
    assert!(error.to_string().contains("none.pem"));
    let error = tls::server_config(&one.key, &one.key).unwrap_err();
    assert!(error.to_string().contains("certificate"));

    let mut half = Config::default();
    half.tls.key = Some(one.key.clone());
    assert!(matches!(
        Application::build(half).await,
        Err(StartError::Config(ConfigError::HalfTls))
    ));

    let mut config = Config::default();
    config.tls.certificate = Some(missing);
    config.tls.key = Some(one.key.clone());
    assert!(matches!(
        Application::build(config).await,
        Err(StartError::Tls(_))
    ));
}
