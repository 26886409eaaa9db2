//! Keys that change, and an issuer that is away.

use std::sync::Arc;
use std::time::Duration;

use scim_jwt::{JwtAuthenticator, KeySet, Trust};

use crate::issuer::{AUDIENCE, Issuer, NAME, SigningKey, claims};
use crate::support::TestApp;
use crate::{bearer, server};

/// Short enough for a test.
const PAUSE: Duration = Duration::from_millis(400);

/// A server that is given an authenticator, which renews its keys after `max_age`.
async fn given_an_authenticator(issuer: &Issuer, max_age: Duration) -> TestApp {
    bearing_failures(10_000, issuer, max_age).await
}

/// The same, where an address may fail that often.
async fn bearing_failures(failures: u32, issuer: &Issuer, max_age: Duration) -> TestApp {
    let keys = KeySet::builder(&issuer.url)
        .max_age(max_age)
        .min_interval(PAUSE)
        .build()
        .unwrap();
    let trust = Trust::new(NAME, AUDIENCE, keys);
    let tokens = JwtAuthenticator::new().with_trust("corp".parse().unwrap(), trust);
    let configure = |config: &mut scim_server::config::Config| {
        config.limits.auth_failures = failures.try_into().unwrap();
        config.connections.insert("corp".to_owned(), Default::default());
    };
    TestApp::start_from(configure, |builder| builder.authenticator(Arc::new(tokens))).await
}

#[tokio::test]
async fn a_new_key_is_found_and_an_old_one_is_forgotten() {
    let (old, new) = (SigningKey::new("old"), SigningKey::new("new"));
    let issuer = Issuer::start(&[&old]).await;
    let app = given_an_authenticator(&issuer, Duration::from_secs(60)).await;
    let (by_old, by_new) = (bearer(&old.sign(&claims())), bearer(&new.sign(&claims())));
    assert_eq!(app.users_of("corp", &by_old).await.status, 200);
    assert_eq!(issuer.asked(), 1);
    issuer.publish(&[&new]);
    // too soon to ask again
    app.users_of("corp", &by_new).await.is_scim_error(401);
    assert_eq!(issuer.asked(), 1);
    tokio::time::sleep(PAUSE).await;
    assert_eq!(app.users_of("corp", &by_new).await.status, 200);
    assert_eq!(issuer.asked(), 2);
    app.users_of("corp", &by_old).await.is_scim_error(401);
}

#[tokio::test]
async fn an_issuer_without_keys_has_withdrawn_those_it_had() {
    let key = SigningKey::new("k1");
    let issuer = Issuer::start(&[&key]).await;
    let app = given_an_authenticator(&issuer, PAUSE).await;
    let by_key = bearer(&key.sign(&claims()));
    assert_eq!(app.users_of("corp", &by_key).await.status, 200);
    issuer.publish(&[]);
    tokio::time::sleep(PAUSE * 2).await;
    app.users_of("corp", &by_key).await.is_scim_error(401);
    issuer.publish(&[&key]);
    tokio::time::sleep(PAUSE).await;
    assert_eq!(app.users_of("corp", &by_key).await.status, 200);
}

#[tokio::test]
async fn keys_are_renewed_when_they_are_old_and_nobody_waits_for_it() {
    let (old, new) = (SigningKey::new("old"), SigningKey::new("new"));
    let issuer = Issuer::start(&[&old]).await;
    let max_age = Duration::from_millis(1_500);
    let app = given_an_authenticator(&issuer, max_age).await;
    let by_old = bearer(&old.sign(&claims()));
    assert_eq!(app.users_of("corp", &by_old).await.status, 200);
    issuer.publish(&[&new]);
    tokio::time::sleep(max_age).await;
    // this one is still let in, and has the keys renewed
    assert_eq!(app.users_of("corp", &by_old).await.status, 200);
    tokio::time::sleep(PAUSE / 2).await;
    assert_eq!(issuer.asked(), 2);
    app.users_of("corp", &by_old).await.is_scim_error(401);
    // after a long silence, it is not
    let by_new = bearer(&new.sign(&claims()));
    issuer.publish(&[&old]);
    tokio::time::sleep(max_age * 2).await;
    app.users_of("corp", &by_new).await.is_scim_error(401);
    assert_eq!(issuer.asked(), 3);
}

#[tokio::test]
async fn many_who_come_at_once_ask_once() {
    let (key, unknown) = (SigningKey::new("k1"), SigningKey::new("k2"));
    let issuer = Issuer::start(&[&key]).await;
    let app = server(&issuer, &[]).await;
    let (good, bad) = (bearer(&key.sign(&claims())), bearer(&unknown.sign(&claims())));
    let all = (0..20).map(|number| app.users_of("corp", if number % 2 == 0 { &good } else { &bad }));
    let answers = futures_util::future::join_all(all).await;
    for (number, answer) in answers.iter().enumerate() {
        assert_eq!(
            answer.status,
            if number % 2 == 0 { 200 } else { 401 },
            "{answer:?}"
        );
    }
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn without_keys_a_token_cannot_be_decided_and_known_keys_go_on() {
    let (key, new) = (SigningKey::new("k1"), SigningKey::new("k2"));
    let issuer = Issuer::start(&[&key]).await;
    issuer.answers(500);
    let app = given_an_authenticator(&issuer, PAUSE).await;
    let by_key = bearer(&key.sign(&claims()));
    let refused = app.users_of("corp", &by_key).await;
    let detail = refused.is_scim_error(503);
    assert_eq!(
        detail,
        "the token cannot be checked now: the keys of its issuer cannot be fetched"
    );
    assert!(refused.headers.contains_key("retry-after"));
    // what is not a token of an issuer is wrong all the same
    app.users_of("corp", "Bearer a-guess").await.is_scim_error(401);
    app.users_of("corp", "Bearer a.b.c").await.is_scim_error(401);

    issuer.answers(200);
    tokio::time::sleep(PAUSE).await;
    assert_eq!(app.users_of("corp", &by_key).await.status, 200);
    issuer.answers(500);
    for _ in 0..3 {
        tokio::time::sleep(PAUSE).await;
        assert_eq!(app.users_of("corp", &by_key).await.status, 200);
    }
    // the issuer may have this key by now
    let by_new = bearer(&new.sign(&claims()));
    app.users_of("corp", &by_new).await.is_scim_error(503);
}

#[tokio::test]
async fn tokens_that_cannot_be_decided_are_no_guesses() {
    let key = SigningKey::new("k1");
    let issuer = Issuer::start(&[&key]).await;
    issuer.answers(500);
    let app = bearing_failures(1, &issuer, PAUSE).await;
    let by_key = bearer(&key.sign(&claims()));
    for _ in 0..5 {
        app.users_of("corp", &by_key).await.is_scim_error(503);
    }
    issuer.answers(200);
    tokio::time::sleep(PAUSE).await;
    // all of the first who come wait for the keys, and none is turned away
    let all = (0..20).map(|_| app.users_of("corp", &by_key));
    for answer in futures_util::future::join_all(all).await {
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}
