//! SQL that [`Columns`] makes, on tables of somebody else, and
//! [`Condition::matches`](scim_core::condition::Condition::matches) give the same answers.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use scim_core::filter::Filter;
use scim_core::query::{Selection, Sort, SortOrder};
use scim_core::resource::Resource;
use scim_core::schema::{Attribute, AttributeRef, AttributeType, ENTERPRISE_USER_URN, ResourceType};
use scim_core::text::fold;
use scim_core::time::Instant;
use scim_service::store::columns::{Columns, Dialect, Kept, Names, Parameter, Rows};
use scim_service::store::{Meta, ResourceId, StoreError, Version};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use serde_json::{Map, Value, json};

use crate::random;
use crate::support::{Engine, TestStore, at, draft, object, path};

/// How many cases there are, unless `PROPTEST_CASES` says.
const CASES: u32 = 32;

/// What has a column, in this order: `c0`, `c1` and so on.
const SINGLE: &[&str] = &[
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
const NAMES: Names = Names {
    id: "c0",
    version: "version",
    created: "c9",
    modified: "c10",
    document: "document",
    unique_key: "unique_key",
};

const SUBS: &[&str] = &["value", "type", "display", "primary"];

#[derive(Debug, Clone)]
struct Case {
    users: Vec<(Value, String)>,
    filters: Vec<Filter>,
    orders: Vec<(&'static str, SortOrder)>,
}

fn case() -> impl Strategy<Value = Case> {
    (
        prop::collection::vec((random::attributes(), random::text()), 1..16),
        prop::collection::vec(random::filter(), 60..120),
        prop::collection::vec(random::order(), 4..20),
    )
        .prop_map(|(users, filters, orders)| Case {
            users,
            filters,
            orders,
        })
}

fn attribute(name: &str) -> AttributeRef {
    ResourceType::user().resolve(&path(name)).unwrap()
}

fn kept(attribute: &Attribute) -> Kept {
    match attribute.kind {
        AttributeType::Boolean => Kept::Boolean,
        AttributeType::DateTime => Kept::Instant,
        _ if attribute.case_exact => Kept::Exact,
        _ => Kept::Folded,
    }
}

fn columns(dialect: Dialect) -> Columns {
    let columns =
        SINGLE
            .iter()
            .enumerate()
            .fold(Columns::named(dialect, NAMES), |columns, (number, name)| {
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
        Kept::Instant => text.map(|text| Instant::parse(text).unwrap().as_millis()).into(),
    }
}

fn value_of<'a>(user: &'a Map<String, Value>, attribute: &AttributeRef) -> Option<&'a Value> {
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
        Kept::Number | Kept::Instant => "BIGINT",
    }
}

/// The tables of somebody else, and how they are asked.
struct Tables {
    database: DatabaseConnection,
    columns: Columns,
    /// Which holds the database.
    _store: TestStore,
}

impl Tables {
    async fn new(engine: Engine) -> Self {
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

    fn backend(&self) -> DbBackend {
        self.database.get_database_backend()
    }

    /// The parameter of the store itself.
    fn own(&self) -> &'static str {
        match self.backend() {
            DbBackend::Postgres => "CAST($1 AS TEXT)",
            _ => "?1",
        }
    }

