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
        let url = format!("http://127.0.0.1:{}/v1/scim/v2/okta/Users", server.port);
        let writers = (0..4).map(|writer| {
            let (client, url) = (client.clone(), url.clone());
            tokio::spawn(async move { write_until_killed(&client, &url, &format!("{round}-{writer}")).await })
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
    assert!(
        (acknowledged.len() as u64..=acknowledged.len() as u64 + 12).contains(&total),
        "{total}"
    );
    server.kill();
}

/// Creates users one after the other, and gives the ids of those that were acknowledged.
async fn write_until_killed(client: &reqwest::Client, url: &str, prefix: &str) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": format!("{prefix}-{number}@example.com"),
            "emails": [{ "type": "work", "value": format!("{prefix}-{number}@example.com") }]
        });
        let request = client
            .post(url)
            .basic_auth("okta", Some("an-okta-password-of-tests"))
            .json(&body);
        let Ok(answer) = request.send().await else { break };
        assert_eq!(answer.status(), 201);
        let Ok(user) = answer.json::<Value>().await else {
            break;
        };
        acknowledged.push(user["id"].as_str().unwrap().to_owned());
    }
    acknowledged
}
