//! Tables of somebody else, whose columns hold attributes of users, on either database.

use std::sync::Arc;

use scim_core::query::Selection;
use scim_core::resource::Resource;
use scim_core::schema::{Attribute, AttributeRef, AttributeType, ResourceType};
use scim_core::text::fold;
use scim_core::time::Timestamp;
use scim_service::store::columns::{Columns, Dialect, Kept, Names, Parameter, Rows};
use scim_service::store::{Meta, ResourceId, StoreError, Version};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use serde_json::{Map, Value};

use crate::support::{Engine, TestStore, draft, path};

/// What has a column, in this order: `c0`, `c1` and so on.
pub(super) const SINGLE: &[&str] = &[
    "id",
    "userName",
    "externalId",
    "displayName",
    "title",
    "profileUrl",
    "active",
    "name.familyName",
    "name.givenName",
    "meta.created",
    "meta.lastModified",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User#department",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User#manager.value",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User#manager.displayName",
];

/// What has a table.
const MULTIPLE: &[&str] = &["emails", "roles", "photos"];

/// What is in every row is among the columns, too.
const NAMES: Names = Names::DEFAULT
    .with_id("c0")
    .with_created("c9")
    .with_modified("c10");

const SUBS: &[&str] = &["value", "type", "display", "primary"];

/// The tables of somebody else, and how they are asked.
pub(super) struct Tables {
    database: DatabaseConnection,
    pub(super) columns: Columns,
    /// Which holds the database.
    _store: TestStore,
}

impl Tables {
    pub(super) async fn new(engine: Engine) -> Self {
        let store = TestStore::without_schema(engine).await;
        let (url, dialect) = match engine {
            Engine::Sqlite => (format!("sqlite://{}?mode=rwc", store.url), Dialect::Sqlite),
            Engine::Postgres => (store.url.clone(), Dialect::Postgres),
        };
        let database = Database::connect(url).await.unwrap();
        let singles = SINGLE
            .iter()
            .enumerate()
            .map(|(number, name)| format!("c{number} {}", sql_type(kept(attribute(name).leaf()))));
        let people = singles.collect::<Vec<_>>().join(", ");
        database
            .execute_unprepared(&format!("CREATE TABLE people ({people}, level BIGINT, tenant TEXT, version BIGINT, document TEXT, unique_key TEXT, UNIQUE (c0))"))
            .await
            .unwrap();
        for name in MULTIPLE {
            let table = format!(
                "CREATE TABLE {name} (owner TEXT, the_value TEXT, the_type TEXT, the_display TEXT, the_primary BOOLEAN)"
            );
            database.execute_unprepared(&table).await.unwrap();
        }
        Self {
            database,
            columns: columns(dialect),
            _store: store,
        }
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.database.get_database_backend()
    }

