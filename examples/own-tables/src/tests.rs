use std::sync::Arc;

use async_trait::async_trait;
use reqwest::{Client, Method};
use scim_service::connection::ConnectionKey;
use scim_service::store::{Access, Store, StoreError, Transaction};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::app;
use crate::store::Tables;

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

    async fn ready(&self) -> Result<(), StoreError> {
        self.0.ready().await
    }
}

async fn empty() -> Arc<dyn Store> {
    let folder = tempfile::tempdir().unwrap();
    let tables = Tables::open(folder.path().join("tables.sqlite")).unwrap();
    Arc::new(Temporary(tables, folder))
}

mod contract {
    use super::empty;

    scim_service::contract_tests!(partial empty);
}

async fn push(method: Method, url: &str, body: Value) -> (u16, Value) {
    let request = Client::new().request(method, url).bearer_auth(TOKEN);
    let request = request.header("content-type", "application/scim+json");
    let response = request.body(body.to_string()).send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or_default())
}

async fn find(url: &str, filter: &str) -> (u16, Value) {
    let filter = [("filter", filter)];
    let url = reqwest::Url::parse_with_params(url, filter).unwrap();
    push(Method::GET, url.as_str(), Value::Null).await
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_and_projects_are_pushed_found_and_changed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = app(empty().await, TOKEN, &url).unwrap();
    tokio::spawn(axum::serve(listener, app).into_future());
    let (users, groups) = (format!("{url}/scim/v2/Users"), format!("{url}/scim/v2/Groups"));

    let bjensen = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bjensen", "externalId": "e1", "active": true,
    });
    let (status, account) = push(Method::POST, &users, bjensen.clone()).await;
    assert_eq!(status, 201, "{account}");
    assert_eq!(push(Method::POST, &users, bjensen).await.0, 409);
    let guides = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Tour Guides",
        "members": [{ "value": account["id"] }],
    });
    let (status, project) = push(Method::POST, &groups, guides).await;
    assert_eq!(status, 201, "{project}");

    // what is promised is not passed over as the contract would
    let id = account["id"].as_str().unwrap();
    for (found, filter) in [
        (1, "userName eq \"BJensen\"".to_owned()),
        (1, "userName sw \"bj\" and not (externalId eq \"E1\")".to_owned()),
        (1, "active eq true and externalId eq \"e1\"".to_owned()),
        (1, format!("id eq \"{id}\" or displayName eq \"x\"")),
        (0, "active eq false".to_owned()),
    ] {
        let (status, list) = find(&users, &filter).await;
        assert_eq!((status, &list["totalResults"]), (200, &json!(found)), "{filter}");
    }
    for filter in [
        "displayName eq \"tour GUIDES\"".to_owned(),
        format!("members eq \"{id}\""),
    ] {
        let (status, list) = find(&groups, &filter).await;
        assert_eq!((status, &list["totalResults"]), (200, &json!(1)), "{filter}");
    }
    let (status, refusal) = find(&users, "title co \"x\"").await;
    assert_eq!((status, &refusal["scimType"]), (400, &json!("invalidFilter")));

    let leave = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "remove", "path": format!("members[value eq \"{id}\"]") }],
    });
    let location = project["meta"]["location"].as_str().unwrap();
    assert_eq!(push(Method::PATCH, location, leave).await.0, 204);
    let (_, project) = push(Method::GET, location, Value::Null).await;
    assert_eq!(project["members"], Value::Null);
}
