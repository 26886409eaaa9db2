//! An app of Okta's catalog: users are updated by PUT, activated and deactivated by PATCH, groups changed by PATCH.

use serde_json::{Value, json};

use super::{assign, look_up, needs};
use crate::check::{Check, Finding, Verdict, attempt, ensure};
use crate::trial::{GROUP, Made, Trial, ids_of};

pub(super) const CHECKS: &[Check] = &[
    needs(
        "okta/catalog/deactivate",
        "A user is deactivated by PATCH without a path, stays readable, and is activated again with the same id.",
        "Set `active` alone; keep the user.",
        attempt!(deactivate),
    ),
    needs(
        "okta/catalog/group-push",
        "A group is looked for by name, created without members and read again.",
        "Answer the look-up with an empty list, and the creation with 201 and an id.",
        attempt!(group_push),
    ),
    needs(
        "okta/catalog/group-rename",
        "A rename is a PATCH without a path that carries the id, too; the members stay.",
        "Ignore `id` in the value, and change the name alone.",
        attempt!(rename),
    ),
    needs(
        "okta/catalog/membership-delta",
        "One PATCH removes a member by a value filter and adds another.",
        "Apply the operations in order; keep all other members.",
        attempt!(delta),
    ),
    needs(
        "okta/catalog/membership-full",
        "A full push replaces the members.",
        "Leave exactly the members that were sent.",
        attempt!(full),
    ),
    needs(
        "okta/catalog/membership-empty",
        "A push of an empty group removes all members, with a path or without.",
        "Take an empty list for no members.",
        attempt!(empty),
    ),
    needs(
        "okta/catalog/group-delete",
        "Unlinking a group deletes it with 204.",
        "Answer 204 without a body.",
        attempt!(group_delete),
    ),
    needs(
        "okta/catalog/life",
        "The whole life of an app of the catalog goes through.",
        "See the first request that was not answered as Okta needs it.",
        attempt!(life),
    ),
];

async fn push(trial: &Trial) -> Result<Made, Finding> {
    let name = trial.unique("Okta Group");
    let found = trial
        .find("/Groups", &format!("displayName eq \"{name}\""))
        .await?;
    if found.total()? != 0 {
        return Err(crate::check::violation(format!(
            "a new name finds {:?}",
            found.ids()?
        )));
    }
    trial
        .make(
            "/Groups",
            json!({ "schemas": [GROUP], "displayName": name, "members": [] }),
        )
        .await
}

fn member(user: &Made) -> Value {
    json!({ "value": user.id, "display": user.name() })
}

async fn set_members(trial: &Trial, group: &Made, users: &[&Made]) -> Verdict {
    let value: Vec<Value> = users.iter().map(|user| member(user)).collect();
    trial
        .change(
            group,
            json!([{ "op": "replace", "path": "members", "value": value }]),
        )
        .await?;
    let members = trial.members(group).await?;
    ensure!(members == ids_of(users), "the members are {members:?}");
    Ok(())
}

async fn deactivate(trial: &Trial) -> Verdict {
    let user = assign(trial).await?;
    for active in [false, true] {
        let now = trial
            .change(&user, json!([{ "op": "replace", "value": { "active": active } }]))
            .await?;
        ensure!(now["active"] == active, "active is {}", now["active"]);
        let found = look_up(trial, user.name()).await?;
        ensure!(
            found.ids()? == [user.id.clone()],
            "the look-up finds {:?}",
            found.ids()?
        );
    }
    Ok(())
}

async fn group_push(trial: &Trial) -> Verdict {
    let group = push(trial).await?;
    let read = trial.read(&group).await?;
    ensure!(
        read["displayName"] == group.name(),
        "displayName is {}",
        read["displayName"]
    );
    let found = trial
        .find("/Groups", &format!("displayName eq \"{}\"", group.name()))
        .await?;
    ensure!(
        found.ids()? == [group.id.clone()],
        "the look-up finds {:?}",
        found.ids()?
    );
    Ok(())
}

