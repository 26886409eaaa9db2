//! An axum application with a route of its own, into which Okta and Microsoft Entra ID push users and groups.

#[cfg(test)]
mod tests;
mod token;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use scim_service::cursor::CursorKey;
use scim_service::limits::Limits;
use scim_service::service::Service;
use scim_service::store::{Access, Kind, Store, StoreError};
use scim_storage::{Options, SqlStore};
use scim_tower::ScimService;
use tokio::net::TcpListener;

use crate::token::Token;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let setting = |name: &str| std::env::var(name).ok();
    let database = setting("DATABASE_URL").unwrap_or("sqlite://axum-app.sqlite".to_owned());
    let listen = setting("LISTEN").unwrap_or("127.0.0.1:8080".to_owned());
    let mut tokens = Vec::new();
    for (connection, profile) in [("okta", "okta"), ("azure", "entra")] {
        if let Some(secret) = setting(&format!("SCIM_TOKEN_{}", connection.to_uppercase())) {
            tokens.push(Token::new(connection, profile, &secret)?);
        }
    }
    anyhow::ensure!(!tokens.is_empty(), "set SCIM_TOKEN_OKTA or SCIM_TOKEN_AZURE");
    let store = SqlStore::connect(&database, &Options::default()).await?;
    store.migrate().await?;
    let cursor_key = store.cursor_key().await?;
    tokio::spawn(purge(store.clone()));
    let listener = TcpListener::bind(listen).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    Ok(axum::serve(listener, app(Arc::new(store), cursor_key, tokens)).await?)
}

/// The routes of the application, and SCIM at the path of each token.
fn app(store: Arc<dyn Store>, cursor_key: CursorKey, tokens: Vec<Token>) -> Router {
    let service = Service::new(Arc::clone(&store), Limits::default()).with_cursor_key(cursor_key);
    let service = Arc::new(service);
    let mut app = Router::new();
    for token in tokens {
        let directory = Directory {
            store: Arc::clone(&store),
            token: token.clone(),
        };
        let own = get(headcount).with_state(directory);
        app = app
            .route(&format!("/headcount/{}", token.connection), own)
            .nest_service(
                &token.path(),
                ScimService::new(Arc::clone(&service), token.mounted()),
            );
    }
    app
}

/// Removes every hour the users who were deleted 90 days ago. Until then they can come back under the same id.
async fn purge(store: SqlStore) {
    let mut hours = tokio::time::interval(Duration::from_hours(1));
    loop {
        hours.tick().await;
        if let Err(error) = store.purge_deleted_for(Duration::from_hours(90 * 24)).await {
            tracing::warn!(%error, "deleted users were not purged");
        }
    }
}

/// What a route of the application reads.
#[derive(Clone)]
struct Directory {
    store: Arc<dyn Store>,
    token: Token,
}

/// How many people the identity provider has sent: the application reads what was pushed into it.
async fn headcount(State(directory): State<Directory>) -> Result<String, StatusCode> {
    directory.users().await.map_or_else(
        |error| {
            tracing::error!(%error, "nobody could be counted");
            Err(StatusCode::SERVICE_UNAVAILABLE)
        },
        |users| Ok(users.to_string()),
    )
}

impl Directory {
    async fn users(&self) -> Result<u64, StoreError> {
        let mut transaction = self.store.begin(&self.token.connection, Access::Read).await?;
        Ok(transaction.list(Kind::User, &Default::default()).await?.total)
    }
}
