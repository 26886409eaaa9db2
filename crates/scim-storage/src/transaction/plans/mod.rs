//! Tests of the query plans of statements that must use an index, whatever the number of rows.
//!
//! The lookups are those that Okta and Entra ID send, over a hundred thousand users, and those by the keys of a custom resource
//! type. SQLite is tested without statistics, which is how it runs, and with them; PostgreSQL with them, which is how it runs.
//! Lookups of the ids in a list are also tested without statistics on PostgreSQL: the first large groups arrive right after the
//! users.
#![cfg(all(feature = "sqlite", feature = "postgres"))]

mod load;
mod plan;

use std::sync::Arc;

use scim_core::condition::Condition;
use scim_core::filter::{Filter, FilterLimits};
use scim_core::path::AttributePath;
use scim_core::position::{Position, PositionKey, Seek, SortValue};
use scim_core::query::{Selection, Sort, SortOrder};
use scim_core::schema::ResourceType;
use scim_service::store::Access;
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use serde_json::json;

use super::{Kind, ResourceId, SqlTransaction};
use crate::SqlStore;
use crate::dialect::Dialect;
use crate::listed::Hold;
use crate::table::TeamMembers;
use load::{device, device_type, load};
use plan::{plan, sorts, walks};

const USER: &str = "00000000-0000-7000-8000-000000000017";
const DEVICE: &str = "00000000-0000-7000-8000-000000000018";
const TEAM: &str = "00000000-0000-7000-8000-000000000023";

/// Filters of users, as clients send them.
const USER_FILTERS: &[&str] = &[
    "userName eq \"user17\"",
    "userName sw \"user1700\"",
    "externalId eq \"e17\"",
    "id eq \"{user}\"",
    "displayName eq \"display17\"",
    "emails eq \"user17@example.com\"",
    "emails.value eq \"user17@example.com\"",
    "emails[type eq \"work\"].value eq \"user17@example.com\"",
    "emails[type eq \"work\" and value eq \"user17@example.com\"]",
    "userName eq \"user17\" or emails.value eq \"user18@example.com\"",
    "userName eq \"user17\" or externalId eq \"e18\"",
    "userName eq \"user17\" and active eq true",
    "externalId eq \"e17\" and userName eq \"user17\"",
    "id eq \"{user}\" and urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"{user}\"",
    "groups.value eq \"{team}\"",
    "groups eq \"{team}\"",
    "userName eq \"{user}\"",
];

/// Filters of a custom resource type.
const DEVICE_FILTERS: &[&str] = &[
    "id eq \"{device}\"",
    "externalId eq \"e18\"",
    "id eq \"{device}\" or externalId eq \"e18\"",
    "externalId eq \"e18\" and serialNumber eq \"template\"",
];

