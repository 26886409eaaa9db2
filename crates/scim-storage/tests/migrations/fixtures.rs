//! Databases as released steps left them, with data, move forward to the schema of today.
//!
//! `fixtures/<step>.<database>.sql` is a dump of a database that was at that step. When a step is released, dump a database
//! that has it, and add its name to [`STEPS`]; those that are there are never changed.

use scim_core::query::Selection;
use scim_service::connection::ConnectionKey;
use scim_service::store::{Access, AccountState, Kind, ResourceId, Store};
use scim_storage::SchemaState;

use crate::database::{Engine, Fresh, on_each_database};

/// The steps that were released: name, dump of SQLite, dump of PostgreSQL.
const STEPS: &[(&str, &str, &str)] = &[(
    "m0001_users_and_teams",
    include_str!("fixtures/m0001_users_and_teams.sqlite.sql"),
    include_str!("fixtures/m0001_users_and_teams.postgres.sql"),
)];

on_each_database! { what_a_step_left_moves_forward }

async fn what_a_step_left_moves_forward(first: Fresh) {
    let engine = first.engine;
    for (step, sqlite, postgres) in STEPS {
        let fresh = Fresh::new(engine).await;
        let dump = match engine {
            Engine::Sqlite => sqlite,
            Engine::Postgres => postgres,
        };
        fresh.run(dump).await;
        let store = fresh.store().await;
        let state = store.schema_state().await.unwrap();
        assert!(!matches!(state, SchemaState::Ahead(_)), "{step}: {state}");
        store.migrate().await.unwrap();
        store.ready().await.unwrap();
        everything_is_there(&store, step).await;
    }
}

/// What the store holds in each of the dumps: see `fixtures/README.md`.
async fn everything_is_there(store: &impl Store, step: &str) {
    let okta: ConnectionKey = "okta".parse().unwrap();
    let mut transaction = store.begin(&okta, Access::Write).await.unwrap();
    let all = Selection {
        limit: 100,
        ..Selection::default()
    };
    let users = transaction.list(Kind::User, &all).await.unwrap();
    assert_eq!((users.total, users.records.len()), (2, 2), "{step}");
    assert!(users.records[0].document.contains("B@example.com"), "{step}");
    let teams = transaction.list(Kind::Group, &all).await.unwrap();
    assert_eq!(teams.total, 1, "{step}");
    let team: &ResourceId = &teams.records[0].meta.id;
    let members = transaction.members(std::slice::from_ref(team)).await.unwrap();
    assert_eq!(members.len(), 2, "{step}");
    let account = transaction.account("BJENSEN").await.unwrap().unwrap();
    assert_eq!(account.id, users.records[0].meta.id, "{step}");
    let gone = transaction.account("gone").await.unwrap().unwrap();
    assert_eq!(gone.state, AccountState::Deleted, "{step}");
    // and it can be changed
    let user = &users.records[0].meta;
    transaction
        .touch(Kind::User, &user.id, user.version, user.modified)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}
