//! `scim-server export` and `scim-server import`: a server moves to another database, and its clients do not notice.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "what helps tests may stop at the first surprise, as tests do"
)]

mod support;

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use support::binary::{Folder, Running};

/// A client of the connection `okta`, with a secret made at run time.
struct Client {
    secret: String,
}

impl Client {
    fn send(&self, server: &Running, method: &str, path: &str, body: Option<&Value>) -> Value {
        let url = format!("http://127.0.0.1:{}/v1/scim/v2/okta/{path}", server.port);
        let mut curl = Command::new("curl");
        curl.args(["-s", "-X", method, "-u", &format!("okta:{}", self.secret)])
            .args(["-H", "Content-Type: application/scim+json", &url]);
        if let Some(body) = body {
            curl.args(["-d", &body.to_string()]);
        }
        let output = curl.output().unwrap();
        match output.stdout.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(&output.stdout).unwrap(),
        }
    }

    fn user(&self, server: &Running, name: &str) -> String {
        let user = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": name,
            "emails": [{ "value": format!("{name}@example.com"), "primary": true }],
        });
        let made = self.send(server, "POST", "Users", Some(&user));
        made["id"].as_str().unwrap().to_owned()
    }
}

/// What a client sees, but for the port of the server.
fn seen(client: &Client, server: &Running, paths: &[String]) -> Vec<String> {
    let port = format!(":{}/", server.port);
    paths
        .iter()
        .map(|path| {
            client
                .send(server, "GET", path, None)
                .to_string()
                .replace(&port, "/")
        })
        .collect()
}

/// Another database: on the PostgreSQL server that `SCIM_TEST_POSTGRES` names (`postgres://user@host:port`), or a file.
fn other_database() -> String {
    let Ok(server) = std::env::var("SCIM_TEST_POSTGRES") else {
        return "sqlite://other.sqlite".to_owned();
    };
    let name = format!("scim_move_{}", std::process::id());
    let made = tokio::runtime::Runtime::new().unwrap().block_on(async {
        use sea_orm::ConnectionTrait as _;
        let admin = sea_orm::Database::connect(format!("{server}/postgres")).await?;
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await
    });
    made.unwrap();
    format!("{server}/{name}")
}

fn import_from(folder: &Folder, text: &[u8], arguments: &[&str]) -> Output {
    let mut command = folder.command(&["import"]);
    command.args(arguments).stdin(Stdio::piped());
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // what is refused need not be read to its end
    drop(child.stdin.take().unwrap().write_all(text));
    child.wait_with_output().unwrap()
}

#[test]
fn a_server_moves_to_another_database_and_clients_notice_nothing() {
    let folder = Folder::new();
    let created = folder.prints(&["connection", "create", "okta", "--expires-in", "90days"]);
    let client = Client {
        secret: created.trim().to_owned(),
    };
    let server = folder.serve(&[]);
    let one = client.user(&server, "bjensen");
    let gone = client.user(&server, "gone");
    let group = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "Tour Guides",
        "members": [{ "value": one }, { "value": gone }],
    });
    let group = client.send(&server, "POST", "Groups", Some(&group));
    let patch = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "replace", "value": { "active": false } }],
    });
    client.send(&server, "PATCH", &format!("Users/{one}"), Some(&patch));
    client.send(&server, "DELETE", &format!("Users/{gone}"), None);
    let paths = [
        format!("Users/{one}"),
        format!("Users/{gone}"),
        format!("Groups/{}", group["id"].as_str().unwrap()),
        "Users".to_owned(),
        "Groups".to_owned(),
        "Users?filter=emails.value%20eq%20%22bjensen@example.com%22".to_owned(),
    ];
    let before = seen(&client, &server, &paths);
    assert!(before[0].contains(r#""active":false"#), "{}", before[0]);

    // while the server runs
    let exported = folder.run(&["export", "--output", "backup.ndjson"]);
    assert!(exported.status.success(), "{exported:?}");
    assert!(exported.stdout.is_empty());
    let summary = String::from_utf8(exported.stderr).unwrap();
    assert!(
        summary.contains("1 users, 1 deleted users, 1 groups"),
        "{summary}"
    );
    drop(server);

    let other = other_database();
    let other = ["--database-url", other.as_str()];
    let imported = folder.prints(&["import", "--input", "backup.ndjson", other[0], other[1]]);
    assert!(
        imported.starts_with("imported 1 connections, 1 credentials, 1 users"),
        "{imported}"
    );
    let first = std::fs::read_to_string(folder.folder.path().join("backup.ndjson")).unwrap();
    assert_eq!(folder.prints(&["export", other[0], other[1]]), first);
    assert!(!first.contains(&client.secret));

    let server = folder.serve(&[("DATABASE_URL", other[1])]);
    assert_eq!(seen(&client, &server, &paths), before);
    // whoever comes back has the same id
    assert_eq!(client.user(&server, "gone"), gone);
    assert_ne!(client.user(&server, "new"), one);
    let page = client.send(&server, "GET", "Users?count=1", None);
    assert_eq!(page["totalResults"], 3);
}

#[test]
fn what_cannot_be_done_is_said_and_leaves_nothing() {
    let folder = Folder::new();
    assert!(folder.complains(&["export"]).contains("there is no database"));
    folder.prints(&["connection", "create", "okta"]);
    let complaint = folder.complains(&["export", "--connection", "corp", "-o", "corp.ndjson"]);
    assert!(complaint.contains("no connection `corp`"), "{complaint}");
    let text = folder.prints(&["export", "--connection", "okta"]);

    let complaint = folder.complains(&["import", "--input", "nothing.ndjson"]);
    assert!(complaint.contains("cannot read `nothing.ndjson`"), "{complaint}");
    for (input, arguments, expected) in [
        (&text[..], &[][..], "`okta` has 1 credential"),
        (
            &text[..text.len() - 1],
            &["--database-url", "sqlite://new.sqlite"],
            "not whole",
        ),
        (
            "hello\n",
            &["--database-url", "sqlite://new.sqlite"],
            "line 1: this is not an export",
        ),
    ] {
        let output = import_from(&folder, input.as_bytes(), arguments);
        assert_eq!(output.status.code(), Some(1));
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert!(
            complaint.contains("nothing was imported") && complaint.contains(expected),
            "{complaint}"
        );
    }
    let fits = import_from(
        &folder,
        text.as_bytes(),
        &["--database-url", "sqlite://new.sqlite"],
    );
    assert!(fits.status.success(), "{fits:?}");
    let mut left: Vec<_> = std::fs::read_dir(folder.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with("ndjson") || name.starts_with('.'))
        .collect();
    left.sort();
    assert!(left.is_empty(), "{left:?}");
}

#[cfg(unix)]
#[test]
fn a_file_is_for_its_owner_alone_and_takes_the_place_of_another() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    folder.prints(&["connection", "create", "okta"]);
    let file = folder.folder.path().join("backup.ndjson");
    std::fs::write(&file, "old").unwrap();
    folder.prints(&["export", "--output", "backup.ndjson"]);
    let mode = file.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(
        std::fs::read_to_string(&file)
            .unwrap()
            .starts_with(r#"{"header":"#)
    );
    // what is no file is not replaced by one
    folder.prints(&["export", "--output", "/dev/null"]);
    assert!(!std::path::Path::new("/dev/null").is_file());
}
