//! Fetches the keys of an issuer over HTTPS.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use url::{Host, Url};

use crate::key_set::KeySetError;

/// The time limit for a response of an issuer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The maximum size of that response in bytes.
const MOST_BYTES: usize = 512 * 1024;

/// A URL to fetch keys from, and the client for it.
pub(crate) struct Place {
    pub(crate) url: Url,
    client: Client,
}

impl Place {
    /// Checks that the URL is `https`, or `http` on a loopback address.
    pub(crate) fn new(url: &str) -> Result<Self, KeySetError> {
        let malformed = || KeySetError::Url(url.to_owned());
        let url = Url::parse(url).map_err(|_| malformed())?;
        let tls = match url.scheme() {
            "https" => trusting_the_platform().map_err(|error| KeySetError::Tls(Box::new(error)))?,
            "http" if is_loopback(&url) => {
                trusting_nobody().map_err(|error| KeySetError::Tls(Box::new(error)))?
            }
            _ => return Err(malformed()),
        };
        let client = Client::builder()
            .timeout(PATIENCE)
            // the operator has not named the target of a redirect
            .redirect(Policy::none())
            // the next request is minutes away
            .pool_max_idle_per_host(0)
            .user_agent(concat!("scim-jwt/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(tls)
            .build();
        Ok(Self {
            url,
            client: client.map_err(|error| KeySetError::Tls(Box::new(error)))?,
        })
    }

    /// Fetches the body, up to the maximum size.
    pub(crate) async fn fetch(&self) -> Result<Vec<u8>, KeySetError> {
        let failed = |error: reqwest::Error| KeySetError::Fetch {
            url: self.url.to_string(),
            source: Box::new(error.without_url()),
        };
        let request = self
            .client
            .get(self.url.clone())
            .header("accept", "application/json");
        let mut response = request.send().await.map_err(failed)?;
        if response.status().as_u16() != 200 {
            return Err(KeySetError::Status {
                url: self.url.to_string(),
                status: response.status().as_u16(),
            });
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > MOST_BYTES {
                return Err(KeySetError::TooLarge {
                    url: self.url.to_string(),
                    limit: MOST_BYTES,
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The default provider of the process, or ring if none is installed.
fn provider() -> Arc<CryptoProvider> {
    CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(ring::default_provider()))
}

fn trusting_the_platform() -> Result<ClientConfig, rustls::Error> {
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth())
}

/// For plain HTTP: reqwest needs a configuration, and a machine without certificates has no platform roots.
fn trusting_nobody() -> Result<ClientConfig, rustls::Error> {
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_do_not_come_over_the_network_in_the_clear() {
        for url in [
            "http://127.0.0.1:1/keys",
            "http://[::1]/keys",
            "http://localhost/keys",
        ] {
            assert!(Place::new(url).is_ok(), "{url}");
        }
        for url in [
            "http://idp.example.com/keys",
            "http://localhost.example.com/",
            "file:///keys",
            "keys",
            "",
        ] {
            assert!(matches!(Place::new(url), Err(KeySetError::Url(_))), "{url}");
        }
    }
}
