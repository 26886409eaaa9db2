//! A floor on sea-orm: entity models, and one pool to read and one to write.

use anyhow::Context as _;
use sea_orm::prelude::Uuid;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue, ColumnTrait as _, ConnectOptions, Database, DatabaseConnection,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::entity::{member, user};
use super::{Floor, NewUser, PAGE};

/// Connections that read at the same time; on PostgreSQL, all of them. As many as the subject has.
const READERS: u32 = 8;

/// The floor.
#[derive(Clone)]
pub(super) struct Orm {
    readers: DatabaseConnection,
    writer: DatabaseConnection,
}

impl Orm {
    /// On a SQLite file.
    pub(super) async fn sqlite(path: &str) -> anyhow::Result<Self> {
        Ok(Self {
            readers: connect_sqlite(path, READERS).await?,
            writer: connect_sqlite(path, 1).await?,
        })
    }

    /// On PostgreSQL.
    pub(super) async fn postgres(url: &str) -> anyhow::Result<Self> {
        let pool = connect_postgres(url, READERS).await?;
        Ok(Self {
            readers: pool.clone(),
            writer: pool,
        })
    }
}

/// Opens a SQLite file whose acknowledged writes survive a loss of power.
pub(crate) async fn connect_sqlite(path: &str, connections: u32) -> anyhow::Result<DatabaseConnection> {
    let path = path.to_owned();
    let mut options = ConnectOptions::new("sqlite:named-below");
    options
        .min_connections(1)
        .max_connections(connections)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .filename(&path)
                .create_if_missing(true)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
        });
    Database::connect(options)
        .await
        .context("the SQLite file does not open")
}

/// Opens a database of PostgreSQL.
pub(crate) async fn connect_postgres(url: &str, connections: u32) -> anyhow::Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .min_connections(1)
        .max_connections(connections)
        .sqlx_logging(false)
        .test_before_acquire(false);
    Database::connect(options)
        .await
        .context("PostgreSQL does not answer")
}

impl Floor for Orm {
    async fn user(&self, id: Uuid) -> anyhow::Result<Option<String>> {
        let found = user::Entity::find_by_id(id).one(&self.readers).await?;
        Ok(found.map(|user| user.document))
    }

    async fn named(&self, user_name: String) -> anyhow::Result<Option<String>> {
        let found = user::Entity::find()
            .filter(user::Column::UserName.eq(user_name))
            .one(&self.readers)
            .await?;
        Ok(found.map(|user| user.document))
    }

    async fn page(&self, offset: u64) -> anyhow::Result<Vec<String>> {
        let found = user::Entity::find()
            .order_by_asc(user::Column::Id)
            .offset(offset)
            .limit(PAGE)
            .all(&self.readers)
            .await?;
        Ok(found.into_iter().map(|user| user.document).collect())
    }

    async fn members(&self, group: Uuid) -> anyhow::Result<Vec<Uuid>> {
        let found = member::Entity::find()
            .filter(member::Column::GroupId.eq(group))
            .all(&self.readers)
            .await?;
        Ok(found.into_iter().map(|member| member.user_id).collect())
    }

    async fn set_active(&self, id: Uuid, active: bool) -> anyhow::Result<Option<String>> {
        let changed = user::ActiveModel {
            id: ActiveValue::Unchanged(id),
            active: ActiveValue::Set(active),
            ..Default::default()
        };
        Ok(Some(changed.update(&self.writer).await?.document))
    }

    async fn create(&self, new: NewUser, document: String) -> anyhow::Result<()> {
        let model = user::Model {
            id: Uuid::now_v7(),
            user_name: new.user_name,
            external_id: new.external_id,
            display_name: new.display_name,
            active: new.active,
            document,
            version: 1,
            created_at: 0,
            modified_at: 0,
        };
        model.into_active_model().insert(&self.writer).await?;
        Ok(())
    }

    async fn add_member(&self, group: Uuid, user: Uuid) -> anyhow::Result<()> {
        let model = member::Model {
            group_id: group,
            user_id: user,
        };
        model.into_active_model().insert(&self.writer).await?;
        Ok(())
    }

    async fn remove_member(&self, group: Uuid, user: Uuid) -> anyhow::Result<()> {
        member::Entity::delete_by_id((group, user))
            .exec(&self.writer)
            .await?;
        Ok(())
    }
}
