//! A hundred thousand users, and what belongs to them, made of one by the database itself.

use std::sync::Arc;

use private_postgres::PrivatePostgres;
use scim_core::resource::Resource;
use scim_core::schema::{Definition, ResourceType, ResourceTypes};
use scim_service::store::{Access, Draft, Kind, ResourceTypeId, Store};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

use super::super::Timestamp;
use crate::dialect::Dialect;
use crate::{Options, SqlStore};

pub(super) const USERS: u32 = 100_000;
const TEAMS: u32 = 10_000;
/// Half of them are devices.
const RESOURCES: u32 = 40_000;
/// One team has a fifth of all users.
const LARGE: u32 = USERS / 5;

/// A store on a database of its own.
pub(super) struct Loaded {
    pub(super) store: SqlStore,
    url: String,
    _directory: tempfile::TempDir,
}

/// The resource type of the example.
pub(super) fn device_type() -> Arc<ResourceType> {
    let definition = |file: &str, text: &str| Definition {
        file: file.to_owned(),
        text: text.to_owned(),
    };
    let schema = include_str!("../../../../../examples/schemas/device-schema.json");
    let resource_type = include_str!("../../../../../examples/schemas/device.json");
    let types = ResourceTypes::builder()
        .schema(definition("schema", schema))
        .resource_type(definition("type", resource_type))
        .build();
    types.unwrap().others()[0].clone()
}

pub(super) fn device() -> Kind {
    Kind::Other(ResourceTypeId::of("Device"))
}

/// Loads two connections: `okta` with many users, `azure` with some.
pub(super) async fn load(dialect: Dialect) -> Loaded {
    let directory = tempfile::tempdir().unwrap();
    let url = match dialect {
        Dialect::Sqlite => directory.path().join("scim.sqlite").to_str().unwrap().to_owned(),
        Dialect::Postgres => PrivatePostgres::shared().new_database().await,
    };
    let store = SqlStore::connect(&url, &Options::default()).await.unwrap();
    store.migrate().await.unwrap();
    let loaded = Loaded {
        store,
        url,
        _directory: directory,
    };
    if dialect == Dialect::Postgres {
        // statistics come when the test says so
        for table in ["users", "user_emails", "teams", "team_members", "resources"] {
            let still = format!("ALTER TABLE {table} SET (autovacuum_enabled = false)");
            loaded.run(dialect, &still).await;
        }
    }
    for (connection, users) in [("azure", 5_000), ("okta", USERS)] {
        loaded.templates(connection).await;
        for statement in statements(dialect, users) {
            loaded.run(dialect, &statement).await;
        }
    }
    loaded
}

impl Loaded {
    /// Gathers statistics, as autovacuum does.
    pub(super) async fn analyze(&self, dialect: Dialect) {
        self.run(dialect, "ANALYZE").await;
    }

    /// One user, one team and one device, from which the others are made.
    async fn templates(&self, connection: &str) {
        let connection = connection.parse().unwrap();
        let mut transaction = self.store.begin(&connection, Access::Write).await.unwrap();
        let user = json!({
            "userName": "template", "externalId": "template", "displayName": "template",
            "name": { "givenName": "Barbara", "familyName": "Jensen" },
            "emails": [{ "value": "template@example.com", "type": "work" }],
        });
        for (kind, resource_type, attributes) in [
            (Kind::User, Arc::new(ResourceType::user()), user),
            (
                Kind::Group,
                Arc::new(ResourceType::group()),
                json!({ "displayName": "template" }),
            ),
            (
                device(),
                device_type(),
                json!({ "externalId": "template", "serialNumber": "template" }),
            ),
        ] {
            let Value::Object(attributes) = attributes else {
                panic!()
            };
            let resource = Resource::from_checked(resource_type, attributes);
            let draft = Draft::new(&resource, Timestamp::from_millis(1));
            transaction.insert(kind, &draft).await.unwrap();
        }
        transaction.commit().await.unwrap();
    }

    async fn run(&self, dialect: Dialect, sql: &str) {
        match dialect {
            Dialect::Sqlite => {
                let database = rusqlite::Connection::open(&self.url).unwrap();
                database.execute_batch(sql).unwrap();
            }
            Dialect::Postgres => {
                let database = Database::connect(&self.url).await.unwrap();
                database.execute_unprepared(sql).await.unwrap();
                database.close().await.unwrap();
            }
        }
    }
}

/// What makes users, teams and resources of the templates of the connection that has nothing else.
fn statements(dialect: Dialect, users: u32) -> [String; 5] {
    let numbers = |count: u32| {
        format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})")
    };
    let id = match dialect {
        Dialect::Sqlite => "printf('00000000-0000-7000-8000-%012d', i)",
        Dialect::Postgres => "'00000000-0000-7000-8000-' || lpad(i::text, 12, '0')",
    };
    let (many, teams, resources) = (numbers(users), numbers(TEAMS), numbers(RESOURCES));
    let newest = "(SELECT max(id) FROM connections)";
    let first = format!("(SELECT min(pk) + 1 FROM teams WHERE connection_id = {newest})");
    let common = "created_at, modified_at, version, document, comparable";
    [
        format!(
            "{many} INSERT INTO users (id, connection_id, user_name_key, external_id, display_name_key, display, active, \
             status, {common}) SELECT {id}, connection_id, 'user' || i, 'e' || i, 'display' || i, 'Display' || i, active, \
             status, {common} FROM users, n WHERE connection_id = {newest} AND user_name_key = 'template'"
        ),
        format!(
            "INSERT INTO user_emails (user_pk, position, connection_id, value, kind) SELECT pk, 0, connection_id, \
             user_name_key || '@example.com', 'work' FROM users WHERE connection_id = {newest} AND user_name_key <> 'template'"
        ),
        format!(
            "{teams} INSERT INTO teams (id, connection_id, display_name_key, unique_name_key, external_id, display, {common}) \
             SELECT {id}, connection_id, 'team' || i, 'team' || i, 'e' || i, 'Team' || i, {common} FROM teams, n \
             WHERE connection_id = {newest} AND display_name_key = 'template'"
        ),
        // teams have consecutive keys, the template the first of them
        format!(
            "INSERT INTO team_members (team_pk, member_pk) SELECT {first} + pk % {TEAMS}, pk FROM users \
             WHERE connection_id = {newest} UNION SELECT {first}, pk FROM users WHERE connection_id = {newest} AND pk % {} = 0",
            USERS / LARGE
        ),
        format!(
            "{resources} INSERT INTO resources (id, connection_id, kind, external_id, {common}) \
             SELECT {id}, connection_id, CASE i % 2 WHEN 0 THEN kind ELSE 'Other' END, 'e' || i, {common} FROM resources, n \
             WHERE connection_id = {newest} AND external_id = 'template'"
        ),
    ]
}
