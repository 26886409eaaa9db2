//! A relay to a database that can fall silent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// Relays connections to a database. While it is silent, requests arrive and answers do not.
pub(crate) struct Relay {
    /// The URL of the database, through the relay.
    pub(crate) url: String,
    is_silent: Arc<AtomicBool>,
}

impl Relay {
    pub(crate) async fn to(database: &str) -> Self {
        let mut url = Url::parse(database).unwrap();
        let target = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let is_silent = Arc::new(AtomicBool::new(false));
        let silence = is_silent.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&target).await.unwrap();
                tokio::spawn(relay(client, server, silence.clone()));
            }
        });
        Self {
            url: url.into(),
            is_silent,
        }
    }

    pub(crate) fn be_silent(&self, silent: bool) {
        self.is_silent.store(silent, Ordering::SeqCst);
    }
}

async fn relay(client: TcpStream, server: TcpStream, is_silent: Arc<AtomicBool>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answers = async {
        let mut answer = [0; 8192];
        while let Ok(length @ 1..) = from_server.read(&mut answer).await {
            let is_heard = !is_silent.load(Ordering::SeqCst);
            if is_heard && to_client.write_all(&answer[..length]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        _ = tokio::io::copy(&mut from_client, &mut to_server) => {}
        () = answers => {}
    }
}
