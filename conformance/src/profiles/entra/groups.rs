//! Groups of an Entra job.

use serde_json::{Value, json};

use super::{needs, provision};
use crate::check::{Check, Finding, Verdict, attempt, ensure};
use crate::trial::{GROUP, Made, Trial, ids_of};

/// A schema that no server knows and every creation names.
const AD_GROUP: &str = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

pub(super) const CHECKS: &[Check] = &[
    needs(
        "entra/groups/create",
        "A group is created from a body that names a schema which the server does not know, and no members.",
        "Ignore schemas that are not known.",
        attempt!(create),
    ),
    needs(
        "entra/groups/duplicate",
        "Creating a group with a name that is taken is refused with 409.",
        "Hold displayName of groups unique for Entra ID.",
        attempt!(duplicate),
    ),
    needs(
        "entra/groups/match-without-members",
        "A group is matched by name with excludedAttributes=members, and comes without members.",
        "Leave the members out, also of lists.",
        attempt!(matching),
    ),
    needs(
        "entra/groups/rename",
        "A rename is a Replace of displayName, and the members stay.",
        "Change the name alone.",
        attempt!(rename),
    ),
    needs(
        "entra/groups/add-members",
        "Members are added with `$ref` null; adding one who is there is no error.",
        "Ignore a null `$ref`, and take the addition of a member for done.",
        attempt!(add),
    ),
    needs(
        "entra/groups/remove-listed-members",
        "Removing members with a list of values removes only those.",
        "Take the values for the members to remove; do not empty the group.",
        attempt!(remove_listed),
    ),
    needs(
        "entra/groups/remove-by-filter",
        "Removing a member by a value filter removes that one.",
        "Remove the member that the filter names.",
        attempt!(remove_filter),
    ),
    needs(
        "entra/groups/patch-answer",
        "A PATCH of a group is answered with 204, or with 200 and the group.",
        "Answer 204 without a body.",
        attempt!(answer),
    ),
    needs(
        "entra/groups/add-and-remove",
        "One PATCH adds a member and removes it again.",
        "Apply the operations in order.",
        attempt!(both),
    ),
    needs(
        "entra/groups/delete",
        "A group is deleted with 204, then not there; a second deletion is answered with 404.",
        "Answer 204, then 404.",
        attempt!(delete),
    ),
];

/// Creates a group.
pub(super) async fn provision_group(trial: &Trial) -> Result<Made, Finding> {
    let name = trial.unique("Entra Group");
    let document = json!({
        "schemas": [GROUP, AD_GROUP],
        "externalId": format!("8aa1{name}"),
        "displayName": name,
        "meta": { "resourceType": "Group" }
    });
    trial.make("/Groups", document).await
}

pub(super) fn listed(users: &[&Made]) -> Value {
    users
        .iter()
        .map(|user| json!({ "$ref": null, "value": user.id }))
        .collect()
}

/// Adds members, and looks whether they are there.
pub(super) async fn add_members(trial: &Trial, group: &Made, users: &[&Made]) -> Verdict {
    trial
        .change(
            group,
            json!([{ "op": "Add", "path": "members", "value": listed(users) }]),
        )
        .await?;
    let members = trial.members(group).await?;
    for user in users {
        ensure!(
            members.contains(&user.id),
            "{} was added and is not there: {members:?}",
            user.id
        );
    }
    Ok(())
}

async fn create(trial: &Trial) -> Verdict {
    let group = provision_group(trial).await?;
    let read = trial.read(&group).await?;
    ensure!(
        read["displayName"] == group.name(),
        "displayName is {}",
        read["displayName"]
    );
    ensure!(
        read["externalId"] == group.sent["externalId"],
        "externalId is {}",
        read["externalId"]
    );
    Ok(())
}

async fn duplicate(trial: &Trial) -> Verdict {
    let group = provision_group(trial).await?;
    trial
        .post("/Groups", &group.sent)
        .await?
        .expect_error(&[409], None)?;
    Ok(())
}

