//! Where settings come from, and which are refused.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps tests may stop at the first surprise, as tests do"
)]

mod support;

use std::fs;

use serde_json::Value;
use support::binary::Folder;

/// The value and the source of a setting.
fn setting(folder: &Folder, arguments: &[&str], environment: &[(&str, &str)], key: &str) -> (String, String) {
    let mut command = folder.command(&["config", "check", "--format", "json"]);
    let output = command
        .args(arguments)
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let listing: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let line = listing.iter().find(|line| line["key"] == key).unwrap();
    let text = |name: &str| line[name].as_str().unwrap().to_owned();
    (text("value"), text("source"))
}

#[test]
fn flags_win_over_variables_over_the_file_over_defaults() {
    let folder = Folder::new();
    let (value, source) = setting(&folder, &[], &[], "log.level");
    assert_eq!((value.as_str(), source.as_str()), ("info", "default"));
    fs::write(
        folder.folder.path().join("scim-server.toml"),
        "[log]\nlevel = \"warn\"\n",
    )
    .unwrap();
    let (value, source) = setting(&folder, &[], &[], "log.level");
    assert_eq!(
        (value.as_str(), source.as_str()),
        ("warn", "file `scim-server.toml`")
    );
    let variable = [("SCIM_LOG", "debug")];
    let (value, source) = setting(&folder, &[], &variable, "log.level");
    assert_eq!(
        (value.as_str(), source.as_str()),
        ("debug", "environment variable `SCIM_LOG`")
    );
    let (value, source) = setting(&folder, &["--log", "error"], &variable, "log.level");
    assert_eq!((value.as_str(), source.as_str()), ("error", "command line"));
}

#[test]
fn unknown_keys_and_wrong_values_are_named() {
    let folder = Folder::new();
    let file = folder.folder.path().join("scim-server.toml");
    let rows = [
        ("lisen = \"127.0.0.1:80\"", "unknown key `lisen`", "`listen`"),
        (
            "[limits]\nbody_byte = 1",
            "unknown key `limits.body_byte`",
            "`body_bytes`",
        ),
        ("[connections.corp]\nprofil = \"okta\"", "profil`", "`profile`"),
        (
            "[connections.corp]\nprofile = \"opta\"",
            "unknown profile `opta`",
            "`okta`",
        ),
        ("[connections.my_idp]\nprofile = \"okta\"", "`my_idp`", "hyphens"),
        (
            "[limits]\nbody_bytes = \"much\"",
            "`much` is not a number",
            "`limits.body_bytes`",
        ),
        (
            "[limits]\nfilter_depth = 65",
            "`65` is too deep",
            "`limits.filter_depth`",
        ),
        ("public_url = \"scim\"", "`scim` is not a URL", "`public_url`"),
        (
            "trusted_proxies = [\"here\"]",
            "`here` is not a network",
            "`trusted_proxies`",
        ),
        (
            "[shutdown]\ntimeout = \"soon\"",
            "`soon` is not a time",
            "`shutdown.timeout`",
        ),
        ("[tls]\nkey = \"key.pem\"", "both a certificate", "`tls.key`"),
    ];
    for (text, what, hint) in rows {
        fs::write(&file, text).unwrap();
        let complaint = folder.complains(&["config", "check"]);
        assert!(
            complaint.contains(what) && complaint.contains(hint),
            "{text}: {complaint}"
        );
    }
    fs::remove_file(file).unwrap();
    let output = folder
        .command(&["config", "check"])
        .env("SCIM_PUBLIC_URI", "x")
        .output()
        .unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(complaint.contains("`SCIM_PUBLIC_URI`; did you mean `SCIM_PUBLIC_URL`?"));
    assert!(
        folder
            .complains(&["--config", "none.toml", "config", "check"])
            .contains("`none.toml`")
    );
}

#[test]
fn secrets_are_masked() {
    let folder = Folder::new();
    let output = folder
        .command(&["config", "check"])
        .env("DATABASE_URL", "postgres://scim:database-secret@db/scim")
        .env("SCIM_AUTH_CODE_OKTA", "okta:okta-secret")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("postgres://scim:***@db/scim"), "{text}");
    assert!(text.contains("auth code of okta"));
    assert!(!text.contains("-secret"));
}
