//! One request and its response, with its retries.

use std::error::Error;
use std::io;
use std::time::Instant;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::client::Inner;
use crate::error::ClientError;
use crate::retry::retry_after;
use crate::transport::unfollowed;

/// The number of characters of a response that is not a SCIM error that become the detail of an error.
const EXCERPT: usize = 200;

/// A request.
#[derive(Debug)]
pub(crate) struct Request {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

/// A response with a status of 2xx or 304.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) etag: Option<String>,
    content_type: Option<String>,
    body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
        }
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self, ClientError> {
        let body = serde_json::to_vec(body);
        self.body = Some(body.map_err(|error| ClientError::Request(error.to_string()))?);
        Ok(self)
    }

    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Result<Self, ClientError> {
        let wrong = |_| ClientError::Request(format!("`{value}` is not a value of the header `{name}`"));
        let value = HeaderValue::from_str(value).map_err(wrong)?;
        self.headers.insert(name, value);
        Ok(self)
    }

    /// Adds a parameter to the query string. A second one of that name replaces the first.
    pub(crate) fn parameter(mut self, name: &str, value: String) -> Self {
        let mut parameters: Vec<(String, String)> = self.url.query_pairs().into_owned().collect();
        parameters.retain(|(other, _)| other != name);
        parameters.push((name.to_owned(), value));
        self.url.query_pairs_mut().clear().extend_pairs(parameters);
        self
    }

    pub(crate) async fn send(&self, client: &Inner) -> Result<Answer, ClientError> {
        let begun = Instant::now();
        let mut done = 0;
        loop {
            let error = match self.attempt(client).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            done += 1;
            let asked = match &error {
                // the server may have carried it out
                ClientError::Scim {
                    status: 503,
                    retry_after: None,
                    ..
                } if self.creates() => return Err(error),
                ClientError::Scim {
                    status: 429 | 503,
                    retry_after,
                    ..
                } => *retry_after,
                ClientError::Transport(cause) if is_distrust(cause) => return Err(error),
                ClientError::Transport(cause) if cause.is_connect() || self.method == Method::GET => None,
                _ => return Err(error),
            };
            match client.retry.pause(done, begun.elapsed(), asked) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
        }
    }

    /// Whether a second attempt might create a second resource: a POST that is not a search.
    fn creates(&self) -> bool {
        self.method == Method::POST && !self.url.path().ends_with("/.search")
    }

    async fn attempt(&self, client: &Inner) -> Result<Answer, ClientError> {
        let mut request = client
            .http
            .request(self.method.clone(), self.url.clone())
            .timeout(client.timeout)
            .headers(self.headers.clone())
            .header(ACCEPT, "application/scim+json, application/json;q=0.9");
        if let Some(authorization) = &client.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        if let Some(body) = &self.body {
            request = request
                .header(CONTENT_TYPE, "application/scim+json")
                .body(body.clone());
        }
        let mut response = request.send().await?;
        let status = response.status();
        let unfollowed = unfollowed(&response);
        let headers = std::mem::take(response.headers_mut());
        let body = read(response, client.max_response_bytes).await;
        if !status.is_success() && status.as_u16() != 304 {
            // an error response stays one if reading its body fails
            let body = body.unwrap_or_default();
            return Err(refusal(status.as_u16(), &headers, &body, unfollowed));
        }
        let text = |name| headers.get(name)?.to_str().ok().map(str::to_owned);
        Ok(Answer {
            status: status.as_u16(),
            etag: text(ETAG),
            content_type: text(CONTENT_TYPE),
            body: body?,
        })
    }
}

impl Answer {
    /// The body; `None` if it is empty, as with 204.
    pub(crate) fn document(&self) -> Result<Option<Value>, ClientError> {
        if self.body.is_empty() {
            return Ok(None);
        }
        let document = serde_json::from_slice(&self.body);
        document.map(Some).map_err(|error| self.not_json(&error))
    }

    /// The error of a body that is not JSON. It does not show the body, in which there may be people.
    fn not_json(&self, error: &serde_json::Error) -> ClientError {
        let status = self.status;
        let kind = match &self.content_type {
            Some(kind) => format!("of type `{kind}`"),
            None => "without a content type".to_owned(),
        };
        ClientError::Decode(format!("the response {status} {kind} is not JSON: {error}"))
    }

    /// The body, which must not be empty.
    pub(crate) fn json(&self) -> Result<Value, ClientError> {
        let empty = || ClientError::Decode(format!("the response {} has no body", self.status));
        self.document()?.ok_or_else(empty)
    }
}

/// Whether TLS failed: a certificate that is not trusted is not trusted at the next attempt either.
fn is_distrust(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<rustls::Error>() {
            return true;
        }
        // the source of an IO error skips the error inside it
        let within = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = within
            .map(|within| within as &(dyn Error + 'static))
            .or_else(|| error.source());
    }
    false
}

async fn read(mut response: reqwest::Response, most: usize) -> Result<Vec<u8>, ClientError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > most {
            return Err(ClientError::TooLarge(most));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The error that the server sent (RFC 7644 section 3.12), or what can be told from any other response.
fn refusal(status: u16, headers: &HeaderMap, body: &[u8], unfollowed: Option<String>) -> ClientError {
    let document = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let text = |name| document.get(name).and_then(Value::as_str).map(str::to_owned);
    let excerpt = || {
        let excerpt: String = String::from_utf8_lossy(body)
            .trim()
            .chars()
            .take(EXCERPT)
            .collect();
        Some(excerpt).filter(|excerpt| !excerpt.is_empty() && !document.is_object())
    };
    ClientError::Scim {
        status,
        scim_type: text("scimType"),
        detail: unfollowed.or_else(|| text("detail")).or_else(excerpt),
        retry_after: retry_after(headers),
    }
}
