//! Microsoft Entra ID: capital operations, text for booleans, values that a path creates.

mod groups;
mod life;
mod users;

use serde_json::{Value, json};

use crate::check::{Check, Finding};
use crate::http::Answer;
use crate::subject::Profile;
use crate::trial::{ENTERPRISE, Made, Style, Trial, USER};

pub(super) const ALL: &[&[Check]] = &[users::CHECKS, groups::CHECKS, life::CHECKS];

/// A check of what Entra ID needs.
const fn needs(
    id: &'static str,
    requirement: &'static str,
    remedy: &'static str,
    attempt: crate::check::Try,
) -> Check {
    Check::must(id, requirement, remedy, attempt)
        .only(&[Profile::Entra])
        .speaking(Style::Entra)
}

/// The document of a new user: names the extension without carrying it, sends meta and empty roles.
fn user_document(name: &str) -> Value {
    json!({
        "schemas": [USER, ENTERPRISE],
        "externalId": format!("0a21{name}"),
        "userName": format!("Test_User_{name}"),
        "active": true,
        "emails": [{ "primary": true, "type": "work", "value": format!("{name}@testuser.com") }],
        "meta": { "resourceType": "User" },
        "name": { "formatted": "givenName familyName", "familyName": "familyName", "givenName": "givenName" },
        "roles": []
    })
}

/// Matches a user by userName, and creates it.
async fn provision(trial: &Trial) -> Result<Made, Finding> {
    let document = user_document(&trial.unique("entra"));
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

async fn look_up(trial: &Trial, user_name: &str) -> Result<Answer, Finding> {
    trial
        .find("/Users", &format!("userName eq \"{user_name}\""))
        .await
}
