//! What is decided before the service sees a request.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what helps tests may stop at the first surprise, as tests do"
)]

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use async_trait::async_trait;
use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt as _, Empty, Full};
use scim_core::discovery::AuthenticationScheme;
use scim_profiles::profile::Profile;
use scim_service::authentication::{Attempt, Authenticator, Identity, Refusal};
use scim_service::connection::ConnectionKey;
use scim_service::limits::Limits;
use scim_service::service::{Caller, Outcome, Service};
use scim_service::store::{Access, Store, StoreError, Transaction};
use scim_tower::{Mounted, ResolveCaller, ScimService};
use serde_json::Value;
use tower_service::Service as _;

/// A store that is not there.
struct Away;

#[async_trait]
impl Store for Away {
    async fn begin(&self, _: &ConnectionKey, _: Access) -> Result<Box<dyn Transaction>, StoreError> {
        Err(StoreError::Unavailable("away".into()))
    }

    async fn ready(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A body that never ends, of unknown length, and counts what was taken of it.
struct Endless(Arc<AtomicUsize>);

impl Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.fetch_add(1024, Ordering::SeqCst);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b' '; 1024])))))
    }
}

async fn call<B>(request: Request<B>) -> Response<Value>
where
    B: Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    let resolve_caller = |request: &Parts| match request.headers.get("authorization") {
        Some(shown) if shown == "Bearer secret" => Ok(Caller::new(
            "corp".parse().unwrap(),
            Profile::by_name("standard").unwrap(),
            "https://example.com/scim".to_owned(),
        )),
        Some(shown) if shown == "Bearer other" => Err(Refusal::UnknownConnection),
        _ => Err(Refusal::Wrong),
    };
    call_for(resolve_caller, request).await
}

async fn call_for<R, B>(resolve_caller: R, request: Request<B>) -> Response<Value>
where
    R: ResolveCaller,
    B: Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    let service = Arc::new(Service::new(Arc::new(Away), Limits::default()));
    let response = ScimService::new(service, resolve_caller).call(request).await;
    let (parts, body) = response.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Response::from_parts(parts, serde_json::from_slice(&body).unwrap_or_default())
}

fn request(method: &str, path: &str) -> http::request::Builder {
    let request = Request::builder().method(method).uri(path);
    request.header("authorization", "Bearer secret")
}

#[tokio::test]
async fn who_is_let_in_is_answered_by_the_service() {
    let answer = call(
        request("GET", "/ServiceProviderConfig")
            .body(Empty::new())
            .unwrap(),
    )
    .await;
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.body()["meta"]["location"],
        "https://example.com/scim/ServiceProviderConfig"
    );
    assert_eq!(
        answer.extensions().get::<Outcome>().unwrap().operation,
        "discovery.config"
    );
    let answer = call(request("GET", "/Users").body(Empty::new()).unwrap()).await;
    assert_eq!(answer.status(), 503);
}

#[tokio::test]
async fn who_is_not_let_in_gets_a_scim_error_and_is_not_read() {
    let taken = Arc::new(AtomicUsize::new(0));
    let anonymous = Request::post("/Users").body(Endless(Arc::clone(&taken))).unwrap();
    let answer = call(anonymous).await;
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["content-type"], "application/scim+json");
    assert_eq!(answer.headers().get_all("www-authenticate").iter().count(), 2);
    assert_eq!(answer.body()["status"], "401");
    assert_eq!(taken.load(Ordering::SeqCst), 0);
    let other = Request::get("/Users").header("authorization", "Bearer other");
    assert_eq!(call(other.body(Empty::new()).unwrap()).await.status(), 404);
}

#[tokio::test]
async fn no_more_is_read_than_the_limit() {
    let limits = Limits::default();
    for path in ["/Users", "/Groups", "/Bulk"] {
        let limit = limits.body_bytes_at(path);
        let taken = Arc::new(AtomicUsize::new(0));
        let endless = request("POST", path).body(Endless(Arc::clone(&taken))).unwrap();
        let answer = call(endless).await;
        assert_eq!(answer.status(), 413, "{path}");
        assert_eq!(answer.body()["status"], "413");
        // a client that writes first and reads then shall see the answer, if it comes to an end in time
        let taken = taken.load(Ordering::SeqCst);
        assert!(taken > limit + limit / 2, "{path}: {taken}");
        assert!(taken <= 2 * (limit + 1024), "{path}: {taken}");
        let announced = Full::new(Bytes::from(vec![b' '; limit + 1]));
        let answer = call(request("POST", path).body(announced).unwrap()).await;
        assert_eq!(answer.status(), 413, "{path}");
    }
}

