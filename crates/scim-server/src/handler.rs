//! One SCIM request: which connection, whether it may, what it says, and the answer of the service.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::HOST;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::FutureExt as _;
use scim_core::error::Error;
use scim_service::public_url::Arrival;
use scim_service::service::{Caller, Outcome};

use crate::answer;
use crate::auth::{Entry, Presented, Refused};
use crate::body;
use crate::clock;
use crate::convert;
use crate::listener::OverTls;
use crate::request_line::Subject;
use crate::scim::{BASE_PATH, Discovery, Scim};

/// Answers any request below [`BASE_PATH`]. A panic on the way is a 500 like others.
pub(crate) async fn handle(scim: Arc<Scim>, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let answered = AssertUnwindSafe(scim.answer(&request, payload)).catch_unwind();
    answered.await.unwrap_or_else(|_| answer::internal_error())
}

/// Where a request goes: `{outer}/v1/scim/v2/{connection}{below}`, nothing decoded.
#[derive(Debug, PartialEq, Eq)]
struct Target<'a> {
    /// What an embedding application puts before.
    outer: &'a str,
    connection: &'a str,
    /// The path below the connection, with its leading slash, or nothing.
    below: &'a str,
}

impl<'a> Target<'a> {
    fn of(path: &'a str) -> Option<Self> {
        let (outer, rest) = path.split_once(BASE_PATH)?;
        let rest = rest.strip_prefix('/')?;
        let end = rest.find('/').unwrap_or(rest.len());
        let (connection, below) = rest.split_at_checked(end)?;
        Some(Self {
            outer,
            connection,
            below,
        })
    }
}

impl Scim {
    async fn answer(&self, request: &HttpRequest, payload: web::Payload) -> HttpResponse {
        let Some(target) = Target::of(request.uri().path()) else {
            return answer::unknown_path();
        };
        let Some(entry) = self.registry.connection(target.connection).await else {
            return answer::unknown_connection();
        };
        let subject = Subject::of(&entry);
        tracing::Span::current().record("connection", entry.key.as_str());
        let headers = convert::headers(request.headers());
        let arrival = arrival(request);
        let client = self.public_url.client_address(arrival, &headers);
        let is_open = self.discovery == Discovery::Public && is_anonymous_discovery(request, target.below);
        if !is_open && let Err(refusal) = self.authenticate(request, &entry, client).await {
            subject.refused(client).note(request);
            return refusal;
        }
        let base_url = format!(
            "{}{}{BASE_PATH}/{}",
            self.public_url.origin(arrival, &headers),
            target.outer,
            target.connection
        );
        let limit = self.service.limits().body_bytes_at(target.below);
        let body = match body::read(request.headers(), payload, limit).await {
            Ok(body) => body,
            Err(error) => {
                subject.note(request);
                return answer::refuse(&error);
            }
        };
        let Some(inner) = convert::request(request, target.below, headers, body) else {
            subject.note(request);
            return answer::refuse(&Error::plain(400, "the path or the method is malformed"));
        };
        let caller = Caller::new(entry.key.clone(), entry.profile, base_url);
        let caller = match self.me.as_ref().and_then(|me| me(&caller.connection, request)) {
            Some(user) => caller.as_user(user),
            None => caller,
        };
        let mut response = self.service.handle(&caller, inner).await;
        subject
            .with_outcome(response.extensions_mut().remove::<Outcome>())
            .note(request);
        convert::response(response)
    }

    /// Whether the request shows a credential of the connection. What is shown by an address that fails too often is not
    /// looked at; a request that shows nothing at all is no attempt and not counted.
    async fn authenticate(
        &self,
        request: &HttpRequest,
        entry: &Arc<Entry>,
        client: Option<IpAddr>,
    ) -> Result<(), HttpResponse> {
        let shown = Presented::in_headers(request.headers());
        if shown == Presented::Nothing {
            return Err(answer::unauthorized());
        }
        let now = clock::now();
        let Some(client) = client else {
            let accepted = self.registry.accepts(entry, &shown, now).await;
            return if accepted {
                Ok(())
            } else {
                Err(answer::unauthorized())
            };
        };
        let admission = self.guard.admit(client).map_err(answer::too_many_failures)?;
        if self.registry.accepts(entry, &shown, now).await {
            self.guard.succeeded(client);
            return Ok(());
        }
        match self.guard.failed(client, admission) {
            Refused::Unauthorized(wait) => {
                tokio::time::sleep(wait).await;
                Err(answer::unauthorized())
            }
            Refused::TooMany(after) => Err(answer::too_many_failures(after)),
        }
    }
}

/// Whether the request reads what the server says about itself, and shows no credential: one that is shown must be right.
fn is_anonymous_discovery(request: &HttpRequest, below: &str) -> bool {
    let endpoint = below.split('/').nth(1).unwrap_or_default();
    let is_discovery = matches!(endpoint, "ServiceProviderConfig" | "ResourceTypes" | "Schemas");
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    is_discovery && reads && Presented::in_headers(request.headers()) == Presented::Nothing
}

/// What the connection tells about a request.
fn arrival(request: &HttpRequest) -> Arrival<'_> {
    let config = request.app_config();
    let authority = request.uri().authority().map(|authority| authority.as_str());
    let header = || request.headers().get(HOST)?.to_str().ok();
    let is_secure = config.secure() || request.conn_data::<OverTls>().is_some();
    Arrival {
        peer: request.peer_addr().map(|peer| peer.ip()),
        scheme: if is_secure { "https" } else { "http" },
        host: authority.or_else(header).unwrap_or_else(|| config.host()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart_and_not_decoded() {
        let target = |outer, connection, below| {
            Some(Target {
                outer,
                connection,
                below,
            })
        };
        assert_eq!(
            Target::of("/v1/scim/v2/okta/Users/%2f"),
            target("", "okta", "/Users/%2f")
        );
        assert_eq!(Target::of("/api/v1/scim/v2/okta"), target("/api", "okta", ""));
        assert_eq!(Target::of("/v1/scim/v2/"), target("", "", ""));
        assert_eq!(Target::of("/v1/scim/v2"), None);
        assert_eq!(Target::of("/v1/%73cim/v2/okta"), None);
    }
}
