//! An application with tables of its own: its accounts are users to an identity provider, and its projects are groups.

mod store;
#[cfg(test)]
mod tests;

use std::{env, sync::Arc};

use axum::{Router, routing::get};
use scim_core::schema::{Definition, ResourceTypes};
use scim_service::{authentication::FixedToken, connection::Profile, limits::Limits, service::Service};
use scim_tower::{Mounted, ScimService};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let setting = |name, otherwise: &str| env::var(name).unwrap_or(otherwise.to_owned());
    let tables = store::open(setting("DATABASE", "own-tables.sqlite").into())?;
    let app = app(Arc::new(tables), &env::var("SCIM_TOKEN")?)?;
    let listener = tokio::net::TcpListener::bind(setting("LISTEN", "127.0.0.1:8080")).await?;
    Ok(axum::serve(listener, app).await?)
}

/// A route of the application, and SCIM for one identity provider, which shows the token.
fn app(store: Arc<store::Tables>, token: &str) -> anyhow::Result<Router> {
    let billing = Definition::new("billing.json", include_str!("billing.json"));
    let user = Definition::new("user.json", include_str!("user.json"));
    let types = ResourceTypes::builder()
        .schema(billing)
        .resource_type(user)
        .build()?;
    let service = Service::new(store, Limits::default()).with_resource_types(types);
    let token = Arc::new(FixedToken::new(token)?);
    let okta = Mounted::new("okta".parse()?, Profile::okta(), "/scim/v2", token);
    Ok(Router::new()
        .route("/", get("an application with accounts and projects"))
        .nest_service("/scim/v2", ScimService::new(Arc::new(service), okta)))
}
