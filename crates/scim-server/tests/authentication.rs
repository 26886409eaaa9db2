//! Who is let in.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps tests may stop at the first surprise, as tests do"
)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use scim_core::discovery::AuthenticationScheme;
use scim_server::auth::{AuthCode, MadeCredential, make_credential, retire_credentials};
use scim_server::config::Config;
use scim_service::authentication::{Attempt, Authenticator, Identity, Refusal};
use scim_service::connection::ConnectionKey;
use secrecy::ExposeSecret as _;
use support::{AZURE, Answer, OKTA, OKTA_BASE64, TestApp};

fn basic(pair: &str) -> String {
    format!("Basic {}", STANDARD.encode(pair))
}

#[tokio::test]
async fn every_form_of_a_code_is_accepted() {
    let base64 = STANDARD.encode("corp:a password with: colons");
    let app = TestApp::start_with(|config| {
        let code = AuthCode::parse(&base64.as_str().into()).unwrap();
        config.auth_codes.insert("corp".parse().unwrap(), vec![code]);
    })
    .await;
    let rows = [
        ("okta", basic(OKTA)),
        ("okta", format!("basic {OKTA_BASE64}")),
        ("okta", format!("BASIC  {OKTA_BASE64}")),
        ("okta", format!("Bearer {OKTA}")),
        ("okta", format!("bearer {OKTA_BASE64}")),
        ("azure", format!("Bearer {AZURE}")),
        ("azure", format!("bEaReR {AZURE}")),
        ("azure", basic(&format!("anybody:{AZURE}"))),
        ("microsoft", format!("Bearer {AZURE}")),
        ("corp", basic("corp:a password with: colons")),
        ("corp", format!("Basic {base64}")),
        ("corp", format!("Bearer {base64}")),
        ("corp", "Bearer corp:a password with: colons".to_owned()),
    ];
    for (connection, authorization) in rows {
        let answer = app.users_of(connection, &authorization).await;
        assert_eq!(answer.status, 200, "{connection} {authorization}");
    }
}

#[tokio::test]
async fn everything_else_is_answered_alike() {
    let app = TestApp::start_with(|config| {
        config.limits.auth_failures = 1_000.try_into().unwrap();
        config.connections.insert("off".to_owned(), Default::default());
    })
    .await;
    // the address is known from here on, and failures are not slowed down for long
    assert_eq!(app.as_okta().get("/Users").await.status, 200);
    let reference = app.get("/v1/scim/v2/okta/Users").await;
    let rows = [
        ("okta", basic("okta:wrong")),
        ("okta", basic("another:an-okta-password-of-tests")),
        ("okta", basic("okta:")),
        ("okta", basic("no colon")),
        ("okta", "Basic %%%".to_owned()),
        ("okta", "Basic".to_owned()),
        ("okta", "Bearer".to_owned()),
        ("okta", "Bearer wrong".to_owned()),
        ("okta", format!("Bearer {AZURE}")),
        ("okta", format!("Digest {OKTA_BASE64}")),
        ("okta", OKTA_BASE64.to_owned()),
        ("okta", "non-token".to_owned()),
        ("azure", basic(OKTA)),
        ("azure", basic(&format!("{AZURE}:"))),
        ("off", basic(OKTA)),
    ];
    for (connection, authorization) in rows {
        let answer = app.users_of(connection, &authorization).await;
        answer.is_scim_error(401);
        assert_eq!(answer.text, reference.text, "{connection} {authorization}");
        let challenges: Vec<_> = answer.headers.get_all("www-authenticate").iter().collect();
        assert_eq!(challenges.len(), 2, "{answer:?}");
        assert!(challenges[0].to_str().unwrap().starts_with("Basic realm="));
        assert!(challenges[1].to_str().unwrap().starts_with("Bearer realm="));
    }
    let two = app
        .as_okta()
        .request(reqwest::Method::GET, "/Users")
        .header("authorization", "Bearer x");
    Answer::of(two).await.is_scim_error(401);
}

#[tokio::test]
async fn unknown_connections_are_not_found() {
    let app = TestApp::start().await;
    for name in ["corp", "Okta", "OKTA", "", "%6fkta", "okta%20"] {
        let answer = app.get(&format!("/v1/scim/v2/{name}/Users")).await;
        answer.is_scim_error(404);
    }
}

#[tokio::test]
async fn credentials_made_at_run_time_work_at_once_until_they_are_retired() {
    let app = TestApp::start().await;
    let connections = app.database().await.connections();
    let okta = "okta".parse().unwrap();
    let first = make_credential(&connections, &okta, None).await.unwrap();
    let wait = || tokio::time::sleep(Duration::from_millis(600));
    wait().await;
    let bearer = |made: &MadeCredential| format!("Bearer {}", made.secret.expose_secret());
    assert_eq!(app.users_of("okta", &bearer(&first)).await.status, 200);
    let as_password = basic(&format!("whoever:{}", first.secret.expose_secret()));
    assert_eq!(app.users_of("okta", &as_password).await.status, 200);
    app.users_of("azure", &bearer(&first)).await.is_scim_error(401);

    let second = make_credential(&connections, &okta, None).await.unwrap();
    let grace = Duration::from_millis(1_500);
    assert_eq!(
        retire_credentials(&connections, &okta, second.id, grace)
            .await
            .unwrap(),
        1
    );
    wait().await;
    assert_eq!(app.users_of("okta", &bearer(&second)).await.status, 200);
    assert_eq!(app.users_of("okta", &bearer(&first)).await.status, 200);
    tokio::time::sleep(grace).await;
    app.users_of("okta", &bearer(&first)).await.is_scim_error(401);
    assert_eq!(app.users_of("okta", &bearer(&second)).await.status, 200);

    let kept = connections.credentials(&okta).await.unwrap();
    assert!(kept.iter().all(|credential| credential.last_used.is_some()));
}

