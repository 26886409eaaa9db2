//! How a client is set up.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use url::{Host, Url};

use crate::client::ScimClient;
use crate::error::ClientError;
use crate::retry::Retry;
use crate::transport;

const USER_AGENT: &str = concat!("scim-client/", env!("CARGO_PKG_VERSION"));
/// The settings of a [`ScimClient`].
///
/// ```
/// use std::time::Duration;
/// use scim_client::{Retry, ScimClient};
///
/// let client = ScimClient::builder("https://scim.example.com/v1/scim/v2/okta")
///     .basic("okta", "a-long-password")
///     .timeout(Duration::from_secs(20))
///     .retry(Retry::default().attempts(3))
///     .build()?;
/// assert!(!format!("{client:?}").contains("password"));
/// # Ok::<(), scim_client::ClientError>(())
/// ```
#[must_use]
pub struct ClientBuilder {
    base_url: String,
    authorization: Option<Result<HeaderValue, String>>,
    plain_http: bool,
    timeout: Duration,
    connect_timeout: Duration,
    max_answer: usize,
    retry: Retry,
    user_agent: String,
    http: Option<reqwest::Client>,
}

impl ClientBuilder {
    pub(crate) fn new(base_url: String) -> Self {
        Self {
            base_url,
            authorization: None,
            plain_http: false,
            timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            max_answer: 64 << 20,
            retry: Retry::default(),
            user_agent: USER_AGENT.to_owned(),
            http: None,
        }
    }

    /// Signs in with a token (RFC 6750).
    pub fn bearer(self, token: impl AsRef<str>) -> Self {
        self.authorization(format!("Bearer {}", token.as_ref()))
    }

    /// Signs in with a name and a password (RFC 7617).
    pub fn basic(self, user: impl fmt::Display, password: impl fmt::Display) -> Self {
        self.authorization(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
    }

    fn authorization(mut self, value: String) -> Self {
        let header = HeaderValue::try_from(value).map(|mut header| {
            header.set_sensitive(true);
            header
        });
        let wrong = |_| "the token has characters that no header may have".to_owned();
        self.authorization = Some(header.map_err(wrong));
        self
    }

    /// Shows credentials over `http:` to other machines, too: where a proxy beside the client adds TLS, for example. Without
    /// it, that is refused for every host but this one.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// How long one attempt may take, from connecting to the last byte of the answer. 60 seconds, if nothing is said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long connecting may take. 10 seconds, if nothing is said.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How many bytes of an answer are read. 64 MiB, if nothing is said.
    pub fn max_answer(mut self, bytes: usize) -> Self {
        self.max_answer = bytes;
        self
    }

    /// What is tried again, and for how long.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// What the client calls itself in the logs of servers. `scim-client` and its version, if nothing is said.
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Sends with a client of your own: with proxies, certificates, or a certificate of the client. Its own `User-Agent`, connect
    /// timeout and redirect policy apply then: let it follow no redirects, or only within one server.
    /// It speaks TLS by the provider of cryptography that its features or the process choose.
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// The client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`ClientError::Request`] if the base URL or the token cannot be used, or the certificates that the platform trusts
    /// cannot be read.
    pub fn build(self) -> Result<ScimClient, ClientError> {
        let base_url = base_url(&self.base_url).map_err(ClientError::Request)?;
        let authorization = self.authorization.transpose().map_err(ClientError::Request)?;
        if authorization.is_some()
            && !self.plain_http
            && base_url.scheme() == "http"
            && !is_loopback(&base_url)
        {
            return Err(ClientError::Request(
                "credentials do not go over `http:` to another machine: use `https:`, or `allow_plain_http`"
                    .to_owned(),
            ));
        }
        let http = match self.http {
            Some(http) => http,
            None => transport::client(self.user_agent, self.connect_timeout)?,
        };
        Ok(ScimClient::assemble(
            http,
            base_url,
            authorization,
            self.timeout,
            self.max_answer,
            self.retry,
        ))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // the URL is not checked yet, and may hold a password
        f.debug_struct("ClientBuilder").finish_non_exhaustive()
    }
}

/// The URL that the endpoints are below, without a slash at its end.
fn base_url(text: &str) -> Result<Url, String> {
    // what stands in the URL may be a password: it is not repeated
    let mut url = Url::parse(text).map_err(|error| format!("the base URL cannot be read: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("the base URL must begin with `https:` or `http:`".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the base URL has a password in it: give it with `basic`".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("the base URL must end before `?` and `#`".to_owned());
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(builder: ClientBuilder) -> String {
        builder.build().unwrap_err().to_string()
    }

    #[test]
    fn a_base_url_is_one_below_which_there_are_endpoints() {
        assert_eq!(
            base_url("https://x/scim/v2/").unwrap().as_str(),
            "https://x/scim/v2"
        );
        for wrong in [
            "",
            "example.com",
            "ftp://x/",
            "https://u:secret@x/",
            "https://x/?a",
            "https://x/#a",
        ] {
            let refusal = refusal(ScimClient::builder(wrong));
            assert!(!refusal.contains("secret"), "{refusal}");
        }
    }

    #[test]
    fn credentials_do_not_go_out_in_the_open() {
        assert!(refusal(ScimClient::builder("http://example.com").bearer("x")).contains("allow_plain_http"));
        assert!(ScimClient::builder("http://example.com").build().is_ok());
        assert!(
            ScimClient::builder("http://example.com")
                .bearer("x")
                .allow_plain_http()
                .build()
                .is_ok()
        );
        for here in ["http://localhost:1", "http://127.0.0.2", "http://[::1]:1"] {
            assert!(ScimClient::builder(here).bearer("x").build().is_ok(), "{here}");
        }
        assert!(!refusal(ScimClient::builder("https://x").bearer("a\nsecret")).contains("secret"));
    }

    #[test]
    fn credentials_are_not_printed() {
        let builder = ScimClient::builder("https://x").basic("okta", "secret");
        assert!(!format!("{builder:?}").contains("secret"));
        let client = builder.build().unwrap();
        let shown = format!("{client:?} {:?}", client.users());
        assert!(
            !shown.contains("secret") && !shown.contains("b2t0YTpzZWNyZXQ"),
            "{shown}"
        );
    }
}