    /// The parameter of the store itself.
    fn own(&self) -> &'static str {
        match self.backend() {
            DbBackend::Postgres => "CAST($1 AS TEXT)",
            _ => "?1",
        }
    }

    pub(super) async fn insert(&self, table: &str, columns: &[String], values: Vec<sea_orm::Value>) {
        let placeholders: Vec<String> = (1..=values.len())
            .map(|number| match self.backend() {
                DbBackend::Postgres => format!("${number}"),
                _ => format!("?{number}"),
            })
            .collect();
        let sql = format!(
            "INSERT INTO {table} ({}) VALUES ({})",
            columns.join(", "),
            placeholders.join(", ")
        );
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        self.database.execute_raw(statement).await.unwrap();
    }

    pub(super) async fn settle(&self, users: &[Map<String, Value>]) {
        for table in ["people", "emails", "roles", "photos"] {
            self.database
                .execute_unprepared(&format!("DELETE FROM {table}"))
                .await
                .unwrap();
        }
        for user in users {
            let attributes = user
                .iter()
                .filter(|(name, _)| !["id", "meta"].contains(&name.as_str()));
            let attributes = attributes
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            let resource = Resource::from_checked(Arc::new(ResourceType::user()), attributes);
            let time = |name| Timestamp::parse(user["meta"][name].as_str().unwrap()).unwrap();
            let meta = Meta {
                id: ResourceId::new(user["id"].as_str().unwrap().to_owned()),
                version: Version::FIRST,
                created: time("created"),
                modified: time("lastModified"),
            };
            // and over it, and the times alone
            for draft in [Some(draft(&resource, 0)), Some(draft(&resource, 0)), None] {
                let row = self
                    .columns
                    .row(&meta, draft.as_ref(), vec!["tenant".into()])
                    .unwrap();
                let sql = format!(
                    "INSERT INTO people (tenant, {}) VALUES ({}, {}) ON CONFLICT (c0) DO UPDATE SET {}",
                    row.names,
                    self.own(),
                    row.values,
                    row.set
                );
                let values = row.parameters.iter().map(Parameter::to::<sea_orm::Value>);
                let statement = Statement::from_sql_and_values(self.backend(), sql, values);
                assert_eq!(
                    self.database
                        .execute_raw(statement)
                        .await
                        .unwrap()
                        .rows_affected(),
                    1
                );
            }
            for name in MULTIPLE {
                let elements = user.get(*name).and_then(Value::as_array);
                for element in elements.into_iter().flatten() {
                    let mut values = vec![user["id"].as_str().unwrap().into()];
                    for sub in SUBS {
                        let attribute = attribute(name);
                        let sub_attribute = attribute.attribute.sub_attribute(sub).unwrap();
                        values.push(stored(element.get(*sub), kept(sub_attribute)));
                    }
                    let names: Vec<String> = std::iter::once("owner".to_owned())
                        .chain(SUBS.iter().map(|sub| format!("the_{sub}")))
                        .collect();
                    self.insert(name, &names, values).await;
                }
            }
        }
    }

    /// Whom the database finds; nothing if it cannot be asked so.
    pub(super) async fn ask(&self, selection: &Selection) -> Option<Vec<String>> {
        // a parameter of the store itself comes first
        let selected = match self.columns.select(selection, vec!["nobody".into()]) {
            Ok(selected) => selected,
            Err(StoreError::UnsupportedFilter(detail) | StoreError::UnsupportedOrder(detail)) => {
                assert!(detail.starts_with("this server does not "), "{detail}");
                return None;
            }
            Err(error) => panic!("{error:?}"),
        };
        let own = self.own();
        let sql = format!(
            "SELECT c0 FROM people WHERE c0 <> {own} AND {} {}",
            selected.condition, selected.page
        );
        let values = selected.parameters.iter().map(Parameter::to::<sea_orm::Value>);
        let statement = Statement::from_sql_and_values(self.backend(), sql.clone(), values);
        let rows = self.database.query_all_raw(statement).await;
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
        Some(rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect())
    }
}

pub(super) fn attribute(name: &str) -> AttributeRef {
    ResourceType::user().resolve(&path(name)).unwrap()
}

pub(super) fn kept(attribute: &Attribute) -> Kept {
    match attribute.kind {
        AttributeType::Boolean => Kept::Boolean,
        AttributeType::DateTime => Kept::Timestamp,
        _ if attribute.case_exact => Kept::Exact,
        _ => Kept::Folded,
    }
}

fn columns(dialect: Dialect) -> Columns {
    let columns =
        SINGLE
            .iter()
            .enumerate()
            .fold(Columns::with_names(dialect, NAMES), |columns, (number, name)| {
                let attribute = attribute(name);
                columns.column(
                    &attribute.to_string(),
                    kept(attribute.leaf()),
                    format!("c{number}"),
                )
            });
    MULTIPLE.iter().fold(columns, |columns, name| {
        let attribute = attribute(name);
        let rows = SUBS.iter().fold(
            Rows::of(format!("{name} r"), "r.owner = people.c0"),
            |rows, sub| {
                let sub_attribute = attribute.attribute.sub_attribute(sub).unwrap();
                rows.column(sub, kept(sub_attribute), format!("r.the_{sub}"))
            },
        );
        columns.rows(name, rows)
    })
}

/// A value as a column keeps it.
fn stored(value: Option<&Value>, kept: Kept) -> sea_orm::Value {
    let text = value.and_then(Value::as_str);
    match kept {
        Kept::Folded => text.map(|text| fold(text).into_owned()).into(),
        Kept::Exact => text.map(str::to_owned).into(),
        Kept::Boolean => value.and_then(Value::as_bool).into(),
        Kept::Number => value.and_then(Value::as_i64).into(),
        Kept::Timestamp => text
            .map(|text| Timestamp::parse(text).unwrap().as_millis())
            .into(),
        other => panic!("{other:?}"),
    }
}

pub(super) fn value_of<'a>(user: &'a Map<String, Value>, attribute: &AttributeRef) -> Option<&'a Value> {
    let container = match &attribute.extension {
        Some(schema) => user.get(&schema.id)?.as_object()?,
        None => user,
    };
    let value = container.get(&attribute.attribute.name)?;
    match &attribute.sub {
        Some(sub) => value.get(&sub.name),
        None => Some(value),
    }
}

fn sql_type(kept: Kept) -> &'static str {
    match kept {
        Kept::Folded | Kept::Exact => "TEXT",
        Kept::Boolean => "BOOLEAN",
        Kept::Number | Kept::Timestamp => "BIGINT",
        other => panic!("{other:?}"),
    }
}
