use std::process::Command;
use std::sync::Arc;

use scim_client::resource::user::User;
use scim_client::{Filter, PatchOp, ScimClient};
use scim_service::cursor::CursorKey;
use scim_storage::{Options, SqlStore};
use serde_json::json;
use tokio::net::TcpListener;

use crate::app;
use crate::token::Token;

const TOKEN: &str = "a-token-of-the-tests";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pushed_is_found_changed_and_seen_by_the_application() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("scim.sqlite");
    let store = SqlStore::connect(path.to_str().unwrap(), &Options::default())
        .await
        .unwrap();
    store.migrate().await.unwrap();
    let token = Token::new("okta", "okta", TOKEN).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, app(Arc::new(store), CursorKey::random(), vec![token])).into_future());
    let client = |token: &str| {
        ScimClient::builder(format!("{origin}/scim/v2/okta"))
            .bearer(token)
            .build()
    };
    let anonymous = client("not-a-token").unwrap().users().get("1").await;
    assert!(anonymous.unwrap_err().is_unauthorized());

    let users = client(TOKEN).unwrap().users();
    let created = users.create(&User::new("bjensen")).await.unwrap();
    let location = format!("{origin}/scim/v2/okta/Users/{}", created.id());
    assert_eq!(created.location(), Some(&*location));
    let found = users.find(Filter::eq("userName", "BJensen")).await.unwrap();
    assert_eq!(found.unwrap().id(), created.id());
    let leave = PatchOp::new().replace_attributes(json!({ "active": false }));
    let changed = users.patch(created.id(), &leave).await.unwrap().unwrap();
    assert_eq!(changed.active, Some(false));

    // reqwest speaks TLS by what the process has chosen
    rustls::crypto::ring::default_provider().install_default().ok();
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
