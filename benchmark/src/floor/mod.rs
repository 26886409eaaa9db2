//! Floor servers: the one SQL statement behind each request, and nothing of SCIM.
//!
//! They say what the machine, the web framework and the database allow, so that a figure of the subject can be read as
//! a ratio. There is no authentication in them, no validation, no ETag, no log.

pub(crate) mod entity;
mod orm;
mod raw;
mod routes;
mod writer;

use std::path::PathBuf;

use clap::ValueEnum;
use sea_orm::prelude::Uuid;
use serde::{Deserialize, Serialize};

pub(crate) use orm::{connect_postgres, connect_sqlite};

/// How many rows a page has.
pub(crate) const PAGE: u64 = 100;

/// Which floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FloorKind {
    /// actix and sea-orm on SQLite, written as most who use sea-orm write it
    Orm,
    /// the same on PostgreSQL
    Pg,
    /// actix and rusqlite: prepared statements, and a thread that commits many writes at once
    Raw,
}

/// A user as the body of a request has it: what the table has columns for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewUser {
    user_name: String,
    external_id: Option<String>,
    display_name: Option<String>,
    active: bool,
}

/// What a floor can do, a statement each.
trait Floor: Clone + 'static {
    /// The document of a user.
    async fn user(&self, id: Uuid) -> anyhow::Result<Option<String>>;
    /// The document of the user with that name.
    async fn named(&self, user_name: String) -> anyhow::Result<Option<String>>;
    /// The documents of a page.
    async fn page(&self, offset: u64) -> anyhow::Result<Vec<String>>;
    /// Who is in a group.
    async fn members(&self, group: Uuid) -> anyhow::Result<Vec<Uuid>>;
    /// Sets `active`, and gives the document.
    async fn set_active(&self, id: Uuid, active: bool) -> anyhow::Result<Option<String>>;
    /// Keeps a user.
    async fn create(&self, user: NewUser, document: String) -> anyhow::Result<()>;
    /// Puts a user into a group.
    async fn add_member(&self, group: Uuid, user: Uuid) -> anyhow::Result<()>;
    /// Takes a user out of a group.
    async fn remove_member(&self, group: Uuid, user: Uuid) -> anyhow::Result<()>;
}

/// Serves a floor until the process is told to stop.
pub(crate) fn serve(kind: FloorKind, port: u16, database: &str) -> anyhow::Result<()> {
    actix_web::rt::System::new().block_on(async {
        match kind {
            FloorKind::Orm => {
                let floor = orm::Orm::sqlite(database).await?;
                routes::serve(port, move || floor.clone()).await
            }
            FloorKind::Pg => {
                let floor = orm::Orm::postgres(database).await?;
                routes::serve(port, move || floor.clone()).await
            }
            FloorKind::Raw => {
                let path = PathBuf::from(database);
                let writer = writer::Writer::start(&path)?;
                routes::serve(port, move || raw::Raw::new(path.clone(), writer.clone())).await
            }
        }
    })
}
