//! A server of its own for each test: a real port, a real database file.

#![allow(dead_code, reason = "every test file uses another part")]

#[cfg(feature = "cli")]
pub(crate) mod binary;
#[cfg(feature = "cli")]
pub(crate) mod relay;
#[cfg(feature = "cli")]
pub(crate) mod remote;

use private_postgres::PrivatePostgres;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, ClientBuilder, Method, RequestBuilder, Response};
use scim_server::auth::AuthCode;
use scim_server::config::Config;
use scim_server::secrecy::ExposeSecret as _;
use scim_server::{Application, ApplicationBuilder};
use scim_storage::SqlStore;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;

/// With this environment variable, the tests of a server within their process run on `postgres` instead of SQLite.
const ON: &str = "SCIM_TEST_ON";
/// The code of `okta` in tests.
pub(crate) const OKTA: &str = "okta:an-okta-password-of-tests";
/// The base64 of [`OKTA`].
pub(crate) const OKTA_BASE64: &str = "b2t0YTphbi1va3RhLXBhc3N3b3JkLW9mLXRlc3Rz";
/// The code of `standard` in tests.
pub(crate) const STANDARD: &str = "a-standard-token-of-the-tests";
/// The code of `azure` in tests.
pub(crate) const AZURE: &str = "an-entra-token-of-the-tests";

/// A running server.
pub(crate) struct TestApp {
    pub(crate) port: u16,
    pub(crate) config: Config,
    client: Client,
    stop: Option<oneshot::Sender<()>>,
    folder: TempDir,
}

/// A running server and a credential for one of its connections.
pub(crate) struct TestConnection<'a> {
    app: &'a TestApp,
    name: &'static str,
    authorization: String,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// A client of HTTP. Where the whole workspace is built, it speaks TLS too, by what the process has chosen.
pub(crate) fn http_client() -> ClientBuilder {
    rustls::crypto::ring::default_provider().install_default().ok();
    Client::builder()
}

impl TestApp {
    /// One with codes for `okta`, `azure` and `standard`.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// One with codes for `okta`, `azure` and `standard`, and whatever else is configured.
    pub(crate) async fn start_with(configure: impl FnOnce(&mut Config)) -> Self {
        Self::start_from(configure, |builder| builder).await
    }

    /// The same, and what an application adds.
    pub(crate) async fn start_from(
        configure: impl FnOnce(&mut Config),
        add: impl FnOnce(ApplicationBuilder) -> ApplicationBuilder,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.listen = "127.0.0.1:0".parse().unwrap();
        config.workers = std::num::NonZeroUsize::new(2);
        config.database.url = match std::env::var(ON).as_deref() {
            Ok("postgres") => PrivatePostgres::shared().new_database().await.into(),
            _ => format!("sqlite://{}/scim.sqlite", folder.path().display()).into(),
        };
        for (name, code) in [("okta", OKTA), ("azure", AZURE), ("standard", STANDARD)] {
            let code = AuthCode::parse(&code.into()).unwrap();
            config.auth_codes.insert(name.parse().unwrap(), vec![code]);
        }
        configure(&mut config);
        let builder = add(Application::builder(config.clone()));
        let application = builder.build().await.unwrap();
        let port = application.port();
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(application.run_until_stopped(async move { drop(stopped.await) }));
        Self {
            port,
            config,
            client: http_client().pool_max_idle_per_host(0).build().unwrap(),
            stop: Some(stop),
            folder,
        }
    }

    /// The database that the server has, opened beside it.
    pub(crate) async fn database(&self) -> SqlStore {
        let database = &self.config.database;
        SqlStore::connect(database.url.expose_secret(), &database.options())
            .await
            .unwrap()
    }

