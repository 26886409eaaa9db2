//! `replace` (RFC 7644 section 3.5.2.3).

use serde_json::json;

use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::subject::Profile;
use crate::trial::{ENTERPRISE, Trial, ids_of};

const PATCH: &[Feature] = &[Feature::Patch];
const GROUP_PATCH: &[Feature] = &[Feature::Patch, Feature::Groups];

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.5.2.3/replace-single-valued",
        "Replacing a single-valued attribute puts the new value in place of the old one.",
        "Store the value that the operation carries.",
        attempt!(single),
    )
    .when(PATCH),
    Check::should(
        "rfc7644/3.5.2.3/replace-with-nothing",
        "Replacing an attribute with null, or with an empty list, takes its value away.",
        "Take null and [] for no value, in PATCH as in POST and PUT.",
        attempt!(nothing),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.3/replace-without-path",
        "Replace without a path replaces each attribute that the value names and no other.",
        "Apply each member of the value as a replacement of its own; keep what it does not name.",
        attempt!(without_path),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.3/deactivate-without-path",
        "`active` is set by a replace without a path, and the user stays readable.",
        "Set `active`; an inactive user is still read and found.",
        attempt!(deactivate),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.3/replace-unset",
        "Replacing an attribute that has no value sets it.",
        "Treat replace of what is not there as add.",
        attempt!(unset),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.3/replace-multi-valued",
        "Replacing a multi-valued attribute leaves exactly the values that were sent.",
        "Drop the old values and keep the new ones.",
        attempt!(multi_valued),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.3/replace-members",
        "Replacing `members` leaves exactly the members that were sent.",
        "Work out who comes and who goes; keep none who is not in the list.",
        attempt!(members),
    )
    .when(GROUP_PATCH),
    Check::must(
        "rfc7644/3.5.2.3/replace-members-with-none",
        "Replacing `members` with an empty list empties the group.",
        "Take an empty list for no members.",
        attempt!(no_members),
    )
    .when(GROUP_PATCH),
    Check::must(
        "rfc7644/3.5.2.3/rename-keeps-members",
        "Replacing the name of a group keeps its members.",
        "Change only what the operation names.",
        attempt!(rename),
    )
    .when(GROUP_PATCH),
    Check::must(
        "rfc7644/3.5.2.3/replace-by-value-filter",
        "Replacing a sub-attribute behind a value filter changes the value that matches and keeps the others.",
        "Change only the matching values; touch no other e-mail.",
        attempt!(by_filter),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.3/replace-without-match",
        "Replacing behind a value filter that matches nothing is refused with 400 and `noTarget`.",
        "Refuse it; do not change another value.",
        attempt!(no_match),
    )
    .when(PATCH)
    .only(&[Profile::Standard]),
    Check::must(
        "rfc7644/3.5.2.3/replace-complex-merges",
        "Replacing a complex attribute replaces the sub-attributes that the value names and keeps the others.",
        "Merge the value into the complex attribute.",
        attempt!(complex),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.3/replace-extension-attribute",
        "An attribute of an extension is replaced by its URN and name.",
        "Match the longest known schema URN before the path is split at dots.",
        attempt!(extension),
    )
    .when(&[Feature::Patch, Feature::Enterprise]),
    Check::may(
        "rfc7644/3.5.2.3/replace-urn-keys-without-path",
        "Keys that are attribute paths in a value without a path, as Entra ID sends them, change what they name.",
        "Take dotted keys and keys that begin with a schema URN for paths; never store them as attribute names.",
        attempt!(path_keys),
    )
    .when(&[Feature::Patch, Feature::Enterprise]),
    Check::must(
        "rfc7644/3.5.2.3/rename-user",
        "A user whose userName was replaced is found under the new name and no more under the old.",
        "Keep the column or index that the filter uses in step with the document.",
        attempt!(rename_user),
    )
    .when(&[Feature::Patch, Feature::Filter]),
];

async fn single(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let operation = json!([{ "op": "replace", "path": "displayName", "value": "After" }]);
    let now = trial.change(&user, operation).await?;
    ensure!(
        now["displayName"] == "After",
        "displayName is {}",
        now["displayName"]
    );
    Ok(())
}

async fn nothing(trial: &Trial) -> Verdict {
    let phones = json!([{ "type": "work", "value": "tel:+1-201-555-0123" }]);
    let user = trial
        .user_with(json!({ "nickName": "Kitty", "phoneNumbers": phones }))
        .await?;
    let operations = json!([
        { "op": "replace", "path": "nickName", "value": null },
        { "op": "replace", "path": "phoneNumbers", "value": [] }
    ]);
    let now = trial.change(&user, operations).await?;
    ensure!(now["nickName"].is_null(), "nickName is {}", now["nickName"]);
    ensure!(
        now["phoneNumbers"].as_array().is_none_or(Vec::is_empty),
        "phoneNumbers is {}",
        now["phoneNumbers"]
    );
    Ok(())
}

async fn without_path(trial: &Trial) -> Verdict {
    let user = trial.user_with(json!({ "title": "Engineer" })).await?;
    let value = json!({ "displayName": "After", "nickName": "Kitty" });
    let now = trial
        .change(&user, json!([{ "op": "replace", "value": value }]))
        .await?;
    ensure!(
        now["displayName"] == "After" && now["nickName"] == "Kitty",
        "the user is {now}"
    );
    ensure!(now["title"] == "Engineer", "title became {}", now["title"]);
    ensure!(
        now["userName"] == user.sent["userName"],
        "userName became {}",
        now["userName"]
    );
    Ok(())
}

