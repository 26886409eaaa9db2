use std::process::Command;
use std::sync::Arc;

use reqwest::{Client, Method};
use scim_storage::{Options, SqlStore};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::app;
use crate::token::Token;

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

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pushed_is_found_changed_and_seen_by_the_application() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("scim.sqlite");
    let store = SqlStore::connect(path.to_str().unwrap(), &Options::default())
        .await
        .unwrap();
    store.migrate().await.unwrap();
    let token = Token::new("okta", "okta", TOKEN.to_owned()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, app(Arc::new(store), vec![token])).into_future());
    let users = format!("{origin}/scim/v2/okta/Users");

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

#[test]
fn there_is_no_actix_in_it() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "axum-app", "--edges", "normal,build"])
        .args(["--prefix", "none", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    assert!(tree.contains("scim-tower"), "{tree}");
    assert!(!tree.contains("actix"), "{tree}");
}
