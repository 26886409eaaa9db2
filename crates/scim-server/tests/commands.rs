//! The binary: first start, commands, signals, what it logs.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps tests may stop at the first surprise, as tests do"
)]

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::binary::Folder;
use support::{AZURE, OKTA};

/// The codes of tests in the environment.
const CODES: [(&str, &str); 2] = [("SCIM_AUTH_CODE_OKTA", OKTA), ("SCIM_AUTH_CODE_AZURE", AZURE)];

/// What a printed curl line answers.
fn curl(line: &str) -> Value {
    let output = Command::new("sh")
        .args(["-c", &format!("{line} -s")])
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {line}: {output:?}"))
}

#[test]
fn the_first_start_makes_credentials_that_work_as_printed_and_shows_them_once() {
    let folder = Folder::new();
    let mut server = folder.serve(&[]);
    let notice = server.notice_until("secret token");
    let lines: Vec<&str> = notice.iter().map(|line| line.trim()).collect();
    let curls: Vec<&&str> = lines.iter().filter(|line| line.starts_with("curl ")).collect();
    assert_eq!(curls.len(), 2, "{notice:?}");
    assert!(curls[0].contains("-u 'okta:") && curls[1].contains("Authorization: Bearer "));
    for line in &curls {
        assert_eq!(curl(line)["totalResults"], 0, "{line}");
    }
    let secrets = curls.iter().flat_map(|line| line.split(['\'', ':', ' ']));
    let secrets: Vec<&str> = secrets
        .filter(|word| word.len() == 48 && word.starts_with("scim_"))
        .collect();
    assert_eq!(secrets.len(), 2, "{curls:?}");
    server.terminate();
    let (code, log, _) = server.wait();
    assert_eq!(code, Some(0));
    assert!(!secrets.iter().any(|secret| log.contains(secret)), "{log}");

    let server = folder.serve(&[]);
    server.terminate();
    let (code, log, notice) = server.wait();
    assert_eq!((code, notice.as_str()), (Some(0), ""));
    assert!(log.contains("connection is on"));
}

#[test]
fn it_does_not_start_open_to_others_without_a_credential() {
    let folder = Folder::new();
    let complaint = folder.complains(&["--listen", "0.0.0.0:0"]);
    assert!(complaint.contains("SCIM_AUTH_CODE_OKTA"), "{complaint}");
    folder.prints(&["connection", "create", "okta"]);
    let mut command = folder.command(&["--listen", "0.0.0.0:0"]);
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    let ended = child.try_wait().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(ended, None);
}

#[test]
fn it_does_not_start_open_to_others_with_expired_credentials_alone() {
    let folder = Folder::new();
    folder.prints(&["connection", "create", "okta", "--expires-in", "1ms"]);
    std::thread::sleep(Duration::from_millis(10));
    let mut command = folder.command(&["--listen", "0.0.0.0:0"]);
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // a server that starts would run for ever, so it is not waited for
    let deadline = Instant::now() + Duration::from_secs(10);
    while child.try_wait().unwrap().is_none() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    let ended = child.try_wait().unwrap();
    child.kill().unwrap();
    let complaint = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    assert_eq!(ended.and_then(|status| status.code()), Some(1), "{complaint}");
    assert!(
        complaint.contains("no connection has a valid credential"),
        "{complaint}"
    );
    // on its own machine it starts, and makes none in place of those that were let expire
    let server = folder.serve(&[]);
    server.terminate();
    let (code, log, notice) = server.wait();
    assert_eq!(code, Some(0));
    assert!(log.contains("all credentials have expired"), "{log}");
    assert!(!notice.contains("first start"), "{notice}");
}

#[test]
fn a_filter_as_deep_as_may_be_configured_is_answered() {
    let folder = Folder::new();
    let depth = [("SCIM_LIMIT_FILTER_DEPTH", "64"), ("SCIM_AUTH_CODE_AZURE", AZURE)];
    let server = folder.serve(&depth);
    for (open, levels, status) in [("(", 63, "200"), ("not (", 63, "200"), ("(", 65, "400")] {
        let filter = format!(
            "{}userName eq \\\"a\\\"{}",
            open.repeat(levels),
            ")".repeat(levels)
        );
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"{filter}"}}"#
        );
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        let head = format!(
            "POST /v1/scim/v2/azure/Users/.search HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
             Authorization: Bearer {AZURE}\r\nContent-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{open} {levels}: {answer}"
        );
    }
    server.terminate();
    assert_eq!(server.wait().0, Some(0));
}

