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
use support::relay::Relay;
use support::remote::{CODE, Remote, assert_unavailable, patch};

const IMPATIENT: [(&str, &str); 3] = [
    CODE,
    ("SCIM_DATABASE_ACQUIRE_TIMEOUT", "1s"),
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
    let mut slow = 0;
    for answer in reads {
        let answer = answer.await.unwrap();
        assert_unavailable(&answer);
        let detail = answer.text().await.unwrap();
        slow += usize::from(detail.contains("took longer on the database than it may"));
    }
    assert_eq!(slow, 1);
    assert_unavailable(&remote.post_user("second@example.com").await);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    lock.rollback().await.unwrap();

    remote.wait_until_ready(true).await;
    remote.get(&format!("/Users/{user}")).await;
    assert_eq!(remote.post_user("second@example.com").await.status(), 201);
}

/// A change that the database does not confirm in time may be made all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_learns_that_a_change_was_not_confirmed() {
    let url = PrivatePostgres::shared().new_database().await;
    let relay = Relay::to(&url).await;
    let folder = Folder::new();
    let server = folder.serve_silently(&[IMPATIENT.as_slice(), &[("DATABASE_URL", &relay.url)]].concat());
    let remote = Remote::of(&server);
    let path = format!("/Users/{}", remote.create_user("first@example.com").await);
    let titled =
        |title: &str| patch(&serde_json::json!([{ "op": "replace", "path": "title", "value": title }]));
    // from now on, the statement is prepared, and nothing precedes its execution
    let answer = remote.send(Method::PATCH, &path, Some(titled("Driver"))).await;
    assert_eq!(answer.status(), 200);
    let admin = sea_orm::Database::connect(&url).await.unwrap();
    let lock = admin.begin().await.unwrap();
    // the user can be read, and the statement that changes it waits
    lock.execute_unprepared("LOCK TABLE users IN SHARE MODE")
        .await
        .unwrap();
    let changing = tokio::spawn({
        let (remote, path, change) = (remote.clone(), path.clone(), titled("Guide"));
        async move { remote.send(Method::PATCH, &path, Some(change)).await }
    });
    wait_for_a_waiting_statement(&admin).await;
    relay.be_silent(true);
    lock.rollback().await.unwrap();
    let answer = changing.await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(!answer.headers().contains_key("Retry-After"));
    let error: serde_json::Value = answer.json().await.unwrap();
    let detail = error["detail"].as_str().unwrap();
    assert!(detail.contains("may or may not have been made"), "{detail}");
    relay.be_silent(false);
    let user = remote.get(&path).await;
    assert_eq!(user["title"], "Guide");
}

async fn wait_for_a_waiting_statement(admin: &sea_orm::DatabaseConnection) {
    let waiting =
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let deadline = Instant::now() + SOON;
    let statement = || sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, waiting);
    while admin.query_one_raw(statement()).await.unwrap().is_none() {
        assert!(Instant::now() < deadline, "no statement waits");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
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

/// What is sent at the same time to one user is done one after the other, however the database shares its commits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_change_one_user_are_all_served() {
    let folder = Folder::new();
    let server = folder.serve_silently(&[CODE]);
    let remote = Remote::of(&server);
    for round in 0..4 {
        let user = remote.create_user(&format!("user{round}@example.com")).await;
        let path = format!("/Users/{user}");
        let change = |number: usize| {
            let (remote, path) = (remote.clone(), path.clone());
            let emails = serde_json::json!([{ "value": format!("{number}@example.com"), "type": "work" }]);
            let patch = patch(&serde_json::json!([{ "op": "replace", "path": "emails", "value": emails }]));
            tokio::spawn(async move { remote.send(Method::PATCH, &path, Some(patch)).await.status() })
        };
        for status in (0..32).map(change).collect::<Vec<_>>() {
            assert_eq!(status.await.unwrap(), 200);
        }
        let delete = |_: usize| {
            let (remote, path) = (remote.clone(), path.clone());
            tokio::spawn(async move { remote.send(Method::DELETE, &path, None).await.status().as_u16() })
        };
        let mut statuses = Vec::new();
        for status in (0..8).map(delete).collect::<Vec<_>>() {
            statuses.push(status.await.unwrap());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 404, 404, 404, 404, 404, 404, 404]);
    }
}

/// Each operation would wait for the database as long as the one before.
#[tokio::test]
async fn a_bulk_waits_once_for_a_database_that_is_not_there() {
    let folder = Folder::new();
    let server = folder.serve_silently(&IMPATIENT);
    let remote = Remote::of(&server);
    let user = remote.create_user("first@example.com").await;
    let other = rusqlite::Connection::open(folder.folder.path().join("scim-server.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let change = patch(&serde_json::json!([{ "op": "replace", "path": "title", "value": "Guide" }]));
    let mut operations =
        vec![serde_json::json!({ "method": "PATCH", "path": format!("/Users/{user}"), "data": change }); 30];
    for number in 0..300 {
        let data = support::remote::user(&format!("user{number}@example.com"));
        let bulk_id = number.to_string();
        operations
            .push(serde_json::json!({ "method": "POST", "path": "/Users", "bulkId": bulk_id, "data": data }));
    }
    let bulk = serde_json::json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations
    });
    let start = Instant::now();
    let answer = remote.send(Method::POST, "/Bulk", Some(bulk.clone())).await;
    assert_unavailable(&answer);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    other.execute_batch("COMMIT").unwrap();
    let answer = remote.send(Method::POST, "/Bulk", Some(bulk)).await;
    let answer: serde_json::Value = answer.json().await.unwrap();
    let operations = answer["Operations"].as_array().unwrap();
    assert_eq!(operations.len(), 330);
    assert!(
        operations
            .iter()
            .all(|one| one["status"] == "200" || one["status"] == "201")
    );
}