    /// The origin of the server.
    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A request to any path, with nothing added.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.origin()))
    }

    /// What GET of a path answers.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// What GET of the users of a connection answers to that `Authorization`.
    pub(crate) async fn users_of(&self, connection: &str, authorization: &str) -> Answer {
        let request = self.request(Method::GET, &format!("/v1/scim/v2/{connection}/Users"));
        let value = HeaderValue::from_str(authorization).unwrap();
        Answer::of(request.header("authorization", value)).await
    }

    /// As Okta signs in.
    pub(crate) fn as_okta(&self) -> TestConnection<'_> {
        TestConnection {
            app: self,
            name: "okta",
            authorization: format!("Basic {OKTA_BASE64}"),
        }
    }

    /// As Entra ID signs in.
    pub(crate) fn as_entra(&self) -> TestConnection<'_> {
        TestConnection {
            app: self,
            name: "azure",
            authorization: format!("Bearer {AZURE}"),
        }
    }

    /// As a client that keeps to the RFCs signs in.
    pub(crate) fn as_standard(&self) -> TestConnection<'_> {
        TestConnection {
            app: self,
            name: "standard",
            authorization: format!("Bearer {STANDARD}"),
        }
    }

    /// Stops the server.
    pub(crate) fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).ok();
        }
    }
}

impl TestConnection<'_> {
    /// A request to a path of the connection.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.app
            .request(method, &format!("/v1/scim/v2/{}{path}", self.name))
            .header("authorization", &self.authorization)
    }

    /// GET of a path with parameters.
    pub(crate) fn query(&self, path: &str, parameters: &[(&str, &str)]) -> RequestBuilder {
        let mut encoded = url::form_urlencoded::Serializer::new(String::new());
        let encoded = encoded.extend_pairs(parameters).finish();
        self.request(Method::GET, &format!("{path}?{encoded}"))
    }

    /// What GET answers.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// What POST of a body answers.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path);
        let request = request.header("content-type", "application/scim+json");
        Answer::of(request.body(body.to_string())).await
    }

    /// What a request with a body answers.
    pub(crate) async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        let request = self.request(method, path);
        let request = request.header("content-type", "application/scim+json; charset=utf-8");
        Answer::of(request.body(body.to_string())).await
    }

    /// What PATCH with these operations answers.
    pub(crate) async fn patch(&self, path: &str, operations: Value) -> Answer {
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
        self.send(
            Method::PATCH,
            path,
            &json!({ "schemas": schemas, "Operations": operations }),
        )
        .await
    }

    /// What DELETE answers.
    pub(crate) async fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).await
    }

    /// The new group of that name with these members.
    pub(crate) async fn creates_group(&self, name: &str, members: &[&str]) -> String {
        let members: Vec<Value> = members.iter().map(|id| json!({ "value": id })).collect();
        let schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"];
        let group = json!({ "schemas": schemas, "displayName": name, "members": members });
        let answer = self.post("/Groups", &group).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// The ids of the members of a group, in order of their ids.
    pub(crate) async fn members(&self, group: &str) -> Vec<String> {
        let group = self.get(&format!("/Groups/{group}")).await.json();
        let members = group["members"].as_array().cloned().unwrap_or_default();
        let mut ids: Vec<String> = members
            .iter()
            .map(|member| member["value"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    }

    /// The new user of that name.
    pub(crate) async fn creates_user(&self, name: &str) -> Value {
        let schemas = ["urn:ietf:params:scim:schemas:core:2.0:User"];
        let answer = self
            .post("/Users", &json!({ "schemas": schemas, "userName": name }))
            .await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()
    }
}

impl Answer {
    /// Sends a request and reads the answer.
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        Self::read(request.send().await.unwrap()).await
    }

    async fn read(response: Response) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    /// The body.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts that this is a SCIM Error with that status, and gives its detail.
    #[track_caller]
    pub(crate) fn is_scim_error(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/scim+json", "{self:?}");
        let error = self.json();
        assert_eq!(
            error["schemas"],
            json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
        );
        assert_eq!(error["status"], status.to_string());
        let detail = error["detail"].as_str().unwrap();
        assert!(!detail.is_empty());
        detail.to_owned()
    }
}
