//! One SCIM request: which connection, whether it may, what it says, and the answer of the service.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, HOST};
use actix_web::http::uri::Authority;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::FutureExt as _;
use scim_core::error::Error;
use scim_service::authentication::{Attempt, Authenticator as _, Identity, Refusal};
use scim_service::connection::ConnectionKey;
use scim_service::public_url::Arrival;
use scim_service::service::{Caller, Outcome};

use crate::answer;
use crate::auth::{Admission, Refused};
use crate::body;
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
        let Some(arrival) = arrival(request) else {
            return answer::refuse(&Error::plain(400, "the `Host` header names no host"));
        };
        let client = self.public_url.client_address(arrival, &headers);
        let is_open = self.discovery == Discovery::Public && is_anonymous_discovery(request, target.below);
        let identity = match is_open {
            true => Identity::provider(),
            false => {
                let attempt = Attempt::new(&entry.key, &headers);
                match self.authenticate(&attempt, client).await {
                    Ok(identity) => identity,
                    Err(turned_away) => {
                        subject.refused(client).note(request);
                        return self.turn_away(turned_away, &entry.key);
                    }
                }
            }
        };
        let headers = convert::without_secrets(headers);
        let base_url = format!(
            "{}{}{BASE_PATH}/{}",
            self.public_url.origin(arrival, &headers),
            target.outer,
            target.connection
        );
        let limit = self.service.limits().body_bytes_at(target.below);
        let body = match body::read(request.method(), request.headers(), payload, limit).await {
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
        let caller = Caller::new(entry.key.clone(), entry.profile.clone(), base_url)
            .with_schemes(self.authenticator.schemes(&entry.key));
        let me = self.me.as_ref().and_then(|me| me(&caller.connection, request));
        let caller = match me.or(identity.user) {
            Some(user) => caller.with_user(user),
            None => caller,
        };
        let mut response = self.service.handle(&caller, inner).await;
        subject
            .with_outcome(response.extensions_mut().remove::<Outcome>())
            .note(request);
        convert::response(response)
    }

    /// Who sends a request. What is shown by an address that fails too often is not looked at; a request that shows nothing at
    /// all is no attempt and not counted.
    async fn authenticate(
        &self,
        attempt: &Attempt<'_>,
        client: Option<IpAddr>,
    ) -> Result<Identity, TurnedAway> {
        let Some(client) = client else {
            return Ok(self.authenticator.authenticate(attempt).await?);
        };
        let admission = match attempt.headers.contains_key(http::header::AUTHORIZATION) {
            true => self.guard.admit(client).map_err(TurnedAway::TooMany)?,
            // what an authenticator finds elsewhere is counted if it is wrong
            false => Admission::Known,
        };
        match self.authenticator.authenticate(attempt).await {
            Ok(identity) => {
                self.guard.succeeded(client);
                Ok(identity)
            }
            Err(Refusal::Wrong) => match self.guard.failed(client, admission) {
                Refused::Unauthorized(wait) => {
                    tokio::time::sleep(wait).await;
                    Err(Refusal::Wrong.into())
                }
                Refused::TooMany(after) => Err(TurnedAway::TooMany(after)),
            },
            Err(refusal) => Err(refusal.into()),
        }
    }

    fn turn_away(&self, turned_away: TurnedAway, connection: &ConnectionKey) -> HttpResponse {
        match turned_away {
            TurnedAway::Refused(refusal) => {
                let schemes = self.authenticator.schemes(connection);
                convert::response(refusal.into_response(&schemes))
            }
            TurnedAway::TooMany(after) => answer::too_many_failures(after),
        }
    }
}

/// Why a request does not get to the service.
enum TurnedAway {
    Refused(Refusal),
    /// Its address fails too often, and may try again after that time.
    TooMany(Duration),
}

impl From<Refusal> for TurnedAway {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Whether the request reads what the server says about itself, and shows no credential: one that is shown must be right.
fn is_anonymous_discovery(request: &HttpRequest, below: &str) -> bool {
    let endpoint = below.split('/').nth(1).unwrap_or_default();
    let is_discovery = matches!(endpoint, "ServiceProviderConfig" | "ResourceTypes" | "Schemas");
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    is_discovery && reads && !request.headers().contains_key(AUTHORIZATION)
}

/// What the connection tells about a request; nothing if the host that it names is none (RFC 9112 section 3.2): it becomes part
/// of every location.
fn arrival(request: &HttpRequest) -> Option<Arrival<'_>> {
    let config = request.app_config();
    let authority = request.uri().authority().map(|authority| authority.as_str());
    let host = match (authority, request.headers().get(HOST)) {
        (Some(authority), _) => authority,
        (None, Some(header)) => {
            let host = header.to_str().ok()?;
            Authority::try_from(host).ok()?;
            host
        }
        (None, None) => config.host(),
    };
    let is_secure = config.secure() || request.conn_data::<OverTls>().is_some();
    Some(Arrival {
        peer: request.peer_addr().map(|peer| peer.ip()),
        scheme: if is_secure { "https" } else { "http" },
        host,
    })
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
