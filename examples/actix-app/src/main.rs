//! An actix-web application with a route of its own, into which Okta and Microsoft Entra ID push users and groups.

mod news;
#[cfg(test)]
mod tests;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::error::{ErrorInternalServerError, ErrorServiceUnavailable};
use actix_web::{App, HttpServer, web};
use scim_server::auth::AuthCode;
use scim_server::{Scim, mount};
use scim_service::connection::ConnectionKey;
use scim_service::cursor::CursorKey;
use scim_service::limits::Limits;
use scim_service::service::Service;
use scim_service::store::{Access, Kind, Store, StoreError};
use scim_storage::{Options, SqlStore};

use crate::news::News;

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let setting = |name: &str| std::env::var(name).ok();
    let database = setting("DATABASE_URL").unwrap_or("sqlite://actix-app.sqlite".to_owned());
    let listen = setting("LISTEN").unwrap_or("127.0.0.1:8080".to_owned());
    let mut codes = Vec::new();
    for connection in ["okta", "azure"] {
        let code = setting(&format!("SCIM_AUTH_CODE_{}", connection.to_uppercase()));
        if let Some(code) = code.and_then(|code| AuthCode::parse(&code.into())) {
            codes.push((connection.parse()?, code));
        }
    }
    anyhow::ensure!(
        !codes.is_empty(),
        "set SCIM_AUTH_CODE_OKTA or SCIM_AUTH_CODE_AZURE"
    );
    let store = SqlStore::connect(&database, &Options::default()).await?;
    store.migrate().await?;
    let cursor_key = store.cursor_key().await?;
    actix_web::rt::spawn(purge(store.clone()));
    let listener = TcpListener::bind(listen)?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    Ok(serve(listener, Arc::new(store), cursor_key, codes)?.await?)
}

/// The routes of the application, and SCIM at `/v1/scim/v2/{connection}`.
fn serve(
    listener: TcpListener,
    store: Arc<dyn Store>,
    cursor_key: CursorKey,
    codes: Vec<(ConnectionKey, AuthCode)>,
) -> std::io::Result<Server> {
    let news = Arc::new(News::default());
    let service = Service::new(Arc::clone(&store), Limits::default())
        .with_cursor_key(cursor_key)
        .with_hook(news.clone());
    let mut scim = Scim::builder(service);
    for (connection, code) in codes {
        scim = scim.auth_code(connection, code);
    }
    let (scim, store, news) = (scim.build(), web::Data::from(store), web::Data::from(news));
    let app = move || {
        App::new()
            .app_data(store.clone())
            .app_data(news.clone())
            .route("/news", web::get().to(latest))
            .route("/headcount/{connection}", web::get().to(headcount))
            .configure(mount(&scim))
    };
    Ok(HttpServer::new(app).listen(listener)?.run())
}

/// Removes every hour the users who were deleted 90 days ago. Until then they can come back under the same id.
async fn purge(store: SqlStore) {
    let mut hours = actix_web::rt::time::interval(Duration::from_hours(1));
    loop {
        hours.tick().await;
        if let Err(error) = store.purge_deleted_for(Duration::from_hours(90 * 24)).await {
            tracing::warn!(%error, "deleted users were not purged");
        }
    }
}

/// What identity providers changed lately. An application shows this to nobody but its administrators.
async fn latest(news: web::Data<News>) -> Result<String, actix_web::Error> {
    news.lines().map_err(ErrorInternalServerError)
}

/// How many people an identity provider has sent: the application reads what was pushed into it.
async fn headcount(
    store: web::Data<dyn Store>,
    connection: web::Path<String>,
) -> Result<String, actix_web::Error> {
    let connection = connection.parse().map_err(actix_web::error::ErrorNotFound)?;
    let users = users(store.as_ref(), &connection).await;
    users
        .map(|users| users.to_string())
        .map_err(ErrorServiceUnavailable)
}

async fn users(store: &dyn Store, connection: &ConnectionKey) -> Result<u64, StoreError> {
    let mut transaction = store.begin(connection, Access::Read).await?;
    Ok(transaction.list(Kind::User, &Default::default()).await?.total)
}
