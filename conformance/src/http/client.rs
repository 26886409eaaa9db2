//! An HTTP client that adds nothing to what it is given.

use std::io::Read;
use std::time::{Duration, Instant};

use ::http::HeaderMap;
use ::http::header::CONTENT_ENCODING;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

/// A client that keeps connections open and follows no redirect.
#[derive(Clone)]
pub struct Client {
    pool: Pool<HttpsConnector<HttpConnector>, Full<Bytes>>,
    timeout: Duration,
}

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The certificates that this machine trusts cannot be read.
    #[error("TLS cannot be set up")]
    Tls(#[source] std::io::Error),
    /// The URL or a header is none.
    #[error("the request cannot be sent: {0}")]
    Request(#[from] ::http::Error),
    /// The server cannot be reached, or hung up.
    #[error("no answer: {0}")]
    Send(String),
    /// The answer ended too early.
    #[error("the answer broke off: {0}")]
    Body(#[from] hyper::Error),
    /// The answer did not come.
    #[error("no answer within {} s", .0.as_secs())]
    Timeout(Duration),
    /// The answer is not compressed as it says.
    #[error("the answer cannot be decompressed: {0}")]
    Compression(#[from] std::io::Error),
}

/// An answer as bytes, and how long it took.
#[derive(Debug)]
pub struct RawAnswer {
    /// What was answered.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, decompressed.
    pub body: Vec<u8>,
    /// From sending to the last byte.
    pub took: Duration,
}

impl Client {
    /// One that waits that long for an answer.
    ///
    /// # Errors
    ///
    /// When TLS cannot be set up on this machine.
    pub fn new(timeout: Duration) -> Result<Self, ClientError> {
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_platform_verifier(rustls::crypto::ring::default_provider())
            .map_err(ClientError::Tls)?
            .https_or_http()
            .enable_http1()
            .build();
        let pool = Pool::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(4))
            .build(connector);
        Ok(Self { pool, timeout })
    }

    /// Sends a request and reads the answer to its end.
    ///
    /// # Errors
    ///
    /// When there is no whole answer in time.
    pub async fn send(&self, request: ::http::Request<Full<Bytes>>) -> Result<RawAnswer, ClientError> {
        let sent = Instant::now();
        let exchange = async {
            let (head, body) = self
                .pool
                .request(request)
                .await
                .map_err(|error| ClientError::Send(chain(&error)))?
                .into_parts();
            let body = body.collect().await?.to_bytes();
            Ok::<_, ClientError>((head, body))
        };
        let (head, body) = tokio::time::timeout(self.timeout, exchange)
            .await
            .map_err(|_| ClientError::Timeout(self.timeout))??;
        let took = sent.elapsed();
        Ok(RawAnswer {
            status: head.status.as_u16(),
            body: decompress(&head.headers, &body)?,
            headers: head.headers,
            took,
        })
    }
}

fn decompress(headers: &HeaderMap, body: &[u8]) -> std::io::Result<Vec<u8>> {
    let encoding = headers
        .get(CONTENT_ENCODING)
        .map_or(&b""[..], |value| value.as_bytes());
    let mut plain = Vec::new();
    match encoding {
        b"gzip" => flate2::read::GzDecoder::new(body).read_to_end(&mut plain)?,
        b"deflate" => flate2::read::ZlibDecoder::new(body).read_to_end(&mut plain)?,
        _ => return Ok(body.to_vec()),
    };
    Ok(plain)
}

/// An error with its causes; hyper says the cause in none of its own words.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
