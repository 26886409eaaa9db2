use std::net::TcpListener;
use std::sync::Arc;

use reqwest::{Client, Method};
use scim_server::auth::AuthCode;
use scim_storage::{Options, SqlStore};
use serde_json::{Value, json};

use crate::serve;

const TOKEN: &str = "a-token-of-the-tests";

/// Sends a request of the identity provider and gives the status and what is answered.
async fn push(method: Method, url: &str, body: Option<Value>) -> (u16, Value) {
    let mut request = Client::new().request(method, url).bearer_auth(TOKEN);
    if let Some(body) = body {
        request = request
            .header("content-type", "application/scim+json")
            .body(body.to_string());
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or_default())
}

#[actix_web::test]
async fn what_is_pushed_is_found_changed_and_seen_by_the_application() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("scim.sqlite");
    let store = SqlStore::connect(path.to_str().unwrap(), &Options::default())
        .await
        .unwrap();
    store.migrate().await.unwrap();
    let code = AuthCode::parse(&TOKEN.into()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let codes = vec![("okta".parse().unwrap(), code)];
    actix_web::rt::spawn(serve(listener, Arc::new(store), codes).unwrap());
    let users = format!("{origin}/v1/scim/v2/okta/Users");

    let anonymous = reqwest::get(&users).await.unwrap();
    assert_eq!(anonymous.status(), 401);

    let bjensen = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bjensen" });
    let (status, created) = push(Method::POST, &users, Some(bjensen)).await;
    assert_eq!(status, 201, "{created}");
    let location = created["meta"]["location"].as_str().unwrap();
    assert_eq!(location, format!("{users}/{}", created["id"].as_str().unwrap()));

    let filter = format!("{users}?filter=userName%20eq%20%22BJensen%22");
    let (status, found) = push(Method::GET, &filter, None).await;
    assert_eq!((status, &found["totalResults"]), (200, &json!(1)));
    assert_eq!(found["Resources"][0]["id"], created["id"]);

    let leave = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "replace", "value": { "active": false } }],
    });
    let (status, changed) = push(Method::PATCH, location, Some(leave)).await;
    assert_eq!((status, &changed["active"]), (200, &json!(false)));

    let counted = reqwest::get(format!("{origin}/headcount/okta")).await.unwrap();
    assert_eq!(counted.text().await.unwrap(), "1");
}
