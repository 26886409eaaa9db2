//! SCIM at other paths than `/v1/scim/v2`, over HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what helps tests may stop at the first surprise, as tests do"
)]

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use reqwest::{Client, Method};
use scim_server::auth::AuthCode;
use scim_server::{Scim, mount, mount_at};
use scim_service::limits::Limits;
use scim_service::service::Service;
use scim_storage::{Options, SqlStore};
use serde_json::{Value, json};
use tempfile::TempDir;

const TOKEN: &str = "a-token-of-the-tests";

struct Server {
    origin: String,
    handle: ServerHandle,
    client: Client,
    _folder: TempDir,
}

impl Server {
    async fn start(configure: impl Fn(&Arc<Scim>, &mut web::ServiceConfig) + Clone + Send + 'static) -> Self {
        // where the whole workspace is built, the client speaks TLS too, by what the process has chosen
        rustls::crypto::ring::default_provider().install_default().ok();
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/scim.sqlite", folder.path().display());
        let store = SqlStore::connect(&url, &Options::default()).await.unwrap();
        store.migrate().await.unwrap();
        let service = Service::new(Arc::new(store), Limits::default());
        let mut builder = Scim::builder(service);
        for connection in ["okta", "corp"] {
            let code = AuthCode::parse(&TOKEN.into()).unwrap();
            builder = builder.auth_code(connection.parse().unwrap(), code);
        }
        let scim = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let app = move || App::new().configure(|config| configure(&scim, config));
        let server = HttpServer::new(app).workers(1).listen(listener).unwrap().run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self {
            origin,
            handle,
            client: Client::new(),
            _folder: folder,
        }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, String, Value) {
        let mut request = self.client.request(method, format!("{}{path}", self.origin));
        request = request.bearer_auth(TOKEN);
        if let Some(body) = body {
            request = request
                .header("content-type", "application/scim+json")
                .body(body.to_string());
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let location = response.headers().get("location");
        let location = location.map_or(String::new(), |value| value.to_str().unwrap().to_owned());
        let text = response.text().await.unwrap();
        (status, location, serde_json::from_str(&text).unwrap_or_default())
    }

    /// Whether a connection is at that path, and says so of everything in it.
    async fn has_connection_at(&self, base: &str) {
        let (status, _, config) = self
            .ask(Method::GET, &format!("{base}/ServiceProviderConfig"), None)
            .await;
        assert_eq!(status, 200, "{base}: {config}");
        let url = format!("{}{base}", self.origin);
        assert_eq!(config["meta"]["location"], format!("{url}/ServiceProviderConfig"));
        let (_, _, types) = self
            .ask(Method::GET, &format!("{base}/ResourceTypes"), None)
            .await;
        for kind in types["Resources"].as_array().unwrap() {
            let name = kind["name"].as_str().unwrap();
            assert_eq!(kind["meta"]["location"], format!("{url}/ResourceTypes/{name}"));
        }
        let (_, _, schemas) = self.ask(Method::GET, &format!("{base}/Schemas"), None).await;
        for schema in schemas["Resources"].as_array().unwrap() {
            let id = schema["id"].as_str().unwrap();
            assert_eq!(schema["meta"]["location"], format!("{url}/Schemas/{id}"));
        }

        let user = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": format!("bjensen{}", base.replace('/', ".")),
        });
        let (status, location, user) = self
            .ask(Method::POST, &format!("{base}/Users"), Some(&user))
            .await;
        assert_eq!(status, 201, "{base}: {user}");
        assert_eq!(location, format!("{url}/Users/{}", user["id"].as_str().unwrap()));
        assert_eq!(user["meta"]["location"], location);
        let path = location.strip_prefix(&self.origin).unwrap();
        let (status, _, read) = self.ask(Method::GET, path, None).await;
        assert_eq!((status, &read["id"]), (200, &user["id"]));

        let anonymous = self.client.get(format!("{url}/Users")).send().await.unwrap();
        assert_eq!(anonymous.status(), 401);
        assert!(anonymous.headers().contains_key("www-authenticate"));
    }

    async fn has_nothing_at(&self, path: &str) {
        let (status, _, error) = self.ask(Method::GET, path, None).await;
        assert_eq!(status, 404, "{path}: {error}");
    }
}

#[actix_web::test]
async fn it_is_mounted_where_the_application_says() {
    for path in ["/scim", "scim/", "/scim/", "scim"] {
        let server = Server::start(move |scim, config| {
            let own = web::resource("/own").to(async || HttpResponse::Ok().body("own"));
            config.configure(mount_at(scim, path)).service(own);
        })
        .await;
        server.has_connection_at("/scim/okta").await;
        server.has_connection_at("/scim/corp").await;
        assert_eq!(server.ask(Method::GET, "/own", None).await.0, 200);
        for elsewhere in [
            "/scim",
            "/scim/",
            "/scim/other/Users",
            "/scimitar/okta/Users",
            "/%73cim/okta/Users",
            "/v1/scim/v2/okta/Users",
            "//scim/okta/Users",
        ] {
            server.has_nothing_at(elsewhere).await;
        }
        server.handle.stop(false).await;
    }
}

#[actix_web::test]
async fn scopes_around_it_and_parameters_are_part_of_locations() {
    let server = Server::start(|scim, config| {
        let deeper = web::scope("/api").configure(mount_at(scim, "/scim"));
        let tenants = web::scope("/scim").configure(mount_at(scim, "/tenants/{tenant}/scim"));
        config.service(deeper).service(tenants).configure(mount(scim));
    })
    .await;
    server.has_connection_at("/api/scim/okta").await;
    // the path of the mount may be in the path before it
    server.has_connection_at("/scim/tenants/scim/scim/okta").await;
    server.has_connection_at("/scim/tenants/acme/scim/corp").await;
    server.has_connection_at("/v1/scim/v2/okta").await;
    server.has_nothing_at("/scim/okta/Users").await;
    server.handle.stop(false).await;
}

#[actix_web::test]
async fn with_an_empty_path_connections_are_at_the_root() {
    let server = Server::start(|scim, config| {
        let own = web::resource("/own").to(async || HttpResponse::Ok().body("own"));
        config.service(own).configure(mount_at(scim, ""));
    })
    .await;
    server.has_connection_at("/okta").await;
    assert_eq!(server.ask(Method::GET, "/own", None).await.0, 200);
    server.has_nothing_at("/").await;
    server.has_nothing_at("/other/Users").await;
    server.handle.stop(false).await;
}
