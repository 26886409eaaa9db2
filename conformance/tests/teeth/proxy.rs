//! A reverse proxy that breaks one thing.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::fault::{Fault, Memory, Tamper};
use crate::message::{Answered, Asked};
use crate::server;

/// The server behind the proxy.
#[derive(Clone)]
pub(crate) struct Upstream {
    client: Client<HttpConnector, Full<Bytes>>,
    port: u16,
    base: &'static str,
    pub(crate) token: &'static str,
    pub(crate) memory: Arc<Memory>,
}

/// Starts a proxy before that port; gives its own.
pub(crate) async fn start(port: u16, fault: &'static Fault) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().port();
    let upstream = Upstream {
        client: Client::builder(TokioExecutor::new()).build_http(),
        port,
        base: server::path(fault.profile),
        token: server::token(fault.profile),
        memory: Arc::default(),
    };
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let upstream = upstream.clone();
            let service = service_fn(move |request| answer(request, upstream.clone(), fault));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    own
}

async fn answer(
    request: Request<Incoming>,
    upstream: Upstream,
    fault: &'static Fault,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let raw = body
        .collect()
        .await
        .map(|body| body.to_bytes().to_vec())
        .unwrap_or_default();
    let path = head.uri.path();
    let mut asked = Asked {
        method: head.method.to_string(),
        path: path.strip_prefix(upstream.base).unwrap_or(path).to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        json: serde_json::from_slice(&raw).unwrap_or(Value::Null),
        raw,
    };
    let answered = match fault.tamper {
        Tamper::Request(tamper) => {
            tamper(&mut asked);
            upstream.send(asked).await
        }
        Tamper::Response(tamper) => {
            let mut answered = upstream.send(asked.clone()).await;
            tamper(&asked, &mut answered, &upstream.memory);
            answered
        }
        Tamper::Instead(tamper) => match tamper(asked.clone(), upstream.clone()).await {
            Some(answered) => answered,
            None => upstream.send(asked).await,
        },
    };
    let body = bytes_of(&answered.json, answered.raw);
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = answered.status.try_into().unwrap();
    *response.headers_mut() = answered.headers;
    Ok(response)
}

fn bytes_of(json: &Value, raw: Vec<u8>) -> Vec<u8> {
    if json.is_null() {
        raw
    } else {
        json.to_string().into_bytes()
    }
}

impl Upstream {
    /// Asks the server.
    pub(crate) async fn send(&self, asked: Asked) -> Answered {
        let question = if asked.query.is_empty() { "" } else { "?" };
        let Asked { path, query, .. } = &asked;
        let uri = format!(
            "http://127.0.0.1:{}{}{path}{question}{query}",
            self.port, self.base
        );
        let body = bytes_of(&asked.json, asked.raw);
        let mut request = Request::builder()
            .method(&*asked.method)
            .uri(uri)
            .body(Full::new(body.into()))
            .unwrap();
        let mut headers = asked.headers;
        for name in [
            "content-length",
            "transfer-encoding",
            "accept-encoding",
            "connection",
        ] {
            headers.remove(name);
        }
        *request.headers_mut() = headers;
        let (head, body) = self.client.request(request).await.unwrap().into_parts();
        let raw = body.collect().await.unwrap().to_bytes().to_vec();
        let mut headers: HeaderMap = head.headers;
        for name in ["content-length", "transfer-encoding", "connection"] {
            headers.remove(name);
        }
        Answered {
            status: head.status.as_u16(),
            headers,
            json: serde_json::from_slice(&raw).unwrap_or(Value::Null),
            raw,
        }
    }
}
