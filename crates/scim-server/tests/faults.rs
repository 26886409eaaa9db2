//! What clients see while the database is not what it should be, and that service resumes by itself.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::process::Command;
use std::time::{Duration, Instant};

use private_postgres::PrivatePostgres;
use reqwest::Method;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use support::binary::Folder;
use support::remote::{CODE, Remote, assert_unavailable};

const IMPATIENT: [(&str, &str); 3] = [
    CODE,
    ("SCIM_DATABASE_PATIENCE", "1s"),
    ("SCIM_DATABASE_DEADLINE", "3s"),
];

/// Far above what the server was told to wait, and far below a hang.
const SOON: Duration = Duration::from_secs(15);

#[tokio::test]
async fn a_full_disk_refuses_writes_and_loses_none() {
    let folder = Folder::new();
    // no file of the process may grow above a megabyte, as if the disk ended there
    let server = folder.serve_from("trap '' XFSZ; ulimit -S -f 1024; exec", &[CODE]);
    let remote = Remote::of(&server);
    let mut acknowledged = Vec::new();
    let refused = loop {
        let answer = remote
            .post_user(&format!("user{}@example.com", acknowledged.len()))
            .await;
        if answer.status() != 201 {
            break answer;
        }
        acknowledged.push(answer.headers()["Location"].to_str().unwrap().to_owned());
        assert!(acknowledged.len() < 20_000, "the disk does not become full");
    };
    assert_unavailable(&refused);
    remote.wait_until_ready(false).await;
    let first = acknowledged[0].rsplit('/').next().unwrap().to_owned();
    remote.get(&format!("/Users/{first}")).await;

    let freed = Command::new("prlimit")
        .args(["--pid", &server.id().to_string(), "--fsize=unlimited"])
        .status();
    assert!(freed.unwrap().success());
    remote.wait_until_ready(true).await;
    assert_eq!(remote.post_user("late@example.com").await.status(), 201);
    let total = remote.get("/Users?count=0").await["totalResults"]
        .as_u64()
        .unwrap();
    assert_eq!(total, acknowledged.len() as u64 + 1);
    for location in acknowledged {
        let id = location.rsplit('/').next().unwrap();
        remote.get(&format!("/Users/{id}")).await;
    }
}

#[tokio::test]
async fn another_process_that_writes_for_long_is_not_waited_for() {
    let folder = Folder::new();
    let server = folder.serve_silently(&IMPATIENT);
    let remote = Remote::of(&server);
    let user = remote.create_user("first@example.com").await;
    let other = rusqlite::Connection::open(folder.folder.path().join("scim-server.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let start = Instant::now();
    assert_unavailable(&remote.post_user("second@example.com").await);
    assert!(start.elapsed() < SOON);
    remote.get(&format!("/Users/{user}")).await;
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(remote.post_user("second@example.com").await.status(), 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_is_gone_is_found_again() {
    let mut postgres = PrivatePostgres::start();
    let url = postgres.new_database().await;
    let folder = Folder::new();
    let server = folder.serve_silently(&[IMPATIENT.as_slice(), &[("DATABASE_URL", &url)]].concat());
    let remote = Remote::of(&server);
    let user = remote.create_user("first@example.com").await;

    postgres.crash();
    let start = Instant::now();
    // the connections that were open fail first, then new ones cannot be made
    for _ in 0..6 {
        assert_unavailable(&remote.post_user("second@example.com").await);
        let read = remote.send(Method::GET, &format!("/Users/{user}"), None).await;
        assert_unavailable(&read);
    }
    assert!(start.elapsed() < 2 * SOON, "{:?}", start.elapsed());
    remote.wait_until_ready(false).await;

    postgres.resume();
    remote.wait_until_ready(true).await;
    remote.get(&format!("/Users/{user}")).await;
    assert_eq!(remote.post_user("second@example.com").await.status(), 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_postgres_is_waited_for_until_the_deadline() {
    let url = PrivatePostgres::shared().new_database().await;
    let folder = Folder::new();
    let one_connection = [("DATABASE_URL", url.as_str()), ("SCIM_DATABASE_CONNECTIONS", "1")];
    let server = folder.serve_silently(&[IMPATIENT.as_slice(), &one_connection].concat());
    let remote = Remote::of(&server);
    let user = remote.create_user("first@example.com").await;

    let admin = sea_orm::Database::connect(&url).await.unwrap();
    let lock = admin.begin().await.unwrap();
    lock.execute_unprepared("LOCK TABLE users").await.unwrap();
    let start = Instant::now();
    // one waits for the lock, the others for the only connection
    let read = |remote: Remote, path: String| async move { remote.send(Method::GET, &path, None).await };
    let reads: Vec<_> = (0..4)
        .map(|_| tokio::spawn(read(remote.clone(), format!("/Users/{user}"))))
        .collect();
    for answer in reads {
        assert_unavailable(&answer.await.unwrap());
    }
    assert_unavailable(&remote.post_user("second@example.com").await);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    lock.rollback().await.unwrap();

    remote.wait_until_ready(true).await;
    remote.get(&format!("/Users/{user}")).await;
    assert_eq!(remote.post_user("second@example.com").await.status(), 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_serializable_by_default_is_used_all_the_same() {
    let url = PrivatePostgres::shared().new_database().await;
    let admin = sea_orm::Database::connect(&url).await.unwrap();
    let name = url.rsplit('/').next().unwrap();
    let strict = format!("ALTER DATABASE {name} SET default_transaction_isolation TO 'serializable'");
    admin.execute_unprepared(&strict).await.unwrap();
    let folder = Folder::new();
    let server = folder.serve_silently(&[CODE, ("DATABASE_URL", &url)]);
    let remote = Remote::of(&server);
    let group = remote.create_group("Everyone").await;
    let add = |writer: usize| {
        let (remote, group) = (remote.clone(), group.clone());
        tokio::spawn(async move {
            for number in 0..5 {
                let user = remote
                    .create_user(&format!("user{writer}-{number}@example.com"))
                    .await;
                let added = remote.add_member(&group, &user).await;
                assert!(added.status().is_success(), "{}", added.status());
            }
        })
    };
    for writer in (0..8).map(add).collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let group = remote.get(&format!("/Groups/{group}")).await;
    assert_eq!(group["members"].as_array().unwrap().len(), 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_is_reached_over_tls() {
    let postgres = PrivatePostgres::start();
    let url = postgres.new_database().await;
    let certificate = postgres.certificate().unwrap();
    let url = format!("{url}?sslmode=verify-full&sslrootcert={}", certificate.display());
    let folder = Folder::new();
    let server = folder.serve_silently(&[CODE, ("DATABASE_URL", &url)]);
    let remote = Remote::of(&server);
    remote.create_user("first@example.com").await;
    let admin = sea_orm::Database::connect(&url).await.unwrap();
    let encrypted = admin
        .query_one_raw(sea_orm::Statement::from_string(
            sea_orm::DbBackend::Postgres,
            "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND datname = current_database()",
        ))
        .await;
    let encrypted: i64 = encrypted.unwrap().unwrap().try_get_by_index(0).unwrap();
    assert!(encrypted >= 2, "{encrypted} connections are encrypted");
}