async fn matching(trial: &Trial) -> Verdict {
    let user = provision(trial).await?;
    let group = provision_group(trial).await?;
    add_members(trial, &group, &[&user]).await?;
    for name in [group.name().to_owned(), group.name().to_uppercase()] {
        let filter = format!("displayName eq \"{name}\"");
        let found = trial
            .list(
                "/Groups",
                &[("excludedAttributes", "members"), ("filter", &filter)],
            )
            .await?;
        let found = found.expect(&[200])?;
        ensure!(
            found.ids()? == [group.id.clone()],
            "`{filter}` finds {:?}",
            found.ids()?
        );
        ensure!(!found.text.contains("\"members\""), "the members are there");
    }
    let alone = trial
        .list(&group.path, &[("excludedAttributes", "members")])
        .await?
        .expect(&[200])?;
    ensure!(!alone.text.contains("\"members\""), "the members are there");
    Ok(())
}

async fn rename(trial: &Trial) -> Verdict {
    let user = provision(trial).await?;
    let group = provision_group(trial).await?;
    add_members(trial, &group, &[&user]).await?;
    let name = trial.unique("Entra Renamed");
    let now = trial
        .change(
            &group,
            json!([{ "op": "Replace", "path": "displayName", "value": name }]),
        )
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

async fn add(trial: &Trial) -> Verdict {
    let (first, second) = (provision(trial).await?, provision(trial).await?);
    let group = provision_group(trial).await?;
    add_members(trial, &group, &[&first]).await?;
    add_members(trial, &group, &[&first, &second]).await?;
    let members = trial.members(&group).await?;
    ensure!(
        members == ids_of(&[&first, &second]),
        "the members are {members:?}"
    );
    Ok(())
}

async fn remove_listed(trial: &Trial) -> Verdict {
    let (stays, goes) = (provision(trial).await?, provision(trial).await?);
    let group = provision_group(trial).await?;
    add_members(trial, &group, &[&stays, &goes]).await?;
    trial
        .change(
            &group,
            json!([{ "op": "Remove", "path": "members", "value": listed(&[&goes]) }]),
        )
        .await?;
    let members = trial.members(&group).await?;
    ensure!(members == ids_of(&[&stays]), "the members are {members:?}");
    Ok(())
}

async fn remove_filter(trial: &Trial) -> Verdict {
    let (stays, goes) = (provision(trial).await?, provision(trial).await?);
    let group = provision_group(trial).await?;
    add_members(trial, &group, &[&stays, &goes]).await?;
    let path = format!("members[value eq \"{}\"]", goes.id);
    trial
        .change(&group, json!([{ "op": "remove", "path": path }]))
        .await?;
    let members = trial.members(&group).await?;
    ensure!(members == ids_of(&[&stays]), "the members are {members:?}");
    Ok(())
}

async fn answer(trial: &Trial) -> Verdict {
    let group = provision_group(trial).await?;
    let name = trial.unique("Entra Renamed");
    let operation = json!([{ "op": "Replace", "path": "displayName", "value": name }]);
    let answer = trial.patch(&group.path, operation).await?.expect(&[200, 204])?;
    ensure!(
        answer.status == 200 || answer.text.is_empty(),
        "the 204 has a body"
    );
    Ok(())
}

async fn both(trial: &Trial) -> Verdict {
    let user = provision(trial).await?;
    let group = provision_group(trial).await?;
    let operations = json!([
        { "op": "Add", "path": "members", "value": listed(&[&user]) },
        { "op": "Remove", "path": format!("members[value eq \"{}\"]", user.id) }
    ]);
    trial.change(&group, operations).await?;
    let members = trial.members(&group).await?;
    ensure!(members.is_empty(), "the members are {members:?}");
    Ok(())
}

async fn delete(trial: &Trial) -> Verdict {
    let group = provision_group(trial).await?;
    trial.delete(&group.path).await?.expect(&[204])?;
    trial.get(&group.path).await?.expect(&[404])?;
    trial.delete(&group.path).await?.expect(&[404])?;
    Ok(())
}
