//! A client of the connection `okta` of a server that runs as a process.

use std::time::{Duration, Instant};

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use super::binary::Running;

/// The code that the server is started with.
pub(crate) const CODE: (&str, &str) = ("SCIM_AUTH_CODE_OKTA", "okta:an-okta-password-of-tests");

#[derive(Clone)]
pub(crate) struct Remote {
    client: Client,
    origin: String,
}

impl Remote {
    pub(crate) fn of(server: &Running) -> Self {
        Self {
            client: super::http_client()
                .timeout(Duration::from_secs(60))
                .build()
                .unwrap(),
            origin: format!("http://127.0.0.1:{}", server.port),
        }
    }

    /// `None` if no answer comes.
    pub(crate) async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        etag: Option<&str>,
    ) -> Option<Response> {
        let mut request = self
            .client
            .request(method, format!("{}/v1/scim/v2/okta{path}", self.origin))
            .basic_auth("okta", Some("an-okta-password-of-tests"));
        if let Some(body) = &body {
            request = request.json(body);
        }
        if let Some(etag) = etag {
            request = request.header("If-Match", etag);
        }
        request.send().await.ok()
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        self.try_send(method, path, body, None).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.send(Method::GET, path, None).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    pub(crate) async fn post_user(&self, user_name: &str) -> Response {
        self.send(Method::POST, "/Users", Some(user(user_name))).await
    }

    /// The id of a new user.
    pub(crate) async fn create_user(&self, user_name: &str) -> String {
        created(self.post_user(user_name).await).await
    }

    /// The id of a new group.
    pub(crate) async fn create_group(&self, display_name: &str) -> String {
        let group = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": display_name,
        });
        created(self.send(Method::POST, "/Groups", Some(group)).await).await
    }

    pub(crate) async fn add_member(&self, group: &str, user: &str) -> Response {
        let patch = patch(&json!([{ "op": "add", "path": "members", "value": [{ "value": user }] }]));
        self.send(Method::PATCH, &format!("/Groups/{group}"), Some(patch))
            .await
    }

    pub(crate) async fn is_ready(&self) -> bool {
        let answer = self.client.get(format!("{}/v1/readyz", self.origin)).send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    }

    /// Waits until the server says that it is ready, or that it is not.
    pub(crate) async fn wait_until_ready(&self, ready: bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.is_ready().await != ready {
            assert!(Instant::now() < deadline, "readiness does not become {ready}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

pub(crate) fn user(user_name: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user_name,
        "emails": [{ "type": "work", "value": user_name }],
    })
}

pub(crate) fn patch(operations: &Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}

async fn created(answer: Response) -> String {
    assert_eq!(answer.status(), 201);
    let body: Value = answer.json().await.unwrap();
    body["id"].as_str().unwrap().to_owned()
}

/// Asserts that a client is told to try again later, in SCIM.
#[track_caller]
pub(crate) fn assert_unavailable(answer: &Response) {
    assert_eq!(answer.status(), 503);
    assert!(
        answer.headers().contains_key("Retry-After"),
        "{:?}",
        answer.headers()
    );
    let kind = answer.headers()["Content-Type"].to_str().unwrap();
    assert!(kind.starts_with("application/scim+json"), "{kind}");
}
