//! Access tokens, through the door: whose are accepted, and what the others are told.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps tests may stop at the first surprise, as tests do"
)]

mod beside_secrets;
mod binary;
mod issuer;
mod keys;
mod refused;
#[path = "../support/mod.rs"]
mod support;

use issuer::{AUDIENCE, Issuer, NAME, SigningKey, claims};
use scim_server::config::{ConnectionConfig, OAuthConfig};
use support::{OKTA, TestApp};

/// `[connections.<name>.oauth]` that trusts an issuer.
fn trusting(issuer: &Issuer, claims: &[(&str, &str)]) -> ConnectionConfig {
    let claim = |(name, value): &(&str, &str)| ((*name).to_owned(), vec![(*value).to_owned()]);
    let mut oauth = OAuthConfig::default();
    oauth.issuer = vec![NAME.to_owned()];
    oauth.audience = vec![AUDIENCE.to_owned(), "another-name".to_owned()];
    oauth.jwks_url = Some(issuer.url.clone());
    oauth.claims = claims.iter().map(claim).collect();
    oauth.leeway = std::time::Duration::from_secs(30);
    let mut connection = ConnectionConfig::default();
    connection.oauth = Some(oauth);
    connection
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// A server whose connections `okta`, which has a code too, and `corp`, which has none, trust an issuer.
async fn server(issuer: &Issuer, claims: &[(&str, &str)]) -> TestApp {
    TestApp::start_with(|config| {
        config.limits.auth_failures = 10_000.try_into().unwrap();
        for name in ["okta", "corp"] {
            config
                .connections
                .insert(name.to_owned(), trusting(issuer, claims));
        }
    })
    .await
}

#[tokio::test]
async fn a_token_and_a_secret_are_accepted_beside_each_other() {
    let key = SigningKey::new("k1");
    let issuer = Issuer::start(&[&key]).await;
    let app = server(&issuer, &[("scope", "scim")]).await;
    let token = bearer(&key.sign(&claims()));
    assert_eq!(app.users_of("okta", &token).await.status, 200);
    assert_eq!(app.users_of("okta", &bearer(OKTA)).await.status, 200);
    assert_eq!(app.users_of("corp", &token).await.status, 200);
    // of two connections, each is its own: azure trusts nobody
    app.users_of("azure", &token).await.is_scim_error(401);
    app.users_of("corp", &bearer(OKTA)).await.is_scim_error(401);
    // what a token creates is what a secret reads
    let request = app.request(reqwest::Method::POST, "/v1/scim/v2/okta/Users");
    let user = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bjensen"}"#;
    let created = support::Answer::of(request.header("authorization", &token).body(user)).await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(app.as_okta().get("/Users").await.json()["totalResults"], 1);
}

#[tokio::test]
async fn the_configuration_lists_and_a_401_asks_for_what_is_accepted() {
    let key = SigningKey::new("k1");
    let issuer = Issuer::start(&[&key]).await;
    let app = server(&issuer, &[]).await;
    let token = bearer(&key.sign(&claims()));
    for (connection, schemes, challenges) in [
        (
            "okta",
            &["httpbasic", "oauthbearertoken", "oauthbearertoken"][..],
            2,
        ),
        ("corp", &["oauthbearertoken"], 1),
    ] {
        let path = format!("/v1/scim/v2/{connection}/ServiceProviderConfig");
        let request = app.request(reqwest::Method::GET, &path);
        let config = support::Answer::of(request.header("authorization", &token))
            .await
            .json();
        let listed = config["authenticationSchemes"].as_array().unwrap();
        let types: Vec<&str> = listed.iter().map(|it| it["type"].as_str().unwrap()).collect();
        assert_eq!(types, schemes);
        assert_eq!(listed.last().unwrap()["name"], "OAuth access token");
        let refused = app.users_of(connection, "Bearer x.y.z").await;
        refused.is_scim_error(401);
        let asked = refused.headers.get_all("www-authenticate").iter().count();
        assert_eq!(asked, challenges, "{connection}");
    }
}
