//! A PostgreSQL server of one's own, for tests.
//!
//! [`PrivatePostgres::shared`] gives the tests of a process one server: the one that the environment variable
//! `SCIM_TEST_POSTGRES` names (`postgres://user@host:port`, a user who may create databases), or else a new one, made of
//! the programs of the newest PostgreSQL that is installed, on a free port, with its data in a temporary folder. That
//! server ends with the process, also if it is killed. It keeps the settings of production: `fsync` is on.
//!
//! What it is not: it never skips a test. Where there is no PostgreSQL it panics, and says what to install.
//!
//! ```no_run
//! use private_postgres::PrivatePostgres;
//!
//! # async fn run() {
//! let url = PrivatePostgres::shared().new_database().await;
//! assert!(url.starts_with("postgres://"));
//! # }
//! ```

#![allow(clippy::panic, reason = "a test without its database cannot go on")]

mod process;
mod programs;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait, Database, DbErr};

use process::Process;

/// The environment variable that names a server.
pub const VARIABLE: &str = "SCIM_TEST_POSTGRES";

/// A PostgreSQL server for tests.
#[derive(Debug)]
pub struct PrivatePostgres {
    /// `postgres://user@host:port`, without a database.
    address: String,
    /// `None` where the server is somebody else's.
    process: Option<Process>,
}

impl PrivatePostgres {
    /// The server of this process, started by whoever asks first.
    ///
    /// # Panics
    ///
    /// If there is none and none can be started.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<PrivatePostgres> = OnceLock::new();
        SHARED.get_or_init(|| match std::env::var(VARIABLE) {
            Ok(address) if !address.is_empty() => Self {
                address: address.trim_end_matches('/').to_owned(),
                process: None,
            },
            _ => Self::start(),
        })
    }

    /// Starts a server that ends when it is dropped, or with this process.
    ///
    /// # Panics
    ///
    /// If none can be started.
    pub fn start() -> Self {
        match Process::start() {
            Ok(process) => Self {
                address: format!("postgres://scim@127.0.0.1:{}", process.port()),
                process: Some(process),
            },
            Err(error) => panic!("{error}"),
        }
    }

    /// Stops the server as a crash would. What was committed is there when it is [started](Self::resume) again.
    ///
    /// # Panics
    ///
    /// If it does not stop, or is somebody else's.
    pub fn crash(&mut self) {
        self.tell("stop");
    }

    /// Starts the server again, at the same address.
    ///
    /// # Panics
    ///
    /// If it does not start, or is somebody else's.
    pub fn resume(&mut self) {
        self.tell("start");
    }

    fn tell(&mut self, command: &str) {
        match self.process.as_mut().map(|process| process.tell(command)) {
            Some(Ok(())) => {}
            Some(Err(error)) => panic!("{error}"),
            None => panic!("the server that {VARIABLE} names is not ours to {command}"),
        }
    }

    /// The URL of a new database with nothing in it. It is there as long as the server is.
    ///
    /// # Panics
    ///
    /// If the server does not make one.
    pub async fn new_database(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("scim_test_{}_{number}", std::process::id());
        match self.create(&name).await {
            Ok(()) => format!("{}/{name}", self.address),
            Err(error) => panic!("the server at {VARIABLE} makes no database: {error}"),
        }
    }

    /// The certificate that the server shows (PEM; for `localhost` and `127.0.0.1`), to be trusted by those who ask for
    /// TLS: `?sslmode=verify-full&sslrootcert=…`. `None` for a server that [`VARIABLE`] names.
    pub fn certificate(&self) -> Option<PathBuf> {
        let process = self.process.as_ref()?;
        Some(Path::new(process.data()).join("server.crt"))
    }

    async fn create(&self, name: &str) -> Result<(), DbErr> {
        let admin = Database::connect(format!("{}/postgres", self.address)).await?;
        // one that a process with the same number left on a server that outlives us
        for statement in [
            format!("DROP DATABASE IF EXISTS {name}"),
            format!("CREATE DATABASE {name} TEMPLATE template0"),
        ] {
            admin.execute_unprepared(&statement).await?;
        }
        admin.close().await
    }
}