async fn deactivate(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let now = trial
        .change(&user, json!([{ "op": "replace", "value": { "active": false } }]))
        .await?;
    ensure!(now["active"] == false, "active is {}", now["active"]);
    let now = trial
        .change(&user, json!([{ "op": "replace", "value": { "active": true } }]))
        .await?;
    ensure!(
        now["active"] == true,
        "active is {} after it was set again",
        now["active"]
    );
    Ok(())
}

async fn unset(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let operation = json!([{ "op": "replace", "path": "nickName", "value": "Kitty" }]);
    let now = trial.change(&user, operation).await?;
    ensure!(now["nickName"] == "Kitty", "nickName is {}", now["nickName"]);
    Ok(())
}

async fn multi_valued(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let value = json!([{ "type": "home", "value": "only@conformance.example" }]);
    let operation = json!([{ "op": "replace", "path": "emails", "value": value }]);
    let now = trial.change(&user, operation).await?;
    let left: Vec<_> = now["emails"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| &one["value"])
        .collect();
    ensure!(
        left == ["only@conformance.example"],
        "the e-mails are {}",
        now["emails"]
    );
    Ok(())
}

async fn members(trial: &Trial) -> Verdict {
    let users = (trial.user().await?, trial.user().await?, trial.user().await?);
    let group = trial.group(&[&users.0, &users.1]).await?;
    let value = json!([users.1.member(), users.2.member()]);
    trial
        .change(
            &group,
            json!([{ "op": "replace", "path": "members", "value": value }]),
        )
        .await?;
    let members = trial.members(&group).await?;
    ensure!(
        members == ids_of(&[&users.1, &users.2]),
        "the members are {members:?}"
    );
    Ok(())
}

async fn no_members(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[&user]).await?;
    trial
        .change(
            &group,
            json!([{ "op": "replace", "path": "members", "value": [] }]),
        )
        .await?;
    let members = trial.members(&group).await?;
    ensure!(members.is_empty(), "the members are {members:?}");
    Ok(())
}

async fn rename(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[&user]).await?;
    let name = trial.unique("renamed");
    let now = trial
        .change(
            &group,
            json!([{ "op": "replace", "path": "displayName", "value": name }]),
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

async fn by_filter(trial: &Trial) -> Verdict {
    let user = trial
        .user_with(json!({ "emails": [
            { "type": "work", "value": "work@conformance.example", "primary": true },
            { "type": "home", "value": "home@conformance.example" }
        ] }))
        .await?;
    let path = "emails[type eq \"work\"].value";
    let operation = json!([{ "op": "replace", "path": path, "value": "new@conformance.example" }]);
    let now = trial.change(&user, operation).await?;
    let find = |kind: &str| {
        now["emails"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|one| one["type"] == kind)
            .map(|one| &one["value"])
    };
    ensure!(
        find("work") == Some(&json!("new@conformance.example")),
        "the e-mails are {}",
        now["emails"]
    );
    ensure!(
        find("home") == Some(&json!("home@conformance.example")),
        "the e-mails are {}",
        now["emails"]
    );
    Ok(())
}

async fn no_match(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let path = "emails[type eq \"other\"].value";
    let operation = json!([{ "op": "replace", "path": path, "value": "new@conformance.example" }]);
    let answer = trial.patch(&user.path, operation).await?;
    let now = trial.read(&user).await?;
    ensure!(
        now["emails"][0]["value"] == user.sent["emails"][0]["value"],
        "the e-mails are {}",
        now["emails"]
    );
    answer.expect_error(&[400], Some("noTarget"))?;
    Ok(())
}

async fn complex(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let value = json!({ "givenName": "Anna" });
    let now = trial
        .change(
            &user,
            json!([{ "op": "replace", "path": "name", "value": value }]),
        )
        .await?;
    ensure!(now["name"]["givenName"] == "Anna", "name is {}", now["name"]);
    ensure!(
        now["name"]["familyName"] == "Conformance",
        "name is {}",
        now["name"]
    );
    Ok(())
}

async fn extension(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let path = format!("{ENTERPRISE}:employeeNumber");
    let now = trial
        .change(
            &user,
            json!([{ "op": "replace", "path": path, "value": "701984" }]),
        )
        .await?;
    let number = &now[ENTERPRISE]["employeeNumber"];
    ensure!(number == "701984", "employeeNumber is {number}");
    Ok(())
}

async fn path_keys(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let key = format!("{ENTERPRISE}:employeeNumber");
    let value = json!({ "name.givenName": "Anna", key.as_str(): "701984" });
    let answer = trial
        .patch(&user.path, json!([{ "op": "replace", "value": value }]))
        .await?;
    let now = trial.read(&user).await?;
    ensure!(
        now.get("name.givenName").is_none(),
        "an attribute called `name.givenName` was stored"
    );
    answer.expect(&[200, 204])?;
    ensure!(now["name"]["givenName"] == "Anna", "name is {}", now["name"]);
    ensure!(
        now[ENTERPRISE]["employeeNumber"] == "701984",
        "the extension is {}",
        now[ENTERPRISE]
    );
    Ok(())
}

async fn rename_user(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let name = format!("{}@conformance.example", trial.unique("renamed"));
    trial
        .change(
            &user,
            json!([{ "op": "replace", "path": "userName", "value": name }]),
        )
        .await?;
    let found = trial
        .find("/Users", &format!("userName eq \"{name}\""))
        .await?
        .ids()?;
    ensure!(found == [user.id.clone()], "the new name finds {found:?}");
    let old = trial
        .find("/Users", &format!("userName eq \"{}\"", user.name()))
        .await?;
    ensure!(
        old.total()? == 0,
        "the old name still finds {} users",
        old.total()?
    );
    Ok(())
}