#[test]
fn a_request_in_flight_finishes_when_the_server_is_told_to_stop() {
    let folder = Folder::new();
    let server = folder.serve(&CODES);
    let body = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"slow"}"#;
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    let head = format!(
        "POST /v1/scim/v2/azure/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {AZURE}\r\n\
         Content-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let (first, second) = body.split_at(20);
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(first.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    server.terminate();
    std::thread::sleep(Duration::from_millis(300));
    assert!(TcpStream::connect(("127.0.0.1", server.port)).is_err());
    stream.write_all(second.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let (code, _, _) = server.wait();
    assert_eq!(code, Some(0));
    assert!(folder.prints(&["user", "list"]).contains("slow"));
}

#[test]
fn a_request_has_one_line_without_names_secrets_or_queries() {
    let folder = Folder::new();
    let mut environment = CODES.to_vec();
    environment.push(("SCIM_LOG_FORMAT", "json"));
    let server = folder.serve(&environment);
    let base = format!("http://127.0.0.1:{}/v1/scim/v2/azure", server.port);
    let created = curl(&format!(
        "curl -H 'Authorization: Bearer {AZURE}' -H 'Content-Type: application/scim+json' -H 'X-Request-Id: made' \
         -d '{{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"bjensen\"}}' {base}/Users"
    ));
    curl(&format!(
        "curl -H 'Authorization: Bearer {AZURE}' '{base}/Users?filter=userName+eq+%22bjensen%22'"
    ));
    curl(&format!(
        "curl -H 'Authorization: Bearer wrong-secret' '{base}/Users?filter=userName+pr'"
    ));
    server.terminate();
    let (_, log, _) = server.wait();
    for secret in ["bjensen", AZURE, "wrong-secret", "filter", "Bearer"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
    let lines = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let requests: Vec<Value> = lines
        .filter(|line| line["target"] == "scim_server::request")
        .collect();
    assert_eq!(requests.len(), 3, "{log}");
    assert_eq!(requests[0]["request_id"], "made");
    assert_eq!(requests[0]["connection"], "azure");
    assert_eq!(requests[0]["operation"], "user.create");
    assert_eq!(requests[0]["resource_id"], created["id"]);
    assert_eq!(requests[0]["status"], 201);
    assert!(requests[0]["duration_ms"].is_number());
    assert_eq!(requests[1]["operation"], "user.list");
    assert_eq!(requests[2]["status"], 401);
}

#[test]
fn connections_are_made_rotated_listed_and_deleted() {
    let folder = Folder::new();
    let secret = folder.prints(&["connection", "create", "corp", "--profile", "okta"]);
    assert!(secret.starts_with("scim_"));
    let rotated = folder.prints(&[
        "connection",
        "rotate",
        "corp",
        "--grace",
        "1h",
        "--format",
        "json",
    ]);
    let rotated: Value = serde_json::from_str(&rotated).unwrap();
    assert_ne!(rotated["secret"], secret.trim());
    let listed = folder.prints(&["connection", "list", "--format", "json"]);
    assert!(!listed.contains(secret.trim()));
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed[0]["profile"], "okta");
    assert_eq!(listed[0]["credentials"].as_array().unwrap().len(), 2);
    assert!(listed[0]["credentials"][0]["expires"].is_string());
    assert!(listed[0]["credentials"][1]["expires"].is_null());
    assert!(folder.prints(&["connection", "list"]).contains("corp"));
    assert!(
        folder
            .complains(&["connection", "delete", "corp"])
            .contains("--yes")
    );
    assert!(
        folder
            .prints(&["connection", "delete", "corp", "--yes"])
            .contains("2 credentials")
    );
    assert!(
        folder
            .complains(&["connection", "rotate", "corp"])
            .contains("no connection `corp`")
    );
    assert!(
        folder
            .complains(&["connection", "create", "My_Idp"])
            .contains("hyphens")
    );
}

#[test]
fn a_new_secret_is_shown_even_if_those_before_it_cannot_be_retired() {
    let folder = Folder::new();
    let first = folder.prints(&["connection", "create", "corp"]);
    let database = rusqlite::Connection::open(folder.folder.path().join("scim-server.sqlite")).unwrap();
    let trigger = "CREATE TRIGGER refuse BEFORE UPDATE ON credentials BEGIN SELECT RAISE(ABORT, 'no'); END";
    database.execute_batch(trigger).unwrap();
    let rotated = folder.run(&["connection", "rotate", "corp"]);
    assert_eq!(rotated.status.code(), Some(1), "{rotated:?}");
    let secret = String::from_utf8(rotated.stdout).unwrap();
    assert!(secret.starts_with("scim_") && secret != first, "{secret}");
    let complaint = String::from_utf8(rotated.stderr).unwrap();
    assert!(complaint.contains("the new secret works"), "{complaint}");
}

#[test]
fn users_and_teams_are_listed_and_shown() {
    let folder = Folder::new();
    let server = folder.serve(&CODES);
    let base = format!("http://127.0.0.1:{}/v1/scim/v2/azure", server.port);
    let post = |path: &str, body: String| {
        let header = format!("-H 'Authorization: Bearer {AZURE}' -H 'Content-Type: application/scim+json'");
        curl(&format!("curl {header} -d '{body}' {base}/{path}"))
    };
    let user = |name: &str| {
        format!(r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{name}"}}"#)
    };
    let one = post("Users", user("bjensen"));
    post("Users", user("jsmith"));
    let id = one["id"].as_str().unwrap();
    let team = post(
        "Groups",
        format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Tour Guides","members":[{{"value":"{id}"}}]}}"#
        ),
    );
    let team = team["id"].as_str().unwrap();

    let users = folder.prints(&["user", "list", "--connection", "azure", "--format", "json"]);
    let users: Value = serde_json::from_str(&users).unwrap();
    assert_eq!(users["total"], 2);
    assert_eq!(users["users"][0]["userName"], "bjensen");
    let page = folder.prints(&["user", "list", "--start-index", "2", "--count", "1"]);
    assert!(page.contains("jsmith") && !page.contains("bjensen") && page.contains("1 of 2"));
    let shown: Value = serde_json::from_str(&folder.prints(&["user", "show", id])).unwrap();
    assert_eq!(shown["groups"][0]["display"], "Tour Guides");
    assert!(folder.prints(&["team", "list"]).contains("Tour Guides"));
    let shown: Value = serde_json::from_str(&folder.prints(&["team", "show", team])).unwrap();
    assert_eq!(shown["members"][0]["value"], id);
    assert!(folder.complains(&["user", "show", "nobody"]).contains("`nobody`"));
    assert!(
        folder
            .complains(&["user", "list", "--connection", "corp"])
            .contains("`corp`")
    );
}

#[test]
fn filters_are_explained() {
    let folder = Folder::new();
    let tree = folder.prints(&["filter", r#"userName eq "x" and active eq true"#]);
    assert!(tree.starts_with("and"), "{tree}");
    let complaint = folder.complains(&["filter", "userName eq"]);
    assert!(complaint.contains('^'), "{complaint}");
}

#[test]
fn the_doctor_says_what_is_wrong_and_fails() {
    let folder = Folder::new();
    let server = folder.serve(&CODES);
    let healthy = folder.run(&["doctor"]);
    let text = String::from_utf8(healthy.stdout).unwrap();
    assert!(healthy.status.success(), "{text}");
    assert!(text.contains("says that it is ready"), "{text}");
    drop(server);
    let sick = folder.run(&["doctor", "--public-url", "https://my_scim.example.com"]);
    let text = String::from_utf8(sick.stdout).unwrap();
    assert_eq!(sick.status.code(), Some(1));
    assert!(
        text.contains("✗ public URL") && text.contains("underscore"),
        "{text}"
    );
    std::fs::write(
        folder.folder.path().join("scim-server.toml"),
        "[connections.jumpcloud]\nprofile = \"standard\"\n",
    )
    .unwrap();
    let sick = folder.run(&["doctor"]);
    let text = String::from_utf8(sick.stdout).unwrap();
    assert_eq!(sick.status.code(), Some(1), "{text}");
    assert!(
        text.contains("✗ connection `jumpcloud`: configured, but without a credential"),
        "{text}"
    );
}

#[test]
fn the_doctor_knows_that_the_first_start_creates_credentials() {
    let folder = Folder::new();
    let file = folder.folder.path().join("scim-server.toml");
    std::fs::write(file, "[connections.okta]\nprofile = \"okta\"\n").unwrap();
    let healthy = folder.run(&["doctor"]);
    let text = String::from_utf8(healthy.stdout).unwrap();
    assert!(healthy.status.success(), "{text}");
}

#[test]
fn a_stale_schema_is_refused_when_it_may_not_be_changed() {
    let folder = Folder::new();
    let complaint = folder.complains(&["--auto-migrate", "false"]);
    assert!(complaint.contains("scim-server migrate"), "{complaint}");
    folder.prints(&["migrate"]);
    let server = folder.serve(&[("SCIM_AUTO_MIGRATE", "false")]);
    server.terminate();
    assert_eq!(server.wait().0, Some(0));
}

#[test]
fn help_explains_all() {
    let folder = Folder::new();
    let help = folder.prints(&["--help"]);
    for word in [
        "serve",
        "migrate",
        "connection",
        "user",
        "team",
        "doctor",
        "SCIM_AUTH_CODE_",
        "Examples",
    ] {
        assert!(help.contains(word), "{word}");
    }
}
