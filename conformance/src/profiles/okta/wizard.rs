//! An app of the App Integration Wizard: everything is PUT.

use serde_json::{Value, json};

use super::{assign, look_up, merged, needs};
use crate::check::{Check, Verdict, attempt, ensure};
use crate::trial::{GROUP, Made, Trial, ids_of};

pub(super) const CHECKS: &[Check] = &[
    needs(
        "okta/wizard/deactivate",
        "A user is deactivated by a PUT of the whole user with active false, and activated again the same way.",
        "Store `active` of a PUT; keep the user and its id.",
        attempt!(deactivate),
    ),
    needs(
        "okta/wizard/group",
        "A group is renamed and its members are changed by PUT of name and members.",
        "Leave exactly the members that were sent, under the name that was sent.",
        attempt!(group),
    ),
    needs(
        "okta/wizard/rename-without-members",
        "A PUT of a group's name without members empties no group.",
        "Keep the members when the list is not in the document.",
        attempt!(rename),
    ),
    needs(
        "okta/wizard/life",
        "The whole life of an app of the wizard goes through, without a PATCH.",
        "See the first request that was not answered as Okta needs it.",
        attempt!(life),
    ),
];

fn group_document(name: &str, users: &[&Made]) -> Value {
    let members: Vec<Value> = users
        .iter()
        .map(|user| json!({ "value": user.id, "display": user.name() }))
        .collect();
    json!({ "schemas": [GROUP], "displayName": name, "members": members })
}

async fn set_active(trial: &Trial, user: &Made, active: bool) -> Verdict {
    let document = merged(trial, user, json!({ "active": active, "groups": [] })).await?;
    let answer = trial.put(&user.path, &document).await?.expect(&[200])?;
    ensure!(
        answer.json["active"] == active,
        "the answer shows active {}",
        answer.json["active"]
    );
    let now = trial.read(user).await?;
    ensure!(now["active"] == active, "active is {}", now["active"]);
    let found = look_up(trial, user.name()).await?;
    ensure!(
        found.ids()? == [user.id.clone()],
        "the look-up finds {:?}",
        found.ids()?
    );
    Ok(())
}

async fn put_group(trial: &Trial, group: &Made, name: &str, users: &[&Made]) -> Verdict {
    trial
        .put(&group.path, &group_document(name, users))
        .await?
        .expect(&[200])?;
    let now = trial.read(group).await?;
    ensure!(
        now["displayName"] == name,
        "displayName is {}",
        now["displayName"]
    );
    let members = crate::trial::member_ids(&now)?;
    ensure!(members == ids_of(users), "the members are {members:?}");
    Ok(())
}

async fn deactivate(trial: &Trial) -> Verdict {
    let user = assign(trial).await?;
    set_active(trial, &user, false).await?;
    set_active(trial, &user, true).await
}

async fn group(trial: &Trial) -> Verdict {
    let (first, second) = (assign(trial).await?, assign(trial).await?);
    let group = trial
        .make("/Groups", group_document(&trial.unique("Okta Group"), &[]))
        .await?;
    put_group(trial, &group, group.name(), &[&first, &second]).await?;
    put_group(trial, &group, &trial.unique("Okta Renamed"), &[&second]).await?;
    put_group(trial, &group, group.name(), &[]).await
}

async fn rename(trial: &Trial) -> Verdict {
    let user = assign(trial).await?;
    let group = trial
        .make("/Groups", group_document(&trial.unique("Okta Group"), &[&user]))
        .await?;
    let document = json!({ "schemas": [GROUP], "displayName": trial.unique("Okta Renamed") });
    trial.put(&group.path, &document).await?.expect(&[200])?;
    let members = trial.members(&group).await?;
    ensure!(members == ids_of(&[&user]), "the members are {members:?}");
    Ok(())
}

async fn life(trial: &Trial) -> Verdict {
    trial
        .get("/Users?startIndex=1&count=2")
        .await?
        .expect(&[200])?
        .resources()?;
    trial
        .get("/Groups?startIndex=1&count=100")
        .await?
        .expect(&[200])?
        .resources()?;
    let (first, second) = (assign(trial).await?, assign(trial).await?);
    let group = trial
        .make("/Groups", group_document(&trial.unique("Okta Group"), &[]))
        .await?;
    trial.read(&group).await?;
    put_group(trial, &group, group.name(), &[&first, &second]).await?;
    set_active(trial, &first, false).await?;
    put_group(trial, &group, group.name(), &[&second]).await?;
    set_active(trial, &first, true).await?;
    put_group(trial, &group, group.name(), &[&first, &second]).await?;
    put_group(trial, &group, &trial.unique("Okta Renamed"), &[&first, &second]).await?;
    trial.delete(&group.path).await?.expect(&[204])?;
    let now = trial.read(&first).await?;
    ensure!(
        now["groups"].as_array().is_none_or(Vec::is_empty),
        "groups is {}",
        now["groups"]
    );
    Ok(())
}
