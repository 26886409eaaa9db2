//! How SQLite goes about the statements that must stay fast: by an index, whatever the number of rows.

use std::sync::Arc;

use scim_core::filter::{CompareOp, Filter, Literal};
use scim_core::path::AttributePath;
use scim_core::query::Selection;
use scim_core::resource::Resource;
use scim_core::schema::ResourceType;
use scim_service::store::{Access, Naming, Store};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{DbBackend, Statement, StatementBuilder};
use serde_json::json;

use super::{Draft, Instant, Kind, MembershipDelta, ResourceId, SqlTransaction, Transaction};
use crate::database::Weight;
use crate::table::TeamMembers;
use crate::{Options, SqlStore};

const USERS: usize = 3_000;

struct Planned {
    store: SqlStore,
    transaction: SqlTransaction,
    _directory: tempfile::TempDir,
}

async fn planned() -> Planned {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("scim.sqlite");
    let store = SqlStore::connect(path.to_str().unwrap(), &Options::default())
        .await
        .unwrap();
    store.migrate().await.unwrap();
    let okta = "okta".parse().unwrap();
    let mut transaction = store.begin(&okta, Access::Write).await.unwrap();
    let (user, group) = (Arc::new(ResourceType::user()), Arc::new(ResourceType::group()));
    let mut delta = MembershipDelta::default();
    for number in 0..USERS {
        let attributes = json!({
            "userName": format!("user{number}"), "externalId": format!("e{number}"),
            "emails": [{ "value": format!("user{number}@example.com"), "type": "work" }],
        });
        let id = insert(transaction.as_mut(), Kind::User, &user, attributes).await;
        delta.add([id.0]);
        if number % 10 == 0 {
            let attributes =
                json!({ "displayName": format!("Team {number}"), "externalId": format!("e{number}") });
            let id = insert(transaction.as_mut(), Kind::Group, &group, attributes).await;
            transaction.change_members(&id, &delta).await.unwrap();
            delta = MembershipDelta::default();
        }
    }
    transaction.commit().await.unwrap();
    let id = store.database.connection_id(&okta).await.unwrap().unwrap();
    let session = store.database.begin(Access::Read).await.unwrap();
    let transaction = SqlTransaction::new(session, store.database.dialect, id);
    Planned {
        store,
        transaction,
        _directory: directory,
    }
}

async fn insert(
    transaction: &mut dyn Transaction,
    kind: Kind,
    resource_type: &Arc<ResourceType>,
    attributes: serde_json::Value,
) -> ResourceId {
    let attributes = attributes.as_object().unwrap().clone();
    let resource = Resource::from_checked(resource_type.clone(), attributes);
    let draft = Draft {
        resource: &resource,
        naming: Naming::Shared,
        now: Instant::from_millis(1),
    };
    transaction.insert(kind, &draft).await.unwrap().id
}

/// The plan of a statement, as a statement.
struct Explained(Statement);

impl StatementBuilder for Explained {
    fn build(&self, _: &DbBackend) -> Statement {
        Statement {
            sql: format!("EXPLAIN QUERY PLAN {}", self.0.sql),
            ..self.0.clone()
        }
    }
}

impl Planned {
    async fn steps(&self, statement: &impl StatementBuilder) -> Vec<String> {
        let explained = Explained(statement.build(&DbBackend::Sqlite));
        let mut session = self.store.database.begin(Access::Read).await.unwrap();
        session
            .all(&explained, Weight::Light, |row| row.text(3))
            .await
            .unwrap()
    }

    async fn assert_indexed(&self, what: &str, statement: &impl StatementBuilder) {
        let steps = self.steps(statement).await;
        let scans = |table: &str| {
            steps
                .iter()
                .any(|step| step.starts_with(&format!("SCAN {table}")))
        };
        let all_of_connection = steps.iter().any(|step| step.ends_with("(connection_id=?)"));
        let scanned = ["users", "teams", "team_members", "user_emails"]
            .into_iter()
            .any(scans);
        assert!(!scanned && !all_of_connection, "{what}: {steps:#?}");
    }

    fn page(&self, kind: Kind, filter: &Filter) -> sea_orm::sea_query::SelectStatement {
        let resource_type = match kind {
            Kind::User => ResourceType::user(),
            _ => ResourceType::group(),
        };
        let selection = Selection {
            condition: Some(filter.resolve(&resource_type).unwrap()),
            ..Selection::default()
        };
        let condition = self.transaction.condition(kind, &selection).unwrap();
        let mut select = self.transaction.select_page(kind, &selection, condition).unwrap();
        select.limit(100);
        select
    }
}

fn compare(name: &str, sub: Option<&str>, op: CompareOp) -> Filter {
    let path = AttributePath {
        sub: sub.map(str::to_owned),
        ..AttributePath::of(name)
    };
    Filter::Compare(path, op, Literal::String("user17".to_owned()))
}

#[tokio::test]
async fn lookups_use_an_index() {
    let planned = planned().await;
    let equals = |name: &str, sub: Option<&str>| compare(name, sub, CompareOp::Equal);
    let work = Filter::Element(
        AttributePath::of("emails"),
        Box::new(Filter::And(vec![equals("type", None), equals("value", None)])),
    );
    for (kind, filter) in [
        (Kind::User, equals("userName", None)),
        (Kind::User, compare("userName", None, CompareOp::StartsWith)),
        (Kind::User, equals("externalId", None)),
        (Kind::User, equals("id", None)),
        (Kind::User, equals("displayName", None)),
        (Kind::User, equals("emails", Some("value"))),
        (Kind::User, work),
        (Kind::User, equals("groups", Some("value"))),
        (Kind::Group, equals("displayName", None)),
        (Kind::Group, equals("externalId", None)),
        (Kind::Group, equals("id", None)),
        (Kind::Group, equals("members", Some("value"))),
    ] {
        planned
            .assert_indexed(&format!("{filter:?}"), &planned.page(kind, &filter))
            .await;
    }
    let ids = [ResourceId("01a20cf8-97ad-77c9-97c5-f1a1a5a29a04".to_owned())];
    let transaction = &planned.transaction;
    planned
        .assert_indexed("members", &transaction.select_members(&ids, None).unwrap())
        .await;
    planned
        .assert_indexed("memberships", &transaction.select_groups(&ids))
        .await;
    let (team, listed) = (ids[0].as_str(), json!([ids[0].0]).to_string());
    let joining = transaction.select_joining(team, listed.clone());
    planned.assert_indexed("joining", &joining).await;
    let users = Expr::col(TeamMembers::MemberPk).in_subquery(transaction.users(listed));
    let leaving = transaction.leaving(team, Some(users));
    planned.assert_indexed("leaving", &leaving).await;
    let steps = planned.steps(&leaving).await;
    let by_both = |step: &String| step.ends_with("(team_pk=? AND member_pk=?)");
    assert!(steps.iter().any(by_both), "{steps:#?}");
}

#[tokio::test]
async fn a_page_needs_no_sorting() {
    let planned = planned().await;
    for kind in [Kind::User, Kind::Group] {
        let select = planned
            .transaction
            .select_page(kind, &Selection::default(), None)
            .unwrap();
        let steps = planned.steps(&select).await;
        assert!(
            !steps.iter().any(|step| step.contains("TEMP B-TREE")),
            "{steps:#?}"
        );
    }
}
