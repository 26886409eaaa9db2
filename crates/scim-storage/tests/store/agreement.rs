//! The databases and [`Condition::matches`](scim_core::condition::Condition::matches) give the same answers, and lists come
//! in the order that [`Sort`] describes.
//!
//! Each case is a small population, and some dozens of filters and orders that both databases answer. To try more:
//!
//! ```sh
//! PROPTEST_CASES=5000 cargo test -p scim-storage --test store agreement
//! ```
//!
//! What fails is made smaller, shown, and its seed is noted in `proptest-regressions/agreement.txt`, which is kept with the
//! code and tried first ever after.

use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};
use scim_core::filter::Filter;
use scim_core::position::Seek;
use scim_core::query::{Selection, Sort, SortOrder};
use scim_service::store::{Kind, More, Page, ResourceId, Transaction};
use serde_json::{Map, Value};

use crate::population::Population;
use crate::random;
use crate::support::{Engine, TestStore, condition, ids};

/// How many cases there are, unless `PROPTEST_CASES` says.
const CASES: u32 = 48;

/// How many filters of users a case has at most, and half as many of groups.
const FILTERS: usize = 60;

#[derive(Debug, Clone)]
struct Case {
    users: Vec<(Value, String)>,
    groups: Vec<(Value, Vec<usize>)>,
    filters: Vec<Filter>,
    group_filters: Vec<Filter>,
    orders: Vec<(&'static str, SortOrder)>,
    group_orders: Vec<(&'static str, SortOrder)>,
}

fn case() -> impl Strategy<Value = Case> {
    let user = (random::attributes(), random::text());
    let members = prop::collection::vec(0..16_usize, 0..5);
    (
        prop::collection::vec(user, 1..16),
        prop::collection::vec((random::group_attributes(), members), 0..5),
        prop::collection::vec(random::filter(), FILTERS / 2..FILTERS),
        prop::collection::vec(random::group_filter(), FILTERS / 4..FILTERS / 2),
        prop::collection::vec(random::order(), 0..12),
        prop::collection::vec(random::group_order(), 0..6),
    )
        .prop_map(
            |(users, groups, filters, group_filters, orders, group_orders)| Case {
                users,
                groups,
                filters,
                group_filters,
                orders,
                group_orders,
            },
        )
}

#[test]
fn databases_find_what_filters_match_and_sort_it() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let stores = runtime.block_on(async {
        [
            TestStore::new(Engine::Sqlite).await,
            TestStore::new(Engine::Postgres).await,
        ]
    });
    let mut config = Config {
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "proptest-regressions/agreement.txt",
        ))),
        max_shrink_iters: 1_000,
        ..Config::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    let (mut tried, mut telling) = (0, 0);
    let number = std::cell::Cell::new(0);
    let counts = std::cell::RefCell::new((&mut tried, &mut telling));
    let verdict = TestRunner::new(config).run(&case(), |case| {
        number.set(number.get() + 1);
        // others are there, too, and never found
        let [sqlite, postgres] = stores
            .each_ref()
            .map(|store| store.seen_by(&format!("case-{}", number.get())));
        let answers = runtime
            .block_on(async { tokio::join!(disagreements(&sqlite, &case), disagreements(&postgres, &case)) });
        for (name, (disagreement, told)) in [("SQLite", answers.0), ("PostgreSQL", answers.1)] {
            if let Some(disagreement) = disagreement {
                return Err(TestCaseError::fail(format!("{name}: {disagreement}")));
            }
            let mut counts = counts.borrow_mut();
            *counts.0 += case.filters.len() + case.group_filters.len();
            *counts.1 += told;
        }
        Ok(())
    });
    if let Err(error) = verdict {
        panic!("{error}");
    }
    println!("{tried} answers, {telling} of some but not all");
    // the test says something only if many filters tell resources apart
    assert!(telling * 4 > tried, "{telling} of {tried}");
}

