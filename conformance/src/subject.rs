//! The server that is judged: where it is, how to sign in, and as whom.

use std::time::Duration;

use ::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::Full;
use serde::Serialize;
use serde_json::Value;

use crate::http::{Answer, Client, ClientError, Exchange, Request};
use crate::trial::Style;

/// Which client the server is set up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Any client that keeps to the RFCs.
    Standard,
    /// Okta.
    Okta,
    /// Microsoft Entra ID.
    Entra,
}

/// How to sign in.
#[derive(Clone)]
pub enum Credential {
    /// Not at all.
    None,
    /// `Authorization: Basic`.
    Basic {
        /// The user name.
        user: String,
        /// The password.
        password: String,
    },
    /// `Authorization: Bearer`.
    Bearer(String),
}

/// A server under judgement.
#[derive(Clone)]
pub struct Subject {
    base_url: String,
    authorization: Option<String>,
    /// Which client it is set up for.
    pub profile: Profile,
    client: Client,
}

/// What is wrong with how a subject is named.
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    /// The base URL is not an absolute http URL.
    #[error("`{0}` is not an http or https URL")]
    BaseUrl(String),
    /// The client cannot be set up.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl Subject {
    /// A server at that URL.
    ///
    /// # Errors
    ///
    /// When the URL is none, or TLS cannot be set up.
    pub fn new(
        base_url: &str,
        credential: &Credential,
        profile: Profile,
        timeout: Duration,
    ) -> Result<Self, SubjectError> {
        let is_http = url::Url::parse(base_url)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !is_http {
            return Err(SubjectError::BaseUrl(base_url.to_owned()));
        }
        let authorization = match credential {
            Credential::None => None,
            Credential::Basic { user, password } => {
                Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
            }
            Credential::Bearer(token) => Some(format!("Bearer {token}")),
        };
        Ok(Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            authorization,
            profile,
            client: Client::new(timeout)?,
        })
    }

    /// The base URL, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Whether requests carry credentials.
    pub fn signs_in(&self) -> bool {
        self.authorization.is_some()
    }

    /// The URL of a path below the base URL, or of a reference that the server gave.
    pub fn url(&self, target: &str) -> String {
        if target.starts_with("http://") || target.starts_with("https://") {
            target.to_owned()
        } else {
            format!("{}{target}", self.base_url)
        }
    }

    /// The URL of a reference that the server gave, which may be relative (RFC 3986 section 5).
    pub fn resolve(&self, reference: &str) -> String {
        url::Url::parse(&self.base_url)
            .and_then(|base| base.join(reference))
            .map_or_else(|_| reference.to_owned(), String::from)
    }

    /// Whether a URL is on the server that was named: credentials go nowhere else.
    pub fn is_here(&self, target: &str) -> bool {
        let origin = |text: &str| url::Url::parse(text).ok().map(|url| url.origin());
        origin(&self.url(target)) == origin(&self.base_url)
    }

    /// Sends a request with the headers of a style; gives the answer and what the report says about it.
    pub async fn send(&self, request: Request, style: Style) -> (Result<Answer, ClientError>, Exchange) {
        let url = self.url(&request.target);
        let mut headers = style.headers(request.body.is_some());
        headers.retain(|(name, _)| !request.headers.iter().any(|(other, _)| other == name));
        headers.extend(
            request
                .headers
                .iter()
                .filter(|(_, value)| !value.is_empty())
                .cloned(),
        );
        let mut exchange = Exchange {
            method: request.method.to_string(),
            url: url.clone(),
            request_headers: headers.clone(),
            request_body: request.body.clone(),
            status: 0,
            response_headers: Vec::new(),
            response_body: String::new(),
            milliseconds: 0,
        };
        let own = headers.iter().any(|(name, _)| name == AUTHORIZATION.as_str());
        let mut builder = ::http::Request::builder()
            .method(request.method.clone())
            .uri(&url);
        for (name, value) in headers {
            builder = builder.header(name, value);
        }
        if let Some(authorization) = &self.authorization
            && request.credentials
            && !own
            && self.is_here(&request.target)
        {
            builder = builder.header(AUTHORIZATION, authorization);
            let scheme = authorization.split(' ').next().unwrap_or_default();
            exchange
                .request_headers
                .push((AUTHORIZATION.to_string(), format!("{scheme} …")));
        }
        let asked = format!("{} {}", request.method, request.target);
        let answer = self.exchange(builder, request.body, asked, &mut exchange).await;
        if let Err(error) = &answer {
            exchange.response_body = error.to_string();
        }
        (answer, exchange)
    }

    async fn exchange(
        &self,
        builder: ::http::request::Builder,
        body: Option<String>,
        asked: String,
        exchange: &mut Exchange,
    ) -> Result<Answer, ClientError> {
        let request = builder.body(Full::new(Bytes::from(body.unwrap_or_default())))?;
        debug_assert!(!request.headers().contains_key(HOST), "the client sets Host");
        let raw = self.client.send(request).await?;
        let text = String::from_utf8_lossy(&raw.body).into_owned();
        exchange.status = raw.status;
        exchange.milliseconds = u64::try_from(raw.took.as_millis()).unwrap_or(u64::MAX);
        exchange.response_headers = raw
            .headers
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        exchange.response_body.clone_from(&text);
        Ok(Answer {
            asked,
            status: raw.status,
            headers: raw.headers,
            json: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
        })
    }
}

impl Style {
    /// The headers that such a client sends.
    fn headers(self, has_body: bool) -> Vec<(String, String)> {
        let mut headers = vec![(ACCEPT.to_string(), "application/scim+json".to_owned())];
        let mut add = |name: &str, value: &str| headers.push((name.to_owned(), value.to_owned()));
        match self {
            Self::Plain => add(
                "user-agent",
                concat!("scim-conformance/", env!("CARGO_PKG_VERSION")),
            ),
            Self::Okta => {
                add("user-agent", "Okta SCIM Client 1.0.0");
                add("accept-charset", "utf-8");
                add("accept-encoding", "gzip,deflate");
            }
            Self::Entra => {}
        }
        if has_body {
            let charset = if self == Self::Plain {
                ""
            } else {
                "; charset=utf-8"
            };
            headers.push((
                CONTENT_TYPE.to_string(),
                format!("application/scim+json{charset}"),
            ));
        }
        headers
    }
}
