use std::net::TcpListener;
use std::sync::Arc;

use scim_client::resource::group::Group;
use scim_client::resource::user::User;
use scim_client::{Filter, PatchOp, ScimClient};
use scim_server::auth::AuthCode;
use scim_service::cursor::CursorKey;
use scim_storage::{Options, SqlStore};
use serde_json::{Value, json};

use crate::serve;

const TOKEN: &str = "a-token-of-the-tests";

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
    actix_web::rt::spawn(serve(listener, Arc::new(store), CursorKey::random(), codes).unwrap());
    let client = |token: &str| {
        ScimClient::builder(format!("{origin}/v1/scim/v2/okta"))
            .bearer(token)
            .build()
    };
    let anonymous = client("not-a-token").unwrap().users().get("1").await;
    assert!(anonymous.unwrap_err().is_unauthorized());

    let users = client(TOKEN).unwrap().users();
    let created = users.create(&User::new("bjensen")).await.unwrap();
    let location = format!("{origin}/v1/scim/v2/okta/Users/{}", created.id());
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

    let groups = client(TOKEN).unwrap().groups();
    let refusal = groups.create(&Group::new("owners")).await.unwrap_err();
    assert_eq!(refusal.status(), Some(403));
    assert!(refusal.to_string().contains("`owners`"), "{refusal}");

    let news = reqwest::get(format!("{origin}/news"))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let events: Vec<Value> = news
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let types: Vec<&Value> = events.iter().map(|event| &event["type"]).collect();
    assert_eq!(types, ["user.provisioned", "user.deactivated"]);
    assert_eq!(
        (&events[1]["old"]["active"], &events[1]["new"]["active"]),
        (&json!(true), &json!(false))
    );
}