/// The first answer that is not what it should be, and how many filters found some but not all.
async fn disagreements(store: &TestStore, case: &Case) -> (Option<String>, usize) {
    let population = Population::settle(store, &case.users, &case.groups).await;
    let mut telling = 0;
    let of_users = case.filters.iter().map(|filter| (Kind::User, filter));
    let of_groups = case.group_filters.iter().map(|filter| (Kind::Group, filter));
    let mut transaction = store.read().await;
    for (number, (kind, filter)) in of_users.chain(of_groups).enumerate() {
        let filter = population.with_ids(filter);
        let resources = population.of(kind);
        let condition = condition(kind, &filter);
        let expected: Vec<&str> = resources
            .iter()
            .filter(|resource| condition.matches(resource))
            .map(|resource| resource["id"].as_str().unwrap())
            .collect();
        telling += usize::from(!expected.is_empty() && expected.len() < resources.len());
        // a page that is not full tells the total by itself; of the others some are enough
        let limits: &[u32] = if number % 8 == 0 { &[1_000, 1, 0] } else { &[1_000] };
        for &limit in limits {
            let selection = Selection {
                condition: Some(condition.clone()),
                limit,
                ..Selection::default()
            };
            let page = match transaction.list(kind, &selection).await {
                Ok(page) => page,
                Err(error) => return (Some(format!("{filter}: {error:?}")), telling),
            };
            let found: Vec<String> = ids(&page).into_iter().map(|id| id.into_string()).collect();
            let shown = &expected[..expected.len().min(usize::try_from(limit).unwrap())];
            if found != shown || page.total != u64::try_from(expected.len()).unwrap() {
                let odd = odd(resources, &found, &expected);
                let total = page.total;
                return (
                    Some(format!(
                        "{filter}\nfound {total}: {found:?}\nnot {expected:?}\n{odd}"
                    )),
                    telling,
                );
            }
        }
    }
    let of_users = case.orders.iter().map(|order| (Kind::User, order));
    let of_groups = case.group_orders.iter().map(|order| (Kind::Group, order));
    for (kind, (by, order)) in of_users.chain(of_groups) {
        let sort = population.sort(kind, by, *order);
        let expected = population.sorted(kind, &sort);
        let mut found = Vec::new();
        for offset in (0..expected.len()).step_by(7) {
            let selection = Selection {
                sort: Some(sort.clone()),
                offset: u64::try_from(offset).unwrap(),
                limit: 7,
                ..Selection::default()
            };
            found.extend(ids(&transaction.list(kind, &selection).await.unwrap()));
        }
        let sought = sought(transaction.as_mut(), kind, &sort).await;
        if sought != found {
            let told = format!("{order:?} by {by}\nby position {sought:?}\nnot {found:?}");
            return (Some(told), telling);
        }
        let found: Vec<&str> = found.iter().map(|id| id.as_str()).collect();
        if found != expected {
            return (
                Some(format!("{order:?} by {by}\nfound {found:?}\nnot {expected:?}")),
                telling,
            );
        }
    }
    (None, telling)
}

/// The resources in that order, read forward to the end by position, and joined with what is read backward from there.
async fn sought(transaction: &mut dyn Transaction, kind: Kind, sort: &Sort) -> Vec<ResourceId> {
    let (mut forward, mut backward) = (Vec::new(), Vec::new());
    let mut seek = Seek::Start;
    let mut last = None;
    loop {
        let page = page_at(transaction, kind, sort, seek).await;
        forward.extend(ids(&page));
        last = page.positions.last().cloned().or(last);
        let Some(position) = last.clone().filter(|_| page.more == More::Yes) else {
            break;
        };
        seek = Seek::After(position);
    }
    backward.extend(forward.last().cloned());
    while let Some(position) = last.take() {
        let page = page_at(transaction, kind, sort, Seek::Before(position)).await;
        backward.extend(ids(&page).into_iter().rev());
        last = page.positions.first().cloned().filter(|_| page.more == More::Yes);
    }
    backward.reverse();
    assert_eq!(forward, backward, "{sort:?}");
    forward
}

async fn page_at(transaction: &mut dyn Transaction, kind: Kind, sort: &Sort, seek: Seek) -> Page {
    let selection = Selection {
        sort: Some(sort.clone()),
        seek: Some(seek),
        limit: 5,
        ..Selection::default()
    };
    transaction.list(kind, &selection).await.unwrap()
}

/// The first resource about which the two disagree.
fn odd(resources: &[Map<String, Value>], found: &[String], expected: &[&str]) -> String {
    let odd = resources.iter().find(|resource| {
        let id = resource["id"].as_str().unwrap();
        found.iter().any(|found| found == id) != expected.contains(&id)
    });
    serde_json::to_string(&odd).unwrap()
}
