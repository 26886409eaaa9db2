//! TLS, with a certificate that nobody trusts but who is told to.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::time::Duration;

use scim_client::{ClientError, Query, Retry, ScimClient};
use support::{Server, TOKEN};

#[tokio::test]
async fn only_who_is_trusted_is_spoken_to() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (
        folder.path().join("certificate.pem"),
        folder.path().join("key.pem"),
    );
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let server = Server::start_with(|config| {
        config.tls.certificate = Some(certificate);
        config.tls.key = Some(key);
    })
    .await;
    let url = server.origin.replace("http://127.0.0.1", "https://localhost") + "/v1/scim/v2/standard";
    // whoever tries again waits for an hour
    let hour = Duration::from_secs(3600);
    let retry = Retry::default()
        .max_elapsed(hour * 10)
        .initial_pause(hour * 2)
        .max_pause(hour * 2);
    let builder = || ScimClient::builder(&url).bearer(TOKEN).retry(retry.clone());

    let stranger = builder().build().unwrap().users().query(Query::new()).await;
    let Err(ClientError::Transport(error)) = stranger else {
        panic!("{stranger:?}");
    };
    assert!(error.is_connect(), "{error:?}");
    assert!(format!("{error:?}").contains("UnknownIssuer"), "{error:?}");

    // a client that is not ours speaks TLS by what the process has chosen
    rustls::crypto::ring::default_provider().install_default().ok();
    let trusted = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let http = reqwest::Client::builder().tls_certs_only([trusted]);
    let client = builder().http_client(http.build().unwrap()).build().unwrap();
    assert_eq!(
        client.users().query(Query::new()).await.unwrap().total_results,
        Some(0)
    );
}
