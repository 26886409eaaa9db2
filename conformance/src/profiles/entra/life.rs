//! The whole life of an Entra job.

use serde_json::json;

use super::groups::{add_members, listed, provision_group};
use super::{look_up, needs, provision};
use crate::check::{Check, Verdict, attempt, ensure};
use crate::trial::{Trial, ids_of};

pub(super) const CHECKS: &[Check] = &[needs(
    "entra/job/life",
    "The whole life of an Entra job goes through, from the test of the connection to a user who comes back.",
    "See the first request that was not answered as Entra ID needs it.",
    attempt!(life),
)];

async fn life(trial: &Trial) -> Verdict {
    look_up(trial, &trial.unique("guid")).await?;
    let (first, second) = (provision(trial).await?, provision(trial).await?);
    let group = provision_group(trial).await?;
    add_members(trial, &group, &[&first]).await?;
    add_members(trial, &group, &[&second]).await?;
    let update =
        json!([{ "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "life@testuser.com" }]);
    let now = trial.change(&first, update).await?;
    ensure!(
        now["emails"][0]["value"] == "life@testuser.com",
        "the e-mails are {}",
        now["emails"]
    );
    let name = trial.unique("Entra Renamed");
    trial
        .change(
            &group,
            json!([{ "op": "Replace", "path": "displayName", "value": name }]),
        )
        .await?;
    trial
        .change(
            &first,
            json!([{ "op": "Replace", "path": "active", "value": "False" }]),
        )
        .await?;
    trial
        .change(
            &group,
            json!([{ "op": "Remove", "path": "members", "value": listed(&[&first]) }]),
        )
        .await?;
    let members = trial.members(&group).await?;
    ensure!(members == ids_of(&[&second]), "the members are {members:?}");
    let now = trial
        .change(
            &first,
            json!([{ "op": "Replace", "path": "active", "value": "True" }]),
        )
        .await?;
    ensure!(now["active"] == true, "active is {}", now["active"]);
    add_members(trial, &group, &[&first]).await?;
    trial.delete(&first.path).await?.expect(&[204])?;
    let found = look_up(trial, first.name()).await?;
    ensure!(found.total()? == 0, "the deleted user is still found");
    let members = trial.members(&group).await?;
    ensure!(members == ids_of(&[&second]), "the members are {members:?}");
    trial.post("/Users", &first.sent).await?.expect(&[201])?;
    trial.delete(&group.path).await?.expect(&[204])?;
    Ok(())
}