    async fn insert(&self, table: &str, columns: &[String], values: Vec<sea_orm::Value>) {
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

    async fn settle(&self, users: &[Map<String, Value>]) {
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
            let time = |name| Instant::parse(user["meta"][name].as_str().unwrap()).unwrap();
            let meta = Meta {
                id: ResourceId(user["id"].as_str().unwrap().to_owned()),
                version: Version(1),
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
    async fn ask(&self, selection: &Selection) -> Option<Vec<String>> {
        // a parameter of the store itself comes first
        let selected = match self.columns.select(selection, vec!["nobody".into()]) {
            Ok(selected) => selected,
            Err(StoreError::Unsupported(detail) | StoreError::UnsupportedOrder(detail)) => {
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

    /// The first answer that is not what it should be, how many there were, and how many told some from others.
    async fn disagreements(&self, case: &Case, users: &[Map<String, Value>]) -> (Option<String>, [usize; 3]) {
        self.settle(users).await;
        let [mut answers, mut telling, mut ordered] = [0, 0, 0];
        let id = |user: &Map<String, Value>| user["id"].as_str().unwrap().to_owned();
        for filter in &case.filters {
            let condition = filter.resolve(&ResourceType::user()).unwrap();
            let expected: Vec<String> = users
                .iter()
                .filter(|user| condition.matches(user))
                .map(id)
                .collect();
            let selection = Selection {
                condition: Some(condition),
                limit: 1_000,
                ..Selection::default()
            };
            let Some(found) = self.ask(&selection).await else {
                continue;
            };
            answers += 1;
            telling += usize::from(!expected.is_empty() && expected.len() < users.len());
            if found != expected {
                let told = format!("{filter}\nfound {found:?}\nnot {expected:?}");
                return (Some(told), [answers, telling, ordered]);
            }
        }
        for (by, order) in &case.orders {
            let by = attribute(by);
            let selection = Selection {
                sort: Some(Sort {
                    by: by.clone(),
                    order: *order,
                }),
                limit: 1_000,
                ..Selection::default()
            };
            let Some(found) = self.ask(&selection).await else {
                continue;
            };
            ordered += 1;
            let mut expected: Vec<_> = users.iter().map(|user| (sort_key(user, &by), id(user))).collect();
            // users are in order of creation, and the order is stable
            expected.sort_by(|left, right| match order {
                SortOrder::Ascending => left.0.cmp(&right.0),
                SortOrder::Descending => right.0.cmp(&left.0),
            });
            let expected: Vec<String> = expected.into_iter().map(|(_, id)| id).collect();
            if found != expected {
                let told = format!("{order:?} by {by}\nfound {found:?}\nnot {expected:?}");
                return (Some(told), [answers, telling, ordered]);
            }
        }
        (None, [answers, telling, ordered])
    }
}

/// Without a value last, then by value.
fn sort_key(user: &Map<String, Value>, by: &AttributeRef) -> (bool, String) {
    let value = value_of(user, by).filter(|value| !value.is_null());
    let text = match (value, kept(by.leaf())) {
        (Some(Value::String(text)), Kept::Folded) => fold(text).into_owned(),
        (Some(Value::String(text)), _) => text.clone(),
        (Some(other), _) => other.to_string(),
        (None, _) => String::new(),
    };
    (value.is_none(), text)
}

/// The users as they are evaluated in memory, in order of creation.
fn users(case: &Case) -> Vec<Map<String, Value>> {
    let with_id = |(number, (attributes, name)): (usize, &(Value, String))| {
        let mut user = object(attributes.clone());
        let millis = i64::try_from(number).unwrap();
        user.insert("id".to_owned(), format!("u{number:02}").into());
        user.insert("userName".to_owned(), format!("{name}{number}").into());
        let meta =
            json!({ "created": at(millis).to_string(), "lastModified": at(millis / 2 + 7).to_string() });
        user.insert("meta".to_owned(), meta);
        user
    };
    case.users.iter().enumerate().map(with_id).collect()
}

#[test]
fn columns_find_what_filters_match_and_sort_it() {
    assert!(SINGLE.iter().any(|name| name.starts_with(ENTERPRISE_USER_URN)));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let engines = runtime.block_on(async {
        [
            Tables::new(Engine::Sqlite).await,
            Tables::new(Engine::Postgres).await,
        ]
    });
    let mut config = Config {
        failure_persistence: None,
        max_shrink_iters: 500,
        ..Config::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    let counts = std::cell::Cell::new([0_usize; 3]);
    let verdict = TestRunner::new(config).run(&case(), |case| {
        let users = users(&case);
        for tables in &engines {
            let (disagreement, told) = runtime.block_on(tables.disagreements(&case, &users));
            if let Some(disagreement) = disagreement {
                let told = format!("{:?}: {disagreement}", tables.backend());
                return Err(TestCaseError::fail(told));
            }
            let [answers, telling, ordered] = counts.get();
            counts.set([answers + told[0], telling + told[1], ordered + told[2]]);
        }
        Ok(())
    });
    if let Err(error) = verdict {
        panic!("{error}");
    }
    let [answers, telling, ordered] = counts.get();
    println!("{answers} answers, {telling} of some but not all, {ordered} orders");
    // the test says something only if many filters tell resources apart
    assert!(telling * 4 > answers && answers > 1_000 && ordered > 100);
}

#[tokio::test]
async fn numbers_are_compared_as_floats() {
    let levels: Vec<Option<i64>> = [
        -7,
        0,
        41,
        42,
        9_007_199_254_740_991,
        9_007_199_254_740_993,
        i64::MAX,
    ]
    .map(Some)
    .into_iter()
    .chain([None])
    .collect();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let mut tables = Tables::new(engine).await;
        tables.columns = tables.columns.column("level", Kept::Number, "level");
        for (number, level) in levels.iter().enumerate() {
            let columns = ["c0".to_owned(), "level".to_owned()];
            let values = vec![format!("u{number}").into(), (*level).into()];
            tables.insert("people", &columns, values).await;
        }
        for op in ["eq", "ne", "gt", "ge", "lt", "le"] {
            for number in [
                "42",
                "41.5",
                "-7",
                "0.0",
                "9007199254740991",
                "9007199254740992",
                "9223372036854775807",
                "1e300",
            ] {
                let filter = format!("level {op} {number}");
                let condition = filter.parse::<Filter>().unwrap().resolve_untyped();
                let expected: Vec<String> = levels
                    .iter()
                    .enumerate()
                    .filter(|(_, level)| condition.matches(&object(json!({ "level": level }))))
                    .map(|(number, _)| format!("u{number}"))
                    .collect();
                let selection = Selection {
                    condition: Some(condition),
                    limit: 100,
                    ..Selection::default()
                };
                assert_eq!(
                    tables.ask(&selection).await.unwrap(),
                    expected,
                    "{engine:?}: {filter}"
                );
            }
        }
    }
}

#[test]
fn a_form_that_does_not_suit_is_an_error_and_no_refusal() {
    let columns = Columns::new(Dialect::Sqlite).column("userName", Kept::Exact, "user_name");
    let condition = "userName eq \"x\"".parse::<Filter>().unwrap();
    let condition = condition.resolve(&ResourceType::user()).unwrap();
    match columns.condition(&condition, Vec::new()) {
        Err(StoreError::Failed(error)) => {
            let expected = "`userName` is declared as Exact, and has to be Folded";
            assert_eq!(error.to_string(), expected);
        }
        other => panic!("{other:?}"),
    }
}
