//! An application with tables of its own: its accounts are users to an identity provider, and its projects are groups.

mod filter;
mod store;
#[cfg(test)]
mod tests;
mod transaction;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use http::request::Parts;
use scim_profiles::profile::Profile;
use scim_service::authentication::Refusal;
use scim_service::limits::Limits;
use scim_service::service::{Caller, Service};
use scim_service::store::Store;
use scim_tower::ScimService;
use subtle::ConstantTimeEq as _;
use tokio::net::TcpListener;

use crate::store::Tables;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let token = std::env::var("SCIM_TOKEN")?;
    let setting = |name: &str, otherwise: &str| std::env::var(name).unwrap_or(otherwise.to_owned());
    let listener = TcpListener::bind(setting("LISTEN", "127.0.0.1:8080")).await?;
    let url = format!("http://{}", listener.local_addr()?);
    tracing::info!(url, "listening");
    let tables = Tables::open(setting("DATABASE", "own-tables.sqlite"))?;
    let app = app(Arc::new(tables), &token, &url)?;
    Ok(axum::serve(listener, app).await?)
}

/// A route of the application, and SCIM for one identity provider, which shows the token.
fn app(store: Arc<dyn Store>, token: &str, url: &str) -> anyhow::Result<Router> {
    anyhow::ensure!(token.len() >= 16, "the token is too short");
    let connection = "okta".parse()?;
    let profile = Profile::named("okta").ok_or_else(|| anyhow::anyhow!("there is no such profile"))?;
    let caller = Caller::new(connection, profile, format!("{url}/scim/v2"));
    let expected = format!("Bearer {token}");
    let authenticate = move |request: &Parts| {
        let shown = request.headers.get("authorization").ok_or(Refusal::Missing)?;
        match bool::from(shown.as_bytes().ct_eq(expected.as_bytes())) {
            true => Ok(caller.clone()),
            false => Err(Refusal::Wrong),
        }
    };
    let service = Arc::new(Service::new(store, Limits::default()));
    Ok(Router::new()
        .route("/", get("an application with accounts and projects"))
        .nest_service("/scim/v2", ScimService::new(service, authenticate)))
}
