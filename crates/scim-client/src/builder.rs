//! The settings of a client.

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
///     .retry(Retry::default().max_attempts(3))
///     .build()?;
/// assert!(!format!("{client:?}").contains("password"));
/// # Ok::<(), scim_client::ClientError>(())
/// ```
#[must_use = "call `build` to make a client of it"]
pub struct ClientBuilder {
    base_url: String,
    authorization: Option<Result<HeaderValue, String>>,
    plain_http: bool,
    timeout: Duration,
    connect_timeout: Duration,
    max_response_bytes: usize,
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
            max_response_bytes: 64 << 20,
            retry: Retry::default(),
            user_agent: USER_AGENT.to_owned(),
            http: None,
        }
    }

    /// Authenticates with a bearer token (RFC 6750). Replaces [`basic`](Self::basic).
    pub fn bearer(self, token: impl AsRef<str>) -> Self {
        self.authorization(format!("Bearer {}", token.as_ref()))
    }

    /// Authenticates with a name and a password (RFC 7617). Replaces [`bearer`](Self::bearer).
    pub fn basic(self, user: impl fmt::Display, password: impl fmt::Display) -> Self {
        self.authorization(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
    }

    fn authorization(mut self, value: String) -> Self {
        let header = HeaderValue::try_from(value).map(|mut header| {
            header.set_sensitive(true);
            header
        });
        let wrong = |_| "the credentials have characters that a header cannot have".to_owned();
        self.authorization = Some(header.map_err(wrong));
        self
    }

    /// Allows credentials over `http:` to other machines, for example where a proxy adds TLS. By default [`build`](Self::build)
    /// rejects that, except for `localhost` and loopback addresses.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// Sets the timeout of one attempt, from connecting to the last byte of the response. Defaults to 60 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the timeout of connecting. Defaults to 10 seconds. Ignored with [`http_client`](Self::http_client).
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets the maximum size of a response body. Defaults to 64 MiB. A larger one is [`ClientError::TooLarge`].
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// Sets what is retried, and for how long. Defaults to [`Retry::default`]: 5 attempts within 120 seconds.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Sets `User-Agent`. Defaults to `scim-client/` and the version. Ignored with [`http_client`](Self::http_client).
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Sends requests with your own `reqwest::Client`, for example with proxies, other trusted certificates or a client
    /// certificate.
    ///
    /// Its own `User-Agent`, connect timeout and redirect policy apply. Let it follow no redirects, or only within one origin.
    /// This crate enables the feature `rustls-no-provider` of reqwest, with which reqwest panics when it builds a client unless
    /// the process has a crypto provider. Call `rustls::crypto::ring::default_provider().install_default()` first, for example.
    ///
    /// ```
    /// use scim_client::{ScimClient, reqwest};
    ///
    /// # fn example(root: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
    /// let http = reqwest::Client::builder()
    ///     .tls_certs_merge([reqwest::Certificate::from_pem(root)?])
    ///     .redirect(reqwest::redirect::Policy::none())
    ///     .build()?;
    /// let client = ScimClient::builder("https://scim.example.com/v2").http_client(http).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// Returns [`ClientError::Request`] if the base URL is not an `http:` or `https:` URL or has a password, query or fragment;
    /// the credentials have characters that a header cannot have; credentials would be sent over `http:` to another machine;
    /// or the certificates that the platform trusts cannot be read. Returns [`ClientError::Transport`] if the HTTP client
    /// cannot be set up.
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
            self.max_response_bytes,
            self.retry,
        ))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // the URL has not been checked yet, and may have a password
        f.debug_struct("ClientBuilder").finish_non_exhaustive()
    }
}

/// The base URL of the endpoints, without a slash at the end.
fn base_url(text: &str) -> Result<Url, String> {
    // the URL may have a password, so errors do not repeat it
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
