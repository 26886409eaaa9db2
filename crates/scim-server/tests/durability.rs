//! What was acknowledged is there after the process was killed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use private_postgres::PrivatePostgres;
use serde_json::{Value, json};
use support::binary::Folder;

/// Users in a bulk.
const BULK: usize = 20;

const CODE: &str = "okta:an-okta-password-of-tests";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_writes_survive_kill_9_on_sqlite() {
    acknowledged_writes_survive_kill_9(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_writes_survive_kill_9_on_postgres() {
    let url = PrivatePostgres::shared().new_database().await;
    acknowledged_writes_survive_kill_9(Some(&url)).await;
}

async fn acknowledged_writes_survive_kill_9(database: Option<&str>) {
    let folder = Folder::new();
    let mut environment = vec![("SCIM_AUTH_CODE_OKTA", CODE)];
    environment.extend(database.map(|url| ("DATABASE_URL", url)));
    let client = support::http_client()
        .timeout(std::time::Duration::from_secs(10))
        .build()
        .unwrap();
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..3 {
        let server = folder.serve_silently(&environment);
        let url = format!("http://127.0.0.1:{}/v1/scim/v2/okta", server.port);
        let writers = (0..4).map(|writer| {
            let (client, url) = (client.clone(), url.clone());
            let prefix = format!("{round}-{writer}");
            // bulks share commits with each other and with what others write
            let at_once = if writer % 2 == 0 { 1 } else { BULK };
            tokio::spawn(async move { write_until_killed(&client, &url, &prefix, at_once).await })
        });
        let writers: Vec<_> = writers.collect();
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        server.kill();
        for writer in writers {
            acknowledged.extend(writer.await.unwrap());
        }
    }
    assert!(
        acknowledged.len() > 20,
        "{} writes were acknowledged",
        acknowledged.len()
    );

    let server = folder.serve_silently(&environment);
    let url = format!("http://127.0.0.1:{}/v1/scim/v2/okta/Users", server.port);
    for id in &acknowledged {
        let answer = client
            .get(format!("{url}/{id}"))
            .basic_auth("okta", Some("an-okta-password-of-tests"));
        assert_eq!(answer.send().await.unwrap().status(), 200, "{id} is lost");
    }
    let total: Value = client
        .get(format!("{url}?count=0"))
        .basic_auth("okta", Some("an-okta-password-of-tests"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    // those whose acknowledgement was under way when the process ended may be there, too
    let total = total["totalResults"].as_u64().unwrap();
    let under_way = 3 * (2 + 2 * BULK);
    assert!(
        (acknowledged.len() as u64..=(acknowledged.len() + under_way) as u64).contains(&total),
        "{total}"
    );
    server.kill();
}

/// Creates users, by themselves or so many in a bulk, and gives the ids of those that were acknowledged.
async fn write_until_killed(
    client: &reqwest::Client,
    url: &str,
    prefix: &str,
    at_once: usize,
) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        let users: Vec<Value> = (0..at_once)
            .map(|part| user(&format!("{prefix}-{number}-{part}@example.com")))
            .collect();
        let (path, body) = match users.as_slice() {
            [user] => ("Users", user.clone()),
            users => ("Bulk", bulk(users)),
        };
        let request = client
            .post(format!("{url}/{path}"))
            .basic_auth("okta", Some("an-okta-password-of-tests"))
            .json(&body);
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => {
                assert!(!error.is_timeout(), "no answer to {path}");
                break;
            }
        };
        assert!(answer.status().is_success(), "{}", answer.status());
        let Ok(answer) = answer.json::<Value>().await else {
            break;
        };
        acknowledged.extend(ids(&answer));
    }
    acknowledged
}

fn user(name: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": name,
        "emails": [{ "type": "work", "value": name }]
    })
}

fn bulk(users: &[Value]) -> Value {
    let operations: Vec<Value> = (0..)
        .zip(users)
        .map(|(number, user): (usize, _)| {
            json!({ "method": "POST", "path": "/Users", "bulkId": number.to_string(), "data": user })
        })
        .collect();
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations })
}

/// The ids of the users that an answer says were created.
fn ids(answer: &Value) -> Vec<String> {
    let Some(operations) = answer["Operations"].as_array() else {
        return vec![answer["id"].as_str().unwrap().to_owned()];
    };
    let id = |operation: &Value| {
        assert_eq!(operation["status"], "201", "{operation}");
        let location = operation["location"].as_str().unwrap();
        location.rsplit('/').next().unwrap().to_owned()
    };
    operations.iter().map(id).collect()
}
