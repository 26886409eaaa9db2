//! A store on a database of its own, and short ways to say what a test does with it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use private_postgres::PrivatePostgres;
use scim_core::condition::Condition;
use scim_core::filter::{CompareOp, Filter, Literal};
use scim_core::membership::MembershipDelta;
use scim_core::path::AttributePath;
use scim_core::query::Selection;
use scim_core::resource::Resource;
use scim_core::schema::ResourceType;
use scim_core::time::Timestamp;
use scim_service::connection::ConnectionKey;
use scim_service::store::{
    Access, Draft, Kind, Membership, Meta, Page, Record, ResourceId, Store, StoreError, Transaction,
};
use scim_storage::{Options, SqlStore};
use serde_json::{Map, Value};
use tempfile::TempDir;

pub(crate) struct TestStore {
    pub(crate) store: SqlStore,
    pub(crate) url: String,
    pub(crate) key: ConnectionKey,
    _directory: Arc<TempDir>,
}

/// Which database a test runs on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl TestStore {
    /// A store on a new database, with the schema of today.
    pub(crate) async fn new(engine: Engine) -> Self {
        let new = Self::without_schema(engine).await;
        new.store.migrate().await.unwrap();
        new
    }

    /// The same without a schema.
    pub(crate) async fn without_schema(engine: Engine) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = match engine {
            Engine::Sqlite => directory.path().join("scim.sqlite").to_str().unwrap().to_owned(),
            Engine::Postgres => PrivatePostgres::shared().new_database().await,
        };
        Self {
            store: SqlStore::connect(&url, &patient()).await.unwrap(),
            url,
            key: "okta".parse().unwrap(),
            _directory: Arc::new(directory),
        }
    }

    /// The same database, seen by another identity provider.
    pub(crate) fn seen_by(&self, key: &str) -> Self {
        Self {
            store: self.store.clone(),
            url: self.url.clone(),
            key: key.parse().unwrap(),
            _directory: self._directory.clone(),
        }
    }

    pub(crate) async fn read(&self) -> Box<dyn Transaction> {
        self.store.begin(&self.key, Access::Read).await.unwrap()
    }

    pub(crate) async fn write(&self) -> Box<dyn Transaction> {
        self.store.begin(&self.key, Access::Write).await.unwrap()
    }

    pub(crate) async fn try_create(&self, resource: &Resource) -> Result<Meta, StoreError> {
        let mut transaction = self.write().await;
        let meta = transaction.insert(kind_of(resource), &draft(resource, 1)).await?;
        transaction.commit().await?;
        Ok(meta)
    }

    pub(crate) async fn create(&self, resource: &Resource) -> Meta {
        self.try_create(resource).await.unwrap()
    }

    /// A user of that name.
    pub(crate) async fn create_user(&self, user_name: &str) -> ResourceId {
        self.create(&user(serde_json::json!({ "userName": user_name })))
            .await
            .id
    }

    /// A group of that name.
    pub(crate) async fn create_group(&self, display_name: &str) -> ResourceId {
        self.create(&group(serde_json::json!({ "displayName": display_name })))
            .await
            .id
    }

    pub(crate) async fn get(&self, kind: Kind, id: &ResourceId) -> Option<Record> {
        self.read().await.get(kind, id).await.unwrap()
    }

    pub(crate) async fn delete(&self, kind: Kind, id: &ResourceId) {
        let mut transaction = self.write().await;
        let record = transaction.get(kind, id).await.unwrap().unwrap();
        transaction
            .delete(kind, id, record.meta.version, at(500))
            .await
            .unwrap();
        transaction.commit().await.unwrap();
    }

    pub(crate) async fn list(&self, kind: Kind, selection: &Selection) -> Page {
        self.read().await.list(kind, selection).await.unwrap()
    }

    pub(crate) async fn total(&self, kind: Kind) -> u64 {
        self.list(kind, &Selection::default()).await.total
    }

    pub(crate) async fn change_members(&self, group: &ResourceId, delta: &MembershipDelta) -> u64 {
        let mut transaction = self.write().await;
        let rows = transaction.change_members(group, delta).await.unwrap();
        transaction.commit().await.unwrap();
        rows
    }

    pub(crate) async fn add(&self, group: &ResourceId, users: &[&ResourceId]) -> u64 {
        let mut delta = MembershipDelta::default();
        delta.add(users.iter().map(|id| id.as_str().to_owned()));
        self.change_members(group, &delta).await
    }

    pub(crate) async fn members(&self, group: &ResourceId) -> Vec<Membership> {
        let groups = [group.clone()];
        self.read().await.members(&groups).await.unwrap()
    }
}

