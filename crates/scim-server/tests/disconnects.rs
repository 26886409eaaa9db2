//! Clients that do not wait for the answer.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what helps tests may stop at the first surprise, as tests do"
)]

mod support;

use std::time::Duration;

use serde_json::Value;
use support::AZURE;
use support::binary::{Folder, Running};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

const ENVIRONMENT: [(&str, &str); 2] = [("SCIM_AUTH_CODE_AZURE", AZURE), ("SCIM_LOG_FORMAT", "json")];

/// A connection on which a user is being created.
async fn that_creates(server: &Running, name: &str) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
    let body = format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{name}@example.com"}}"#
    );
    let head = format!(
        "POST /v1/scim/v2/azure/Users HTTP/1.1\r\nhost: x\r\nx-request-id: {name}\r\n\
         authorization: Bearer {AZURE}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    stream
}

/// The status in the line of a request.
fn status(log: &str, request: &str) -> u64 {
    let lines = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut lines = lines.filter(|line| line["request_id"] == request);
    let line = lines.next().unwrap_or_else(|| panic!("{request}: {log}"));
    line["status"].as_u64().unwrap()
}

#[tokio::test]
async fn the_log_tells_what_became_of_their_requests() {
    let folder = Folder::new();
    let server = folder.serve(&ENVIRONMENT);
    let other = rusqlite::Connection::open(folder.folder.path().join("scim-server.sqlite")).unwrap();
    // all who write wait from here on
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    drop(that_creates(&server, "closes").await);
    let resets = that_creates(&server, "resets").await;
    resets.set_zero_linger().unwrap();
    drop(resets);
    tokio::time::sleep(Duration::from_millis(300)).await;
    other.execute_batch("COMMIT").unwrap();
    server.terminate();
    let (_, log, _) = server.wait();
    assert_eq!(status(&log, "closes"), 201);
    assert_eq!(status(&log, "resets"), 499);
}
