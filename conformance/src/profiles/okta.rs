//! Okta. Catalog apps change by PATCH, apps of the App Integration Wizard by PUT alone.

mod catalog;
mod common;
mod wizard;

use serde_json::{Value, json};

use crate::check::{Check, Finding};
use crate::http::Answer;
use crate::subject::Profile;
use crate::trial::{Made, Style, Trial, USER};

pub(super) const ALL: &[&[Check]] = &[common::CHECKS, catalog::CHECKS, wizard::CHECKS];

/// A check of what Okta needs.
const fn needs(
    id: &'static str,
    requirement: &'static str,
    remedy: &'static str,
    attempt: crate::check::Try,
) -> Check {
    Check::must(id, requirement, remedy, attempt)
        .only(&[Profile::Okta])
        .speaking(Style::Okta)
}

/// The document of a new user: `groups` and `password` are always in it.
fn user_document(name: &str) -> Value {
    json!({
        "schemas": [USER],
        "userName": format!("{name}@okta.local"),
        "name": { "givenName": "Test", "familyName": "User" },
        "emails": [{ "primary": true, "value": format!("{name}@okta.local"), "type": "work" }],
        "displayName": "Test User",
        "locale": "en-US",
        "externalId": format!("00u{name}"),
        "groups": [],
        "password": "1mz050nq",
        "active": true
    })
}

/// Looks for a user as Okta does, and gives the list.
async fn look_up(trial: &Trial, user_name: &str) -> Result<Answer, Finding> {
    trial
        .find("/Users", &format!("userName eq \"{user_name}\""))
        .await
}

/// Assigns a user: looks for it, and creates it.
async fn assign(trial: &Trial) -> Result<Made, Finding> {
    let document = user_document(&trial.unique("okta"));
    let name = document["userName"].as_str().unwrap_or_default().to_owned();
    let found = look_up(trial, &name).await?;
    if found.total()? != 0 {
        return Err(crate::check::violation(format!(
            "a new name finds {:?}",
            found.ids()?
        )));
    }
    trial.make("/Users", document).await
}

/// What Okta sends as PUT: what GET answered, with its own values in it.
async fn merged(trial: &Trial, made: &Made, more: Value) -> Result<Value, Finding> {
    let mut document = trial.read(made).await?;
    if let (Some(into), Value::Object(from)) = (document.as_object_mut(), more) {
        into.extend(from);
    }
    Ok(document)
}