#[async_trait]
impl Store for TestStore {
    async fn begin(&self, key: &ConnectionKey, access: Access) -> Result<Box<dyn Transaction>, StoreError> {
        self.store.begin(key, access).await
    }

    fn seeks(&self) -> bool {
        self.store.seeks()
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.store.ready().await
    }
}

/// Makes of functions that take an [`Engine`] one test for each database.
macro_rules! on_each_database {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $test() {
                    super::$test($crate::support::Engine::Sqlite).await;
                }
            )*
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $test() {
                    super::$test($crate::support::Engine::Postgres).await;
                }
            )*
        }
    };
}
pub(crate) use on_each_database;

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(crate) fn draft(resource: &Resource, now: i64) -> Draft<'_> {
    Draft::new(resource, at(now))
}

pub(crate) fn user(attributes: Value) -> Resource {
    Resource::from_checked(Arc::new(ResourceType::user()), object(attributes))
}

pub(crate) fn group(attributes: Value) -> Resource {
    Resource::from_checked(Arc::new(ResourceType::group()), object(attributes))
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is not an object"),
    }
}

pub(crate) fn kind_of(resource: &Resource) -> Kind {
    match resource.resource_type().name.as_str() {
        "User" => Kind::User,
        _ => Kind::Group,
    }
}

/// `userName`, `name.familyName`, or with the URI of a schema and a `#` before.
pub(crate) fn path(text: &str) -> AttributePath {
    let (urn, rest) = match text.split_once('#') {
        Some((urn, rest)) => (Some(urn.to_owned()), rest),
        None => (None, text),
    };
    let (name, sub) = match rest.split_once('.') {
        Some((name, sub)) => (name, Some(sub.to_owned())),
        None => (rest, None),
    };
    AttributePath {
        urn,
        name: name.to_owned(),
        sub,
    }
}

pub(crate) fn compare(name: &str, op: CompareOp, literal: Value) -> Filter {
    let literal = match literal {
        Value::Null => Literal::Null,
        Value::Bool(value) => Literal::Boolean(value),
        Value::Number(value) => Literal::Number(value),
        Value::String(value) => Literal::String(value),
        other => panic!("{other} is not a scalar"),
    };
    Filter::Compare(path(name), op, literal)
}

pub(crate) fn equals(name: &str, literal: impl Into<Value>) -> Filter {
    compare(name, CompareOp::Equal, literal.into())
}

pub(crate) fn condition(kind: Kind, filter: &Filter) -> Condition {
    let resource_type = match kind {
        Kind::User => ResourceType::user(),
        _ => ResourceType::group(),
    };
    filter.resolve(&resource_type).unwrap()
}

pub(crate) fn matching(kind: Kind, filter: &Filter) -> Selection {
    Selection {
        condition: Some(condition(kind, filter)),
        limit: 1000,
        ..Selection::default()
    }
}

pub(crate) fn ids(page: &Page) -> Vec<ResourceId> {
    page.records.iter().map(|record| record.meta.id.clone()).collect()
}

/// The tests load a lot in one transaction, on machines that are busy with others.
fn patient() -> Options {
    Options::default()
        .with_acquire_timeout(Duration::from_secs(120))
        .with_deadline(Duration::from_secs(600))
}
