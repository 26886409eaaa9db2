//! The routes of a floor.

use std::fmt::Write as _;

use actix_web::error::{ErrorBadRequest, ErrorInternalServerError, ErrorNotFound};
use actix_web::http::header::ContentType;
use actix_web::web::{self, Data, Path, Query};
use actix_web::{App, HttpResponse, HttpServer, Result};
use sea_orm::prelude::Uuid;
use serde::Deserialize;

use super::{Floor, NewUser};

/// Which users are asked for: the one with a name, or a page.
#[derive(Debug, Deserialize)]
struct Which {
    name: Option<String>,
    offset: Option<u64>,
}

/// The new value of `active`.
#[derive(Debug, Deserialize)]
struct Active {
    active: bool,
}

/// Serves on a port of this machine until the process is told to stop; every worker makes the floor for itself.
pub(super) async fn serve<F: Floor>(
    port: u16,
    floor: impl Fn() -> F + Send + Clone + 'static,
) -> anyhow::Result<()> {
    let app = move || {
        App::new()
            .app_data(Data::new(floor()))
            .route("/ready", web::get().to(HttpResponse::Ok))
            .route("/users", web::get().to(users::<F>))
            .route("/users", web::post().to(create::<F>))
            .route("/users/{id}", web::get().to(user::<F>))
            .route("/users/{id}", web::patch().to(set_active::<F>))
            .route("/groups/{id}", web::get().to(group::<F>))
            .route("/groups/{id}/members/{user}", web::post().to(add_member::<F>))
            .route(
                "/groups/{id}/members/{user}",
                web::delete().to(remove_member::<F>),
            )
    };
    HttpServer::new(app).bind(("127.0.0.1", port))?.run().await?;
    Ok(())
}

async fn user<F: Floor>(floor: Data<F>, id: Path<String>) -> Result<HttpResponse> {
    document(floor.user(uuid(&id)?).await)
}

async fn users<F: Floor>(floor: Data<F>, which: Query<Which>) -> Result<HttpResponse> {
    let Which { name, offset } = which.into_inner();
    if let Some(name) = name {
        return document(floor.named(name).await);
    }
    let documents = floor.page(offset.unwrap_or_default()).await.map_err(failure)?;
    Ok(json(format!("[{}]", documents.join(","))))
}

async fn set_active<F: Floor>(
    floor: Data<F>,
    id: Path<String>,
    body: web::Json<Active>,
) -> Result<HttpResponse> {
    document(floor.set_active(uuid(&id)?, body.active).await)
}

async fn create<F: Floor>(floor: Data<F>, body: String) -> Result<HttpResponse> {
    let user: NewUser = serde_json::from_str(&body).map_err(ErrorBadRequest)?;
    floor.create(user, body.clone()).await.map_err(failure)?;
    Ok(HttpResponse::Created()
        .content_type(ContentType::json())
        .body(body))
}

async fn group<F: Floor>(floor: Data<F>, id: Path<String>) -> Result<HttpResponse> {
    let members = floor.members(uuid(&id)?).await.map_err(failure)?;
    let mut body = String::with_capacity(members.len() * 50);
    for member in members {
        let separator = if body.is_empty() { "" } else { "," };
        write!(body, r#"{separator}{{"value":"{member}"}}"#).map_err(ErrorInternalServerError)?;
    }
    Ok(json(format!(r#"{{"members":[{body}]}}"#)))
}

async fn add_member<F: Floor>(floor: Data<F>, ids: Path<(String, String)>) -> Result<HttpResponse> {
    let (group, user) = ids.into_inner();
    floor
        .add_member(uuid(&group)?, uuid(&user)?)
        .await
        .map_err(failure)?;
    Ok(HttpResponse::NoContent().finish())
}

async fn remove_member<F: Floor>(floor: Data<F>, ids: Path<(String, String)>) -> Result<HttpResponse> {
    let (group, user) = ids.into_inner();
    floor
        .remove_member(uuid(&group)?, uuid(&user)?)
        .await
        .map_err(failure)?;
    Ok(HttpResponse::NoContent().finish())
}

fn uuid(text: &str) -> Result<Uuid> {
    Uuid::parse_str(text).map_err(ErrorNotFound)
}

fn document(found: anyhow::Result<Option<String>>) -> Result<HttpResponse> {
    match found.map_err(failure)? {
        Some(document) => Ok(json(document)),
        None => Err(ErrorNotFound("no such user")),
    }
}

fn json(body: String) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(body)
}

fn failure(error: anyhow::Error) -> actix_web::Error {
    ErrorInternalServerError(format!("{error:#}"))
}
