//! The HTTP client: TLS, redirects, idle connections.

use std::sync::Arc;
use std::time::Duration;

use http::header::LOCATION;
use reqwest::redirect::{Action, Attempt, Policy};
use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::error::ClientError;

/// How long an idle connection is kept. Servers close theirs after five seconds or more, and a POST on a connection that closes
/// cannot be sent again.
const IDLE: Duration = Duration::from_secs(4);
/// The maximum number of redirects.
const REDIRECTS: usize = 5;

/// Builds a client with the settings that SCIM needs.
pub(crate) fn client(user_agent: String, connect_timeout: Duration) -> Result<reqwest::Client, ClientError> {
    let tls = tls().map_err(|error| ClientError::Request(error.to_string()))?;
    let client = reqwest::Client::builder()
        .user_agent(user_agent)
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(IDLE)
        .redirect(Policy::custom(redirect))
        .tls_backend_preconfigured(tls);
    Ok(client.build()?)
}

/// Only 307 and 308 keep the method and the body (RFC 7644 section 3.12), and only the same origin may see the credentials.
fn redirect(attempt: Attempt<'_>) -> Action {
    let keeps = matches!(attempt.status().as_u16(), 307 | 308);
    let previous = attempt.previous();
    let home = previous
        .first()
        .is_some_and(|first| first.origin() == attempt.url().origin());
    if keeps && home && previous.len() <= REDIRECTS {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

/// Where an answer leads that was not followed, and why it was not. Without the query, which might name a person.
pub(crate) fn unfollowed(answer: &reqwest::Response) -> Option<String> {
    let location = answer.headers().get(LOCATION)?.to_str().ok()?;
    let to = answer.url().join(location).ok()?;
    let place = format!("{}{}", to.origin().ascii_serialization(), to.path());
    match answer.status().as_u16() {
        301..=303 => Some(format!(
            "it redirects to `{place}`, and only 307 and 308 are followed"
        )),
        307 | 308 if to.origin() != answer.url().origin() => Some(format!(
            "it redirects to `{place}`, and redirects to another origin are not followed"
        )),
        307 | 308 => Some(format!(
            "it redirects to `{place}`, which is not followed any further"
        )),
        _ => None,
    }
}

/// TLS with the crypto provider of the process, or else ring, and the certificates that the platform trusts.
fn tls() -> Result<ClientConfig, rustls::Error> {
    let provider = CryptoProvider::get_default().cloned();
    let provider = provider.unwrap_or_else(|| Arc::new(ring::default_provider()));
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth())
}
