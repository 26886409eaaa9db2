//! SQL that [`Columns`] makes, on tables of somebody else, and
//! [`Condition::matches`](scim_core::condition::Condition::matches) give the same answers.

mod tables;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use scim_core::filter::Filter;
use scim_core::query::{Selection, Sort, SortOrder};
use scim_core::schema::{AttributeRef, ENTERPRISE_USER_URN, ResourceType};
use scim_core::text::fold;
use scim_service::store::StoreError;
use scim_service::store::columns::{Columns, Dialect, Kept};
use serde_json::{Map, Value, json};

use crate::random;
use crate::support::{Engine, at, object};
use tables::{SINGLE, Tables, attribute, kept, value_of};

/// How many cases there are, unless `PROPTEST_CASES` says.
const CASES: u32 = 32;

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

/// The first answer that is not what it should be, how many there were, and how many told some from others.
async fn disagreements(
    tables: &Tables,
    case: &Case,
    users: &[Map<String, Value>],
) -> (Option<String>, [usize; 3]) {
    tables.settle(users).await;
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
        let Some(found) = tables.ask(&selection).await else {
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
        let Some(found) = tables.ask(&selection).await else {
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
            let (disagreement, told) = runtime.block_on(disagreements(tables, &case, &users));
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
            let columns = ["c0", "level", "document"].map(str::to_owned);
            let values = vec![
                format!("u{number}").into(),
                (*level).into(),
                "{}".to_owned().into(),
            ];
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
