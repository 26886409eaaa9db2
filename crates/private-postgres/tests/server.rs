//! Servers start, are of their own, and end.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests may stop at the first surprise"
)]

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use private_postgres::PrivatePostgres;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

async fn answer(database: &DatabaseConnection, question: &str) -> String {
    let statement = Statement::from_string(DbBackend::Postgres, question);
    let row = database.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn every_database_is_new() {
    let server = PrivatePostgres::shared();
    let (first, second) = (server.new_database().await, server.new_database().await);
    assert_ne!(first, second);
    for url in [first, second] {
        let database = Database::connect(url).await.unwrap();
        database
            .execute_unprepared("CREATE TABLE x (y int)")
            .await
            .unwrap();
        assert_eq!(answer(&database, "SHOW fsync").await, "on");
    }
}

#[tokio::test]
async fn a_server_speaks_tls_and_ends_when_it_is_dropped() {
    let server = PrivatePostgres::start();
    let certificate = server.certificate().unwrap();
    let url = server.new_database().await;
    let secure = format!("{url}?sslmode=verify-full&sslrootcert={}", certificate.display());
    let database = Database::connect(secure).await.unwrap();
    let uses = "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert_eq!(answer(&database, uses).await, "true");
    drop(server);
    assert!(!certificate.exists());
    let address = url
        .split(['@', '/'])
        .find(|part| part.starts_with("127."))
        .unwrap();
    assert!(TcpStream::connect(address).is_err(), "{url}");
}

/// What [`a_server_ends_with_a_process_that_is_killed`] runs in another process, and kills.
#[test]
#[ignore = "does not end by itself"]
fn holds_a_server() {
    println!(
        "data {}",
        PrivatePostgres::start().certificate().unwrap().display()
    );
    let server = PrivatePostgres::shared();
    println!("data {}", server.certificate().unwrap().display());
    std::thread::sleep(Duration::from_secs(600));
}

#[test]
fn a_server_ends_with_a_process_that_is_killed() {
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "holds_a_server", "--nocapture"])
        .env_remove(private_postgres::VARIABLE)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(other.stdout.take().unwrap()).lines();
    let certificate = lines
        .map_while(Result::ok)
        .filter_map(|line| Some(line.split_once("data ")?.1.to_owned()))
        .nth(1)
        .unwrap();
    let is_there = || std::path::Path::new(&certificate).exists();
    assert!(is_there());
    other.kill().unwrap();
    other.wait().unwrap();
    for _ in 0..100 {
        if !is_there() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{certificate} is still there");
}
