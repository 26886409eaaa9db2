//! One SCIM request: finds the connection, authenticates, reads the body, and calls the service.

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
use crate::auth::Refused;
use crate::body;
use crate::convert;
use crate::listener::OverTls;
use crate::request_line::Subject;
use crate::scim::{Discovery, Scim};

/// Answers any request below the path of the mount. A panic is answered with 500.
pub(crate) async fn handle(scim: Arc<Scim>, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let answered = AssertUnwindSafe(scim.answer(&request, payload)).catch_unwind();
    answered.await.unwrap_or_else(|_| answer::internal_error())
}

/// The parts of the path of a request: `{mount}/{connection}{below}`, nothing decoded.
#[derive(Debug, PartialEq, Eq)]
struct Target<'a> {
    /// The path of the mount, with those of the scopes around it.
    mount: &'a str,
    connection: &'a str,
    /// The path below the connection, with its leading slash, or nothing.
    below: &'a str,
}

impl<'a> Target<'a> {
    /// Takes the path apart. `mount` is the part that actix-web has matched, decoded.
    fn of(path: &'a str, mount: &str) -> Option<Self> {
        let rest = path.strip_prefix(mount)?;
        let (mount, _) = path.split_at_checked(mount.len())?;
        let rest = rest.strip_prefix('/')?;
        let end = rest.find('/').unwrap_or(rest.len());
        let (connection, below) = rest.split_at_checked(end)?;
        Some(Self {
            mount,
            connection,
            below,
        })
    }
}

/// The part of the path that actix-web has matched to get to the mount, decoded.
fn matched(request: &HttpRequest) -> &str {
    let info = request.match_info();
    let whole = info.as_str();
    whole.strip_suffix(info.unprocessed()).unwrap_or(whole)
}

impl Scim {
    async fn answer(&self, request: &HttpRequest, payload: web::Payload) -> HttpResponse {
        let Some(target) = Target::of(request.uri().path(), matched(request)) else {
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
            "{}{}/{}",
            self.public_url.origin(arrival, &headers),
            target.mount,
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

    /// Authenticates a request. The credential of an address that fails too often is not checked.
    async fn authenticate(
        &self,
        attempt: &Attempt<'_>,
        client: Option<IpAddr>,
    ) -> Result<Identity, TurnedAway> {
        let Some(client) = client else {
            return Ok(self.authenticator.authenticate(attempt).await?);
        };
        let admission = self.guard.admit(client).await.map_err(TurnedAway::TooMany)?;
        match self.authenticator.authenticate(attempt).await {
            Ok(identity) => {
                admission.succeeded();
                Ok(identity)
            }
            Err(Refusal::Wrong) => match admission.failed() {
                Refused::Unauthorized(wait) => {
                    tokio::time::sleep(wait).await;
                    Err(Refusal::Wrong.into())
                }
                Refused::TooMany(after) => Err(TurnedAway::TooMany(after)),
            },
            Err(refusal) => {
                admission.was_no_guess();
                Err(refusal.into())
            }
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

/// The reason for which a request does not reach the service.
enum TurnedAway {
    Refused(Refusal),
    /// The address fails too often. Retry after that time.
    TooMany(Duration),
}

impl From<Refusal> for TurnedAway {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Whether the request reads discovery without a credential. A credential that is shown must be right.
fn is_anonymous_discovery(request: &HttpRequest, below: &str) -> bool {
    let endpoint = below.split('/').nth(1).unwrap_or_default();
    let is_discovery = matches!(endpoint, "ServiceProviderConfig" | "ResourceTypes" | "Schemas");
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    is_discovery && reads && !request.headers().contains_key(AUTHORIZATION)
}

/// The peer, scheme and host of a request; `None` if its host is malformed (RFC 9112 section 3.2), which would become part of
/// every location.
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
        let target = |mount, connection, below| {
            Some(Target {
                mount,
                connection,
                below,
            })
        };
        let mount = "/v1/scim/v2";
        assert_eq!(
            Target::of("/v1/scim/v2/okta/Users/%2f", mount),
            target(mount, "okta", "/Users/%2f")
        );
        let deeper = "/api/v1/scim/v2";
        assert_eq!(
            Target::of("/api/v1/scim/v2/okta", deeper),
            target(deeper, "okta", "")
        );
        assert_eq!(Target::of("/okta/Users", ""), target("", "okta", "/Users"));
        assert_eq!(Target::of("/v1/scim/v2/", mount), target(mount, "", ""));
        assert_eq!(Target::of("/v1/scim/v2", mount), None);
        assert_eq!(Target::of("/v1/%73cim/v2/okta", mount), None);
    }
}
