//! A database without a schema, reached without the store.

use private_postgres::PrivatePostgres;
use scim_storage::{Options, SqlStore};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use tempfile::TempDir;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

pub(crate) struct Fresh {
    pub(crate) engine: Engine,
    url: String,
    _directory: TempDir,
}

impl Fresh {
    pub(crate) async fn new(engine: Engine) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = match engine {
            Engine::Sqlite => format!(
                "sqlite://{}?mode=rwc",
                directory.path().join("scim.sqlite").display()
            ),
            Engine::Postgres => PrivatePostgres::shared().new_database().await,
        };
        Self {
            engine,
            url,
            _directory: directory,
        }
    }

    /// A store of its own on this database, as another process would have it.
    pub(crate) async fn store(&self) -> SqlStore {
        SqlStore::connect(&self.url, &Options::default()).await.unwrap()
    }

    pub(crate) async fn run(&self, sql: &str) {
        let database = self.open().await;
        database.execute_unprepared(sql).await.unwrap();
        database.close().await.unwrap();
    }

    /// The first column of the answer, in order.
    pub(crate) async fn numbers(&self, sql: &str) -> Vec<i64> {
        self.first(sql).await
    }

    /// The tables that are there, by name.
    pub(crate) async fn tables(&self) -> Vec<String> {
        self.first(match self.engine {
            Engine::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            }
            Engine::Postgres => {
                "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
            }
        })
        .await
    }

    async fn first<T: sea_orm::TryGetable>(&self, sql: &str) -> Vec<T> {
        let database = self.open().await;
        let question = Statement::from_string(database.get_database_backend(), sql);
        let rows = database.query_all_raw(question).await.unwrap();
        let values = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        database.close().await.unwrap();
        values
    }

    pub(crate) async fn open(&self) -> DatabaseConnection {
        Database::connect(&self.url).await.unwrap()
    }
}

/// Makes of functions that take a [`Fresh`] one test for each database.
macro_rules! on_each_database {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            use crate::database::{Engine, Fresh};
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $test() {
                    super::$test(Fresh::new(Engine::Sqlite).await).await;
                }
            )*
        }
        mod postgres {
            use crate::database::{Engine, Fresh};
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $test() {
                    super::$test(Fresh::new(Engine::Postgres).await).await;
                }
            )*
        }
    };
}
pub(crate) use on_each_database;
