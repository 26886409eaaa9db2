//! An application with its own tables: its accounts are SCIM users, and its projects are SCIM groups.

mod store;
#[cfg(test)]
mod tests;

use axum::{Router, routing::get};
use scim_service::core::schema::{Definition, ResourceTypes};
use scim_service::{authentication::FixedToken, connection::Profile, limits::Limits, service::Service};
use std::{env, sync::Arc};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let tables = store::open(env::var("DATABASE").unwrap_or("own-tables.sqlite".to_owned()))?;
    let token = anyhow::Context::context(env::var("SCIM_TOKEN"), "SCIM_TOKEN is not set")?;
    let address = env::var("LISTEN").unwrap_or("127.0.0.1:8080".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await?;
    Ok(axum::serve(listener, app(Arc::new(tables), &token)?).await?)
}

/// A route of the application, and SCIM for one identity provider, which authenticates with the token.
fn app(store: Arc<store::Tables>, token: &str) -> anyhow::Result<Router> {
    let billing = Definition::new("billing.json", include_str!("billing.json"));
    let user = Definition::new("user.json", include_str!("user.json"));
    let types = ResourceTypes::builder().schema(billing).resource_type(user);
    let service = Service::new(store, Limits::default()).with_resource_types(types.build()?);
    let token = Arc::new(FixedToken::new(token)?);
    let okta = scim_tower::Mounted::new("okta".parse()?, Profile::okta(), "/scim/v2", token);
    Ok(Router::new()
        .route("/", get("an application with accounts and projects"))
        .nest_service("/scim/v2", scim_tower::ScimService::new(Arc::new(service), okta)))
}
