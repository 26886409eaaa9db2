//! A server of its own for each test, and one that answers what it is told to.

#![allow(dead_code, reason = "every test file uses another part")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use scim_client::{ClientBuilder, ScimClient};
use scim_core::discovery::AuthenticationScheme;
use scim_server::Application;
use scim_server::auth::AuthCode;
use scim_server::config::Config;
use scim_service::authentication::{Attempt, Authenticator, Identity, Refusal};
use scim_service::connection::ConnectionKey;
use scim_service::store::ResourceId;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

pub(crate) const TOKEN: &str = "a-standard-token-of-the-tests";
pub(crate) const OKTA: (&str, &str) = ("okta", "an-okta-password-of-tests");

/// The bearer token of a user.
pub(crate) fn user_token(id: &str) -> String {
    format!("user-{id}")
}

/// Authenticates users by their tokens, for `/Me`.
struct Users;

#[async_trait]
impl Authenticator for Users {
    fn schemes(&self, _: &ConnectionKey) -> Vec<AuthenticationScheme> {
        Vec::new()
    }

    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Identity, Refusal> {
        let token = attempt.bearer_token()?;
        let id = token.strip_prefix("user-").ok_or(Refusal::Wrong)?;
        Ok(Identity::user(ResourceId::new(id)))
    }
}

/// The real server: a real port, a real database file.
pub(crate) struct Server {
    pub(crate) origin: String,
    _stop: oneshot::Sender<()>,
    _folder: TempDir,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(configure: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.listen = "127.0.0.1:0".parse().unwrap();
        config.workers = std::num::NonZeroUsize::new(1);
        config.database.url = format!("sqlite://{}/scim.sqlite", folder.path().display()).into();
        let okta = format!("{}:{}", OKTA.0, OKTA.1);
        for (name, code) in [("okta", okta.as_str()), ("standard", TOKEN)] {
            let code = AuthCode::parse(&code.into()).unwrap();
            config.auth_codes.insert(name.parse().unwrap(), vec![code]);
        }
        configure(&mut config);
        let application = Application::builder(config).authenticator(Arc::new(Users));
        let application = application.build().await.unwrap();
        let origin = format!("http://127.0.0.1:{}", application.port());
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(application.run_until_stopped(async move { drop(stopped.await) }));
        Self {
            origin,
            _stop: stop,
            _folder: folder,
        }
    }

    pub(crate) fn builder(&self, connection: &str) -> ClientBuilder {
        ScimClient::builder(format!("{}/v1/scim/v2/{connection}", self.origin))
    }

    pub(crate) fn client(&self) -> ScimClient {
        self.builder("standard").bearer(TOKEN).build().unwrap()
    }
}

/// A server that gives answers one after the other, each on a connection of its own, and keeps what it was sent. An empty
/// answer hangs up.
pub(crate) struct Script {
    pub(crate) origin: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Script {
    pub(crate) async fn of<const N: usize>(answers: [&str; N]) -> Self {
        Self::at("127.0.0.1:0", answers).await
    }

    pub(crate) async fn at<const N: usize>(address: &str, answers: [&str; N]) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let mut answers: VecDeque<String> = answers.map(str::to_owned).into();
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Some(answer) = answers.pop_front() {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = request(&mut stream).await;
                log.lock().unwrap().push(request);
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self { origin, seen }
    }

    pub(crate) fn client(&self) -> ScimClient {
        self.builder().build().unwrap()
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        let millis = std::time::Duration::from_millis;
        let retry = scim_client::Retry::default()
            .initial_pause(millis(5))
            .max_pause(millis(10));
        ScimClient::builder(&self.origin).bearer(TOKEN).retry(retry)
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// The request lines so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .map(|request| request.lines().next().unwrap().to_owned())
            .collect()
    }
}

/// An answer that closes its connection.
pub(crate) fn answer(head: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

async fn request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .split("content-length: ")
                .nth(1)
                .map_or("0", |rest| rest.lines().next().unwrap());
            if body.len() >= length.parse::<usize>().unwrap() {
                return String::from_utf8(bytes).unwrap();
            }
        }
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.unwrap();
        assert_ne!(read, 0, "the request broke off");
        bytes.extend_from_slice(&chunk[..read]);
    }
}
