use std::sync::Arc;

use async_trait::async_trait;
use scim_client::resource::group::Group;
use scim_client::resource::user::User;
use scim_client::resource::value::Member;
use scim_client::{Filter, PatchOp, ScimClient};
use scim_core::query::Selection;
use scim_core::schema::{Definition, ResourceTypes};
use scim_service::connection::ConnectionKey;
use scim_service::store::{Access, Kind, ResourceId, Store, StoreError, Transaction};
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::app;
use crate::store::{ACCOUNTS, PROJECTS, Tables, open};

const TOKEN: &str = "a-token-of-the-tests";

/// Tables that go with their folder.
struct Temporary(Tables, #[allow(dead_code, reason = "it is dropped last")] TempDir);

#[async_trait]
impl Store for Temporary {
    async fn begin(
        &self,
        connection: &ConnectionKey,
        access: Access,
    ) -> Result<Box<dyn Transaction>, StoreError> {
        self.0.begin(connection, access).await
    }
}

async fn empty() -> Arc<dyn Store> {
    let folder = tempfile::tempdir().unwrap();
    let tables = open(format!("{}/tables.sqlite", folder.path().display())).unwrap();
    Arc::new(Temporary(tables, folder))
}

mod contract {
    use super::empty;

    scim_service::contract_tests!(partial empty);
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_and_projects_are_pushed_found_and_changed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = format!("{}/tables.sqlite", folder.path().display());
    let app = app(Arc::new(open(path.clone()).unwrap()), TOKEN).unwrap();
    tokio::spawn(axum::serve(listener, app).into_future());
    let client = ScimClient::builder(format!("{url}/scim/v2")).bearer(TOKEN);
    let client = client.build().unwrap();
    let (users, groups) = (client.users(), client.groups());

    let bjensen = User::new("bjensen").external_id("e1").active(true);
    let account = users.create(&bjensen).await.unwrap();
    assert!(users.create(&bjensen).await.unwrap_err().is_conflict());
    let guides = Group::new("Tour Guides").member(Member::new(account.id()));
    let project = groups.create(&guides).await.unwrap();

    // the contract would skip what the store rejects
    let name = Filter::sw("userName", "bj");
    for (found, filter) in [
        (true, Filter::eq("userName", "BJensen")),
        (true, name.and(Filter::eq("externalId", "E1").not())),
        (
            true,
            Filter::eq("active", true).and(Filter::eq("externalId", "e1")),
        ),
        (
            true,
            Filter::eq("id", account.id()).or(Filter::eq("displayName", "x")),
        ),
        (false, Filter::eq("active", false)),
    ] {
        let user = users.find(filter.clone()).await.unwrap();
        assert_eq!(user.is_some(), found, "{filter}");
    }
    for filter in [
        Filter::eq("displayName", "tour GUIDES"),
        Filter::eq("members", account.id()),
    ] {
        assert!(groups.find(filter.clone()).await.unwrap().is_some(), "{filter}");
    }
    let refusal = users.find(Filter::co("title", "x")).await.unwrap_err();
    assert_eq!(
        (refusal.status(), refusal.scim_type()),
        (Some(400), Some("invalidFilter"))
    );

    let leave = PatchOp::new().remove_members([account.id()]);
    assert_eq!(groups.patch(project.id(), &leave).await.unwrap(), None);
    let project = groups.get(project.id()).await.unwrap();
    assert_eq!(project.member_ids().count(), 0);

    // the attribute that the application adds is kept in a column of its own
    let billing = "urn:example:params:scim:schemas:extension:billing:2.0:User";
    let payer = |center: &str| Filter::eq(&format!("{billing}:costCenter"), center);
    let mut jsmith = json!({ "schemas": [billing], "userName": "jsmith" });
    jsmith[billing] = json!({ "costCenter": "CC-1" });
    let jsmith = serde_json::from_value::<User>(jsmith).unwrap();
    let jsmith = users.create(&jsmith).await.unwrap();
    let payers = async |center| users.find(payer(center)).await.unwrap();
    assert_eq!(payers("CC-1").await.unwrap().id(), jsmith.id());
    assert!(payers("cc-1").await.is_none());
    let moved = PatchOp::new().replace(format!("{billing}:costCenter"), "CC-2");
    users.patch(jsmith.id(), &moved).await.unwrap();
    assert!(payers("CC-1").await.is_none());
    let jsmith = payers("CC-2").await.unwrap();
    assert_eq!(
        serde_json::to_value(&*jsmith).unwrap()[billing]["costCenter"],
        "CC-2"
    );
    let database = rusqlite::Connection::open(path).unwrap();
    let column = database.query_row(
        "SELECT cost_center FROM accounts WHERE user_key = 'jsmith'",
        [],
        |row| row.get(0),
    );
    assert_eq!(column, Ok("CC-2".to_owned()));
}

#[tokio::test]
async fn an_account_that_was_there_before_is_nobody_until_it_has_a_document() {
    let folder = tempfile::tempdir().unwrap();
    let path = format!("{}/tables.sqlite", folder.path().display());
    let tables = open(path.clone()).unwrap();
    let database = rusqlite::Connection::open(path).unwrap();
    let insert = "INSERT INTO accounts (id, tenant, version, created, modified, user_key) VALUES ('1', 'okta', 1, 0, 0, 'old')";
    database.execute(insert, []).unwrap();
    let mut transaction = tables
        .begin(&"okta".parse().unwrap(), Access::Read)
        .await
        .unwrap();
    let found = transaction.get(Kind::User, &ResourceId::new("1")).await.unwrap();
    assert_eq!(found, None);
    let page = transaction.list(Kind::User, &Selection::default()).await.unwrap();
    assert_eq!((page.total, page.records.len()), (0, 0));
}

#[test]
fn the_columns_suit_the_attributes() {
    let billing = Definition::new("billing.json", include_str!("billing.json"));
    let user = Definition::new("user.json", include_str!("user.json"));
    let types = ResourceTypes::builder()
        .schema(billing)
        .resource_type(user)
        .build()
        .unwrap();
    ACCOUNTS.check(types.user()).unwrap();
    PROJECTS.check(types.group()).unwrap();
}
