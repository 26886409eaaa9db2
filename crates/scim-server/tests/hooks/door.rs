//! An application that embeds SCIM with a hook that takes everything down, on a database of its own.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{App, HttpServer};
use async_trait::async_trait;
use private_postgres::PrivatePostgres;
use reqwest::{Client, Method};
use scim_core::schema::{Definition, ResourceTypes};
use scim_server::auth::AuthCode;
use scim_server::{Scim, mount};
use scim_service::event::{Event, Hook, Veto};
use scim_service::limits::Limits;
use scim_service::service::Service;
use scim_storage::{Options, SqlStore};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(crate) const DEVICE: &str = "urn:example:params:scim:schemas:devices:2.0:Device";
const TOKEN: &str = "a-token-of-the-tests";

/// Which database.
#[derive(Debug, Clone, Copy)]
pub(crate) enum On {
    Sqlite,
    Postgres,
}

/// What the hook does besides taking down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mood {
    #[default]
    Content,
    Refusing,
    PanicsBefore,
    PanicsAfter,
    SlowBefore,
    SlowAfter,
}

/// A hook that takes down what it is asked and told, by transaction.
#[derive(Default)]
pub(crate) struct Recorder {
    pub(crate) asked: Mutex<Vec<Vec<Event>>>,
    pub(crate) told: Mutex<Vec<Vec<Event>>>,
    pub(crate) mood: Mutex<Mood>,
}

#[async_trait]
impl Hook for Recorder {
    async fn before_commit(&self, events: &[Event]) -> Result<(), Veto> {
        self.asked.lock().unwrap().push(events.to_vec());
        let mood = *self.mood.lock().unwrap();
        match mood {
            Mood::Refusing => Err(Veto::new("there is no seat left, buy one first")),
            Mood::PanicsBefore => panic!("this hook panics"),
            Mood::SlowBefore => std::future::pending().await,
            _ => Ok(()),
        }
    }

    async fn after_commit(&self, events: &[Event]) {
        let mood = *self.mood.lock().unwrap();
        if mood == Mood::SlowAfter {
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        self.told.lock().unwrap().push(events.to_vec());
        assert!(mood != Mood::PanicsAfter, "this hook panics");
    }

    fn timeout(&self) -> Duration {
        Duration::from_millis(500)
    }
}

impl Recorder {
    pub(crate) fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// What it was told since it was asked this last, by transaction.
    pub(crate) fn told(&self) -> Vec<Vec<Value>> {
        let told = std::mem::take(&mut *self.told.lock().unwrap());
        let json = |event: &Event| serde_json::to_value(event).unwrap();
        told.iter()
            .map(|events| events.iter().map(json).collect())
            .collect()
    }

    /// The events of the only transaction that it was told of since.
    #[track_caller]
    pub(crate) fn told_once(&self) -> Vec<Value> {
        let told = self.told();
        assert_eq!(told.len(), 1, "{told:?}");
        told.into_iter().next().unwrap()
    }

    /// The only event that it was told since.
    #[track_caller]
    pub(crate) fn told_one(&self) -> Value {
        let told = self.told_once();
        assert_eq!(told.len(), 1, "{told:?}");
        told.into_iter().next().unwrap()
    }

    /// How often it was asked since.
    pub(crate) fn times_asked(&self) -> usize {
        std::mem::take(&mut *self.asked.lock().unwrap()).len()
    }
}

/// The application.
#[derive(Clone)]
pub(crate) struct Door {
    origin: String,
    client: Client,
    pub(crate) recorder: Arc<Recorder>,
    _folder: Arc<TempDir>,
}

impl Door {
    pub(crate) async fn open(on: On) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match on {
            On::Sqlite => format!("sqlite://{}/scim.sqlite", folder.path().display()),
            On::Postgres => PrivatePostgres::shared().new_database().await,
        };
        let store = SqlStore::connect(&url, &Options::default()).await.unwrap();
        store.migrate().await.unwrap();
        let recorder = Arc::new(Recorder::default());
        let service = Service::new(Arc::new(store), Limits::default())
            .with_resource_types(types_with_device())
            .with_hook(recorder.clone());
        let mut scim = Scim::builder(service);
        for connection in ["okta", "standard"] {
            let code = AuthCode::parse(&TOKEN.into()).unwrap();
            scim = scim.auth_code(connection.parse().unwrap(), code);
        }
        let scim = scim.build();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}/v1/scim/v2", listener.local_addr().unwrap());
        let server = HttpServer::new(move || App::new().configure(mount(&scim)))
            .workers(2)
            .disable_signals();
        tokio::spawn(server.listen(listener).unwrap().run());
        // where the whole workspace is built, the client speaks TLS too, by what the process has chosen
        rustls::crypto::ring::default_provider().install_default().ok();
        Self {
            origin,
            client: Client::builder().pool_max_idle_per_host(0).build().unwrap(),
            recorder,
            _folder: Arc::new(folder),
        }
    }

    /// Status and body of the answer. The path begins with the connection.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let request = self
            .client
            .request(method, format!("{}/{path}", self.origin))
            .bearer_auth(TOKEN);
        let request = match body {
            Some(body) => request
                .header("content-type", "application/scim+json")
                .body(body.to_string()),
            None => request,
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::POST, path, Some(body)).await
    }

    /// The status of a PATCH.
    pub(crate) async fn patch(&self, path: &str, operations: Value) -> u16 {
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
        let body = json!({ "schemas": schemas, "Operations": operations });
        self.send(Method::PATCH, path, Some(body)).await.0
    }

    /// The status of a DELETE.
    pub(crate) async fn delete(&self, path: &str) -> u16 {
        self.send(Method::DELETE, path, None).await.0
    }

    /// The id of a new user, of whom nothing is remembered.
    pub(crate) async fn user(&self, name: &str) -> String {
        let body = json!({ "schemas": [USER], "userName": name });
        self.created("standard/Users", body).await
    }

    /// The id of a new group with these members, of which nothing is remembered.
    pub(crate) async fn group(&self, name: &str, members: &[&str]) -> String {
        let body = json!({ "schemas": [GROUP], "displayName": name, "members": values(members) });
        self.created("standard/Groups", body).await
    }

    async fn created(&self, path: &str, body: Value) -> String {
        let (status, created) = self.post(path, body).await;
        assert_eq!(status, 201, "{created}");
        self.recorder.told();
        self.recorder.times_asked();
        created["id"].as_str().unwrap().to_owned()
    }

    /// The ids of the members of a group.
    pub(crate) async fn members(&self, group: &str) -> Vec<String> {
        let (_, group) = self.get(&format!("standard/Groups/{group}")).await;
        let members = group["members"].as_array().cloned().unwrap_or_default();
        let id = |member: &Value| member["value"].as_str().unwrap().to_owned();
        let mut ids: Vec<String> = members.iter().map(id).collect();
        ids.sort();
        ids
    }
}

/// User, Group and one type more.
fn types_with_device() -> ResourceTypes {
    let schema = json!({ "id": DEVICE, "attributes": [{ "name": "label" }] });
    let device = json!({ "name": "Device", "endpoint": "/Devices", "schema": DEVICE });
    let definition = |value: Value| Definition::new("definition.json", value.to_string());
    ResourceTypes::builder()
        .schema(definition(schema))
        .resource_type(definition(device))
        .build()
        .unwrap()
}

/// Members, as they are sent.
pub(crate) fn values(ids: &[&str]) -> Vec<Value> {
    ids.iter().map(|id| json!({ "value": id })).collect()
}

/// The events without what differs from run to run.
pub(crate) fn types(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect()
}