async fn rename(trial: &Trial) -> Verdict {
    let user = assign(trial).await?;
    let group = push(trial).await?;
    set_members(trial, &group, &[&user]).await?;
    let name = trial.unique("Okta Renamed");
    let value = json!({ "id": group.id, "displayName": name });
    let now = trial
        .change(&group, json!([{ "op": "replace", "value": value }]))
        .await?;
    ensure!(
        now["displayName"] == name.as_str(),
        "displayName is {}",
        now["displayName"]
    );
    let members = trial.members(&group).await?;
    ensure!(members == ids_of(&[&user]), "the members are {members:?}");
    Ok(())
}

async fn delta(trial: &Trial) -> Verdict {
    let users = (assign(trial).await?, assign(trial).await?, assign(trial).await?);
    let group = push(trial).await?;
    set_members(trial, &group, &[&users.0, &users.1]).await?;
    let operations = json!([
        { "op": "remove", "path": format!("members[value eq \"{}\"]", users.0.id) },
        { "op": "add", "path": "members", "value": [member(&users.2)] }
    ]);
    trial.change(&group, operations).await?;
    let members = trial.members(&group).await?;
    ensure!(
        members == ids_of(&[&users.1, &users.2]),
        "the members are {members:?}"
    );
    Ok(())
}

async fn full(trial: &Trial) -> Verdict {
    let users = (assign(trial).await?, assign(trial).await?, assign(trial).await?);
    let group = push(trial).await?;
    set_members(trial, &group, &[&users.0, &users.1]).await?;
    set_members(trial, &group, &[&users.1, &users.2]).await
}

async fn empty(trial: &Trial) -> Verdict {
    let user = assign(trial).await?;
    let group = push(trial).await?;
    set_members(trial, &group, &[&user]).await?;
    set_members(trial, &group, &[]).await?;
    set_members(trial, &group, &[&user]).await?;
    let value = json!({ "members": [], "id": group.id, "displayName": group.name() });
    trial
        .change(&group, json!([{ "op": "replace", "value": value }]))
        .await?;
    let members = trial.members(&group).await?;
    ensure!(members.is_empty(), "the members are {members:?}");
    Ok(())
}

async fn group_delete(trial: &Trial) -> Verdict {
    let group = push(trial).await?;
    let answer = trial.delete(&group.path).await?.expect(&[204])?;
    ensure!(answer.text.is_empty(), "the 204 has a body");
    trial.get(&group.path).await?.expect(&[404])?;
    Ok(())
}

async fn life(trial: &Trial) -> Verdict {
    trial
        .get("/Users?startIndex=1&count=2")
        .await?
        .expect(&[200])?
        .resources()?;
    let (first, second) = (assign(trial).await?, assign(trial).await?);
    let group = push(trial).await?;
    set_members(trial, &group, &[&first]).await?;
    let operations = json!([
        { "op": "replace", "value": { "id": group.id, "displayName": group.name() } },
        { "op": "add", "path": "members", "value": [member(&second)] }
    ]);
    trial.change(&group, operations).await?;
    let update = super::merged(trial, &first, json!({ "displayName": "Updated" })).await?;
    trial.put(&first.path, &update).await?.expect(&[200])?;
    trial
        .change(&first, json!([{ "op": "replace", "value": { "active": false } }]))
        .await?;
    let found = look_up(trial, first.name()).await?;
    ensure!(
        found.ids()? == [first.id.clone()],
        "the look-up finds {:?}",
        found.ids()?
    );
    let now = trial
        .change(&first, json!([{ "op": "replace", "value": { "active": true } }]))
        .await?;
    ensure!(
        now["active"] == true && now["displayName"] == "Updated",
        "the user is {now}"
    );
    let remove = format!("members[value eq \"{}\"]", second.id);
    trial
        .change(&group, json!([{ "op": "remove", "path": remove }]))
        .await?;
    let members = trial.members(&group).await?;
    ensure!(members == ids_of(&[&first]), "the members are {members:?}");
    trial.delete(&group.path).await?.expect(&[204])?;
    Ok(())
}