#[tokio::test]
async fn an_address_that_guesses_is_slowed_down_and_then_refused() {
    let app = TestApp::start_with(|config| config.limits.auth_failures = 5.try_into().unwrap()).await;
    for _ in 0..5 {
        app.users_of("okta", &basic("okta:guess"))
            .await
            .is_scim_error(401);
    }
    let refused = app.users_of("okta", &basic("okta:guess")).await;
    refused.is_scim_error(429);
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds));
    // what a guesser shows is not looked at any more, whatever it is
    app.users_of("okta", &basic(OKTA)).await.is_scim_error(429);
    app.get("/v1/scim/v2/okta/Users").await.is_scim_error(429);
}

#[tokio::test]
async fn who_guesses_at_the_same_time_finds_no_more() {
    let app = TestApp::start_with(|config| {
        config.limits.auth_failures = 5.try_into().unwrap();
        config.limits.auth_failures_per_minute = 1.try_into().unwrap();
    })
    .await;
    let guess = basic("okta:guess");
    let guesses = (0..40).map(|_| app.users_of("okta", &guess));
    let answers = futures_util::future::join_all(guesses).await;
    let checked = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(checked, 5);
    assert!(answers.iter().all(|answer| matches!(answer.status, 401 | 429)));
}

#[tokio::test]
async fn showing_nothing_is_no_guess() {
    let app = TestApp::start_with(|config| config.limits.auth_failures = 1.try_into().unwrap()).await;
    for _ in 0..5 {
        app.get("/v1/scim/v2/okta/Users").await.is_scim_error(401);
    }
    assert_eq!(app.as_okta().get("/Users").await.status, 200);
}

/// Accepts a key in a header of its own.
struct Keys;

#[async_trait]
impl Authenticator for Keys {
    fn schemes(&self, _: &ConnectionKey) -> Vec<AuthenticationScheme> {
        Vec::new()
    }

    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Identity, Refusal> {
        let key = attempt.headers.get("x-api-key").ok_or(Refusal::Missing)?;
        match key.as_bytes() {
            b"right" => Ok(Identity::provider()),
            _ => Err(Refusal::Wrong),
        }
    }
}

#[tokio::test]
async fn guesses_outside_of_authorization_are_guesses_too() {
    let limit = |config: &mut Config| config.limits.auth_failures = 3.try_into().unwrap();
    let app = TestApp::start_from(limit, |builder| builder.authenticator(Arc::new(Keys))).await;
    let shows = |key: &'static str| {
        let request = app.request(reqwest::Method::GET, "/v1/scim/v2/okta/Users");
        Answer::of(request.header("x-api-key", key))
    };
    for _ in 0..3 {
        shows("guess").await.is_scim_error(401);
    }
    shows("guess").await.is_scim_error(429);
    shows("right").await.is_scim_error(429);
}

#[tokio::test]
async fn a_guesser_does_not_shut_out_an_identity_provider_at_the_same_address() {
    let app = TestApp::start_with(|config| config.limits.auth_failures = 5.try_into().unwrap()).await;
    assert_eq!(app.as_okta().get("/Users").await.status, 200);
    for _ in 0..5 {
        app.users_of("okta", &basic("okta:guess"))
            .await
            .is_scim_error(401);
    }
    app.users_of("okta", &basic("okta:guess"))
        .await
        .is_scim_error(429);
    assert_eq!(app.as_okta().get("/Users").await.status, 200);
}

#[tokio::test]
async fn addresses_are_told_apart_behind_a_trusted_proxy_only() {
    let guess = |app: &TestApp, client: &'static str| {
        app.request(reqwest::Method::GET, "/v1/scim/v2/okta/Users")
            .header("authorization", "Bearer guess")
            .header("x-forwarded-for", client)
    };
    let trusting = TestApp::start_with(|config| {
        config.limits.auth_failures = 1.try_into().unwrap();
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    Answer::of(guess(&trusting, "203.0.113.1"))
        .await
        .is_scim_error(401);
    Answer::of(guess(&trusting, "203.0.113.1"))
        .await
        .is_scim_error(429);
    Answer::of(guess(&trusting, "203.0.113.2"))
        .await
        .is_scim_error(401);

    let other = TestApp::start_with(|config| config.limits.auth_failures = 1.try_into().unwrap()).await;
    Answer::of(guess(&other, "203.0.113.1")).await.is_scim_error(401);
    Answer::of(guess(&other, "203.0.113.2")).await.is_scim_error(429);
}
