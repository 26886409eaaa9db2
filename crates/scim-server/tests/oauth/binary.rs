//! The built binary: its configuration, its checks, and keys over HTTPS.

use std::fs;

use serde_json::Value;

use crate::issuer::{AUDIENCE, Issuer, NAME, SigningKey, claims};
use crate::support::binary::Folder;

fn configured(rest: &str) -> Folder {
    let folder = Folder::new();
    let text = format!("[connections.corp.oauth]\nissuer = \"{NAME}\"\naudience = \"{AUDIENCE}\"\n{rest}\n");
    fs::write(folder.folder.path().join("scim-server.toml"), text).unwrap();
    folder
}

#[test]
fn a_configuration_that_does_not_do_says_so() {
    for (rest, complaint) in [
        (
            "",
            "connection `corp` needs either `oauth.jwks_url` or `oauth.jwks_file`",
        ),
        (
            "jwks_url = \"https://idp/keys\"\njwks_file = \"keys.json\"",
            "needs either",
        ),
        (
            "jwks_url = \"http://idp.example.com/keys\"",
            "use one that begins with `https://`",
        ),
        ("jwks_file = \"none.json\"", "none.json` cannot be read"),
        (
            "jwks_url = \"https://idp/keys\"\nleeway = \"1h\"",
            "use at most 10 minutes",
        ),
        (
            "jwks_url = \"https://idp/keys\"\nclaims = { azp = [] }",
            "a claim without values",
        ),
        ("jwks_uri = \"https://idp/keys\"", "`jwks_url`"),
    ] {
        let printed = configured(rest).complains(&["config", "check"]);
        assert!(printed.contains(complaint), "{rest}: {printed}");
    }
    let folder = Folder::new();
    let text = "[connections.corp.oauth]\nissuer = \"\"\naudience = \"x\"\njwks_url = \"https://idp/keys\"\n";
    fs::write(folder.folder.path().join("scim-server.toml"), text).unwrap();
    assert!(
        folder
            .complains(&["config", "check"])
            .contains("needs `oauth.issuer` and `oauth.audience`")
    );
}

#[test]
fn the_configuration_in_force_is_listed() {
    let folder =
        configured("jwks_url = \"https://idp.example.com/keys\"\nclaims = { roles = [\"a\", \"b\"] }");
    let listing: Vec<Value> =
        serde_json::from_str(&folder.prints(&["config", "check", "--format", "json"])).unwrap();
    let value = |key: &str| {
        let key = format!("connections.corp.oauth.{key}");
        let line = listing.iter().find(|line| line["key"] == key.as_str()).unwrap();
        assert_eq!(
            line["source"].as_str().unwrap().starts_with("file"),
            !key.ends_with("leeway")
        );
        line["value"].as_str().unwrap().to_owned()
    };
    assert_eq!(value("issuer"), NAME);
    assert_eq!(value("audience"), AUDIENCE);
    assert_eq!(value("jwks_url"), "https://idp.example.com/keys");
    assert_eq!(value("claims.roles"), "a, b");
    assert_eq!(value("leeway"), "1m");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_come_over_https_from_whom_the_platform_trusts() {
    let key = SigningKey::new("k1");
    let (issuer, certificate) = Issuer::start_with_tls(&[&key]).await;
    let folder = configured(&format!("jwks_url = \"{}\"", issuer.url));
    let trusted = folder.folder.path().join("issuer.pem");
    fs::write(&trusted, certificate).unwrap();
    let trusted = trusted.to_str().unwrap();

    let doctor = folder
        .command(&["doctor"])
        .env("SSL_CERT_FILE", trusted)
        .output()
        .unwrap();
    let printed = String::from_utf8(doctor.stdout).unwrap();
    assert!(
        printed.contains("✓ connection `corp`: access tokens are checked with 1 keys of their issuer"),
        "{printed}"
    );
    assert!(
        printed.contains("name who may in `connections.corp.oauth.claims`"),
        "{printed}"
    );
    let stranger = folder.command(&["doctor"]).output().unwrap();
    let printed = String::from_utf8(stranger.stdout).unwrap();
    assert!(
        printed.contains("✗ connection `corp`: access tokens cannot be checked"),
        "{printed}"
    );
    assert!(!stranger.status.success());

    // nobody else can sign in, and the server starts all the same, on any address
    let listen = format!("0.0.0.0:{}", folder.port);
    let _running = folder.serve_silently(&[("SSL_CERT_FILE", trusted), ("SCIM_LISTEN", &listen)]);
    let url = format!("http://127.0.0.1:{}/v1/scim/v2/corp/Users", folder.port);
    let client = crate::support::http_client().build().unwrap();
    let answer = client
        .get(url)
        .bearer_auth(key.sign(&claims()))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
}