/// Sessions that the server or a firewall ended while nobody used them are noticed before a request meets them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_connections_that_were_ended_are_replaced() {
    let url = PrivatePostgres::shared().new_database().await;
    let folder = Folder::new();
    let server = folder.serve_silently(&[CODE, ("DATABASE_URL", url.as_str())]);
    let remote = Remote::of(&server);
    let many = (0..16).map(|number| {
        let remote = remote.clone();
        tokio::spawn(async move { remote.create_user(&format!("user{number}@example.com")).await })
    });
    for one in many.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    let admin = sea_orm::Database::connect(&url).await.unwrap();
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    admin.execute_unprepared(end).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    for number in 0..10 {
        assert_eq!(
            remote
                .post_user(&format!("late{number}@example.com"))
                .await
                .status(),
            201
        );
    }
}

/// A standby answers, and takes no changes; when another server stands behind the address, it is found.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_takes_no_changes_is_not_ready() {
    let url = PrivatePostgres::shared().new_database().await;
    let folder = Folder::new();
    let server = folder.serve_silently(&[CODE, ("DATABASE_URL", url.as_str())]);
    let remote = Remote::of(&server);
    let user = remote.create_user("first@example.com").await;
    let (cluster, name) = url.rsplit_once('/').unwrap();
    let admin = sea_orm::Database::connect(format!("{cluster}/postgres"))
        .await
        .unwrap();
    let set = |what: &str| format!("ALTER DATABASE {name} SET default_transaction_read_only = {what}");
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    admin.execute_unprepared(&set("on")).await.unwrap();
    admin.execute_unprepared(&end).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_unavailable(&remote.post_user("second@example.com").await);
    remote.wait_until_ready(false).await;
    remote.get(&format!("/Users/{user}")).await;

    admin.execute_unprepared(&set("off")).await.unwrap();
    // connections that refused a change are not used again; those that only read may be told so first
    let deadline = Instant::now() + SOON;
    while remote.post_user("second@example.com").await.status() != 201 {
        assert!(Instant::now() < deadline, "changes are refused for good");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    remote.wait_until_ready(true).await;
}

/// A server that refuses to be connected to is not there, whatever reason it gives.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_lets_nobody_connect_is_unavailable() {
    let url = PrivatePostgres::shared().new_database().await;
    let folder = Folder::new();
    let server = folder.serve_silently(&[CODE, ("DATABASE_URL", url.as_str())]);
    let remote = Remote::of(&server);
    remote.create_user("first@example.com").await;
    let (cluster, name) = url.rsplit_once('/').unwrap();
    let admin = sea_orm::Database::connect(format!("{cluster}/postgres"))
        .await
        .unwrap();
    let allow = |what: bool| format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {what}");
    admin.execute_unprepared(&allow(false)).await.unwrap();
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    admin.execute_unprepared(&end).await.unwrap();
    for _ in 0..10 {
        assert_unavailable(&remote.post_user("second@example.com").await);
    }
    remote.wait_until_ready(false).await;
    admin.execute_unprepared(&allow(true)).await.unwrap();
    remote.wait_until_ready(true).await;
    assert_eq!(remote.post_user("second@example.com").await.status(), 201);
}

/// With fewer connections than it was told to have, the server goes on with those that it gets.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_without_room_serves_one_after_the_other() {
    let url = PrivatePostgres::shared().new_database().await;
    let (cluster, name) = url.rsplit_once('/').unwrap();
    let admin = sea_orm::Database::connect(format!("{cluster}/postgres"))
        .await
        .unwrap();
    for statement in [
        format!("CREATE ROLE few_{name} LOGIN CONNECTION LIMIT 2"),
        format!("ALTER DATABASE {name} OWNER TO few_{name}"),
    ] {
        admin.execute_unprepared(&statement).await.unwrap();
    }
    let (_, host) = url.split_once('@').unwrap();
    let url = format!("postgres://few_{name}@{host}");
    let folder = Folder::new();
    let server = folder.serve_silently(&[CODE, ("DATABASE_URL", url.as_str())]);
    let remote = Remote::of(&server);
    let many = (0..40).map(|number| {
        let remote = remote.clone();
        tokio::spawn(async move {
            let answer = remote.post_user(&format!("user{number}@example.com")).await;
            answer.status()
        })
    });
    for one in many.collect::<Vec<_>>() {
        assert_eq!(one.await.unwrap(), 201);
    }
}
