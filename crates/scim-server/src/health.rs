//! The health endpoints, and the 404 for all other paths.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use crate::answer;
use crate::causes::Causes;
use crate::request_line::{self, Subject};
use crate::scim::Scim;

/// The time limit for the database to respond.
const PATIENCE: Duration = Duration::from_secs(5);

/// Mounts `/v1/healthz`, `/v1/readyz`, and a 404 for all other paths.
pub(crate) fn mount(scim: &Arc<Scim>) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let scim = Arc::clone(scim);
    move |config| {
        let ready = move |request| readyz(Arc::clone(&scim), request);
        let scope = web::scope("")
            .route("/v1/healthz", web::to(healthz))
            .route("/v1/readyz", web::to(ready))
            .default_service(web::to(answer_404))
            .wrap(from_fn(request_line::write));
        config.service(scope);
    }
}

async fn answer_404() -> HttpResponse {
    answer::unknown_path()
}

/// Liveness: the process answers.
async fn healthz(request: HttpRequest) -> HttpResponse {
    Subject::operation("health").note(&request);
    if !is_read(&request) {
        return answer::method_not_allowed("GET, HEAD");
    }
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

/// Readiness: the database answers and has the schema that this version needs.
async fn readyz(scim: Arc<Scim>, request: HttpRequest) -> HttpResponse {
    Subject::operation("ready").note(&request);
    if !is_read(&request) {
        return answer::method_not_allowed("GET, HEAD");
    }
    match tokio::time::timeout(PATIENCE, scim.service.store().ready()).await {
        Ok(Ok(())) => HttpResponse::Ok().json(json!({ "status": "ready" })),
        Ok(Err(error)) => {
            tracing::warn!(error = %Causes(&error), "not ready");
            answer::unavailable("the database is not ready", PATIENCE)
        }
        Err(_) => {
            tracing::warn!("not ready: the database does not answer in time");
            answer::unavailable("the database is not ready", PATIENCE)
        }
    }
}

fn is_read(request: &HttpRequest) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
}