#[tokio::test]
async fn what_is_compressed_is_refused() {
    let compressed = request("POST", "/Users").header("content-encoding", "gzip");
    let answer = call(
        compressed
            .body(Full::new(Bytes::from_static(b"\x1f\x8b")))
            .unwrap(),
    )
    .await;
    assert_eq!(answer.status(), 415);
}

/// Knows one token, and one that has expired.
struct OneToken;

#[async_trait]
impl Authenticator for OneToken {
    fn schemes(&self, _: &ConnectionKey) -> Vec<AuthenticationScheme> {
        vec![AuthenticationScheme::OAuthToken]
    }

    async fn authenticate(&self, attempt: &Attempt<'_>) -> Result<Identity, Refusal> {
        assert_eq!(attempt.connection.as_str(), "corp");
        match attempt.bearer_token()?.as_str() {
            "right" => Ok(Identity::provider()),
            "old" => Err(Refusal::InvalidToken("the token is old".to_owned())),
            _ => Err(Refusal::Wrong),
        }
    }
}

#[tokio::test]
async fn an_authenticator_guards_a_connection_at_its_path() {
    let mounted = || {
        let profile = Profile::by_name("standard").unwrap();
        Mounted::new(
            "corp".parse().unwrap(),
            profile,
            "/scim/corp/",
            Arc::new(OneToken),
        )
    };
    let get = |token: &str| {
        let request = Request::get("/ServiceProviderConfig").header("host", "example.com");
        let request = request.header("authorization", format!("Bearer {token}"));
        request.body(Empty::new()).unwrap()
    };
    let answer = call_for(mounted(), get("right")).await;
    assert_eq!(answer.status(), 200);
    let location = "http://example.com/scim/corp/ServiceProviderConfig";
    assert_eq!(answer.body()["meta"]["location"], location);
    let schemes = answer.body()["authenticationSchemes"].as_array().unwrap();
    assert_eq!(
        (schemes.len(), &schemes[0]["type"]),
        (1, &"oauthbearertoken".into())
    );
    let answer = call_for(
        mounted().with_public_url("https://scim.example.com/"),
        get("right"),
    )
    .await;
    let location = "https://scim.example.com/scim/corp/ServiceProviderConfig";
    assert_eq!(answer.body()["meta"]["location"], location);

    let answer = call_for(mounted(), get("old")).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.body()["detail"]),
        (401, &"the token is old".into())
    );
    let challenge = r#"Bearer realm="scim", error="invalid_token", error_description="the token is old""#;
    assert_eq!(answer.headers()["www-authenticate"], challenge);
    let answer = call_for(mounted(), get("wrong")).await;
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["www-authenticate"], r#"Bearer realm="scim""#);
}

/// What a layer of the application or the server puts into a request.
#[derive(Clone, Copy)]
struct Peer(IpAddr);

#[tokio::test]
async fn what_proxies_say_is_trusted_from_their_addresses_alone() {
    let mounted = || {
        let standard = Profile::by_name("standard").unwrap();
        Mounted::new("corp".parse().unwrap(), standard, "/scim", Arc::new(OneToken))
    };
    let trusting = || {
        let peer = |request: &Parts| request.extensions.get::<Peer>().map(|peer| peer.0);
        mounted().with_trusted_proxies(["10.0.0.0/8".parse().unwrap()], peer)
    };
    let from = |peer: Option<&str>| {
        let request = Request::get("/ServiceProviderConfig").header("host", "inner:8080");
        let request = request.header("authorization", "Bearer right");
        let request = request.header("x-forwarded-proto", "https");
        let mut request = request
            .header("x-forwarded-host", "scim.example.com")
            .body(Empty::new())
            .unwrap();
        if let Some(peer) = peer {
            request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        }
        request
    };
    let direct = "http://inner:8080/scim/ServiceProviderConfig";
    for (mounted, peer, location) in [
        (
            trusting(),
            Some("10.1.2.3"),
            "https://scim.example.com/scim/ServiceProviderConfig",
        ),
        (trusting(), Some("192.0.2.1"), direct),
        (trusting(), None, direct),
        (mounted(), Some("10.1.2.3"), direct),
        (
            trusting().with_public_url("https://app.example.com"),
            Some("10.1.2.3"),
            "https://app.example.com/scim/ServiceProviderConfig",
        ),
    ] {
        let answer = call_for(mounted, from(peer)).await;
        assert_eq!(answer.body()["meta"]["location"], location, "{peer:?}");
    }
}