/// Filters of groups.
const GROUP_FILTERS: &[&str] = &[
    "displayName eq \"team23\"",
    "externalId eq \"e23\"",
    "id eq \"{team}\"",
    "members eq \"{user}\"",
    "members.value eq \"{user}\"",
    "members[value eq \"{user}\"]",
    "id eq \"{team}\" and members eq \"{user}\"",
    "id eq \"{team}\" and members[value eq \"{user}\"]",
    "displayName eq \"team23\" and members.value eq \"{user}\"",
];

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_looks_up_by_an_index() {
    lookups_use_an_index(Dialect::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_looks_up_by_an_index() {
    lookups_use_an_index(Dialect::Postgres).await;
}

async fn lookups_use_an_index(dialect: Dialect) {
    let loaded = load(dialect).await;
    let mut without = judge_lists(&loaded.store, "without statistics").await;
    // PostgreSQL plans by guesses until autovacuum has run, within a minute of a load
    if dialect == Dialect::Sqlite {
        without.extend(judge(&loaded.store, "without statistics").await);
    }
    loaded.analyze(dialect).await;
    let lists = judge_lists(&loaded.store, "with statistics").await;
    let with = judge(&loaded.store, "with statistics").await;
    let wrong = [without, lists, with].concat();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Returns the statements on listed members that walk a table, with their plans.
async fn judge_lists(store: &SqlStore, when: &str) -> Vec<String> {
    let dialect = store.database.dialect;
    let transaction = reading(store).await;
    let listed = json!([USER]).to_string();
    let users = Expr::col(TeamMembers::MemberPk).in_subquery(transaction.users(listed.clone()));
    let plans = [
        (
            "known users",
            plan(store, &transaction.select_known(listed.clone(), Hold::No)).await,
        ),
        (
            "joining",
            plan(store, &transaction.select_joining(TEAM, listed)).await,
        ),
        (
            "leaving",
            plan(store, &transaction.leaving(TEAM, Some(users))).await,
        ),
        ("emptying", plan(store, &transaction.leaving(TEAM, None)).await),
    ];
    let walking = plans.into_iter().filter(|(_, plan)| walks(dialect, plan));
    walking
        .map(|(what, plan)| format!("{dialect:?} {when}: {what}\n{}", plan.join("\n")))
        .collect()
}

/// Returns the lookups and pages that walk a table, with their plans.
async fn judge(store: &SqlStore, when: &str) -> Vec<String> {
    let dialect = store.database.dialect;
    let transaction = reading(store).await;
    let mut wrong = Vec::new();
    let mut judged = |what: &str, plan: Vec<String>| {
        if walks(dialect, &plan) {
            wrong.push(format!("{dialect:?} {when}: {what}\n{}", plan.join("\n")));
        }
    };
    for (kind, filters) in [
        (Kind::User, USER_FILTERS),
        (Kind::Group, GROUP_FILTERS),
        (device(), DEVICE_FILTERS),
    ] {
        for filter in filters {
            let filter = filter
                .replace("{user}", USER)
                .replace("{team}", TEAM)
                .replace("{device}", DEVICE);
            judged(
                &filter,
                plan(store, &page(&transaction, kind, Some(&filter))).await,
            );
        }
    }
    let ids = [ResourceId::new(TEAM.to_owned())];
    judged(
        "members",
        plan(store, &transaction.select_members(&ids, None).unwrap()).await,
    );
    let named = (0..200).map(|user| on_members(&format!("value eq \"{USER}{user}\"")));
    let named = Condition::Or(named.collect());
    judged(
        "members with these ids",
        plan(store, &transaction.select_members(&ids, Some(&named)).unwrap()).await,
    );
    let user = [ResourceId::new(USER.to_owned())];
    judged(
        "memberships",
        plan(store, &transaction.select_groups(&user)).await,
    );
    for kind in [Kind::User, Kind::Group, device()] {
        let plan = plan(store, &page(&transaction, kind, None)).await;
        // reads the index of the order, as far as the page goes
        if sorts(&plan) || plan.iter().any(|step| step.contains("Seq Scan")) {
            wrong.push(format!("{dialect:?} {when}: a page\n{}", plan.join("\n")));
        }
    }
    for (kind, sort) in [
        (Kind::User, None),
        (Kind::Group, None),
        (device(), None),
        (Kind::User, Some("userName")),
    ] {
        for side in [Seek::After as fn(Position) -> Seek, Seek::Before] {
            let plan = plan(store, &deep_page(&transaction, kind, sort, side)).await;
            if sorts(&plan) || walks_to_a_position(dialect, &plan) {
                let plan = plan.join("\n");
                wrong.push(format!(
                    "{dialect:?} {when}: a page of {kind:?}s at a position, {sort:?}\n{plan}"
                ));
            }
        }
    }
    wrong
}

/// The condition in `members[…]`.
fn on_members(filter: &str) -> Condition {
    let members: AttributePath = "members".parse().unwrap();
    let members = ResourceType::group().resolve(&members).unwrap();
    filter
        .parse::<Filter>()
        .unwrap()
        .resolve_within(&members)
        .unwrap()
}

/// Begins a transaction on the connection with the most users.
async fn reading(store: &SqlStore) -> SqlTransaction {
    let okta = "okta".parse().unwrap();
    let id = store.database.connection_id(&okta).await.unwrap().unwrap();
    let session = store.database.begin(Access::Read).await.unwrap();
    SqlTransaction::new(session, store.database.dialect, id)
}

/// Whether the plan reads the index from its beginning instead of seeking to the position.
fn walks_to_a_position(dialect: Dialect, plan: &[String]) -> bool {
    let begins = match dialect {
        Dialect::Sqlite => [
            "(connection_id=? AND pk",
            "(connection_id=? AND rowid",
            "(connection_id=? AND user_name_key",
            "(connection_id=? AND kind=? AND pk",
        ]
        .as_slice(),
        Dialect::Postgres => ["(pk >", "(pk <", "(user_name_key >", "(user_name_key <"].as_slice(),
    };
    !plan.iter().any(|step| {
        let is_condition = dialect == Dialect::Sqlite || step.contains("Index Cond");
        is_condition && begins.iter().any(|begin| step.contains(begin))
    })
}

/// Selects a page in the middle of a hundred thousand rows.
fn deep_page(
    transaction: &SqlTransaction,
    kind: Kind,
    sort: Option<&str>,
    side: impl Fn(Position) -> Seek,
) -> SelectStatement {
    let sort = sort.map(|by| Sort {
        by: ResourceType::user().resolve(&AttributePath::of(by)).unwrap(),
        order: SortOrder::Ascending,
    });
    let seek = side(Position {
        value: sort.as_ref().map(|_| SortValue::Text("user50000".to_owned())),
        key: PositionKey::At("50000".to_owned()),
    });
    let selection = Selection {
        sort,
        seek: Some(seek),
        ..Selection::default()
    };
    let mut select = transaction.select_page(kind, &selection, None).unwrap();
    transaction
        .translation(kind)
        .select_positions(&mut select, selection.sort.as_ref())
        .unwrap();
    select.limit(101);
    select
}

fn page(transaction: &SqlTransaction, kind: Kind, filter: Option<&str>) -> SelectStatement {
    let resource_type = match kind {
        Kind::User => Arc::new(ResourceType::user()),
        Kind::Group => Arc::new(ResourceType::group()),
        _ => device_type(),
    };
    let condition = filter.map(|filter| {
        let filter = Filter::parse(filter, &FilterLimits::default()).unwrap();
        filter.resolve(&resource_type).unwrap()
    });
    let selection = Selection {
        condition,
        ..Selection::default()
    };
    let condition = transaction.condition(kind, &selection).unwrap();
    let mut select = transaction.select_page(kind, &selection, condition).unwrap();
    select.limit(100);
    select
}
