//! `remove` (RFC 7644 section 3.5.2.2).

use serde_json::json;

use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::subject::Profile;
use crate::trial::{ENTERPRISE, Trial, ids_of};

const PATCH: &[Feature] = &[Feature::Patch];
const GROUP_PATCH: &[Feature] = &[Feature::Patch, Feature::Groups];

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.5.2.2/remove-attribute",
        "Removing an attribute by its path leaves it without a value.",
        "Take the attribute away when remove names it without a filter.",
        attempt!(attribute),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.2/remove-sub-attribute",
        "Removing a sub-attribute keeps the rest of the complex attribute.",
        "Take away only what the path names.",
        attempt!(sub_attribute),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.2/remove-by-value-filter",
        "Removing with a value filter takes away the values that match and keeps the others.",
        "Evaluate the filter against each value and remove only those that match.",
        attempt!(by_filter),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.2/remove-sub-attribute-by-filter",
        "Removing a sub-attribute behind a value filter keeps the value and its other sub-attributes.",
        "Apply the part behind the bracket to each value that matches.",
        attempt!(sub_attribute_by_filter),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.2/remove-one-member",
        "Removing one member by a value filter keeps the other members.",
        "Delete the one membership that the filter names.",
        attempt!(one_member),
    )
    .when(GROUP_PATCH),
    Check::must(
        "rfc7644/3.5.2.2/parallel-removes-lose-nothing",
        "Removals of members that arrive at the same time are all done when all were answered with success.",
        "Delete memberships as rows, or serialise changes of one group; do not read, change and write the list.",
        attempt!(parallel_removes),
    )
    .when(GROUP_PATCH),
    Check::must(
        "rfc7644/3.5.2.2/remove-all-members",
        "Removing `members` without a filter and without a value empties the group.",
        "Delete every membership when the path is just the attribute.",
        attempt!(all_members),
    )
    .when(GROUP_PATCH),
    Check::should(
        "rfc7644/3.5.2.2/remove-listed-members",
        "Removing `members` with a list of values, as several clients do, removes only those.",
        "Take the values for the members to remove, or refuse the request; never empty the group for it.",
        attempt!(listed_members),
    )
    .when(GROUP_PATCH),
    Check::must(
        "rfc7644/3.5.2.2/remove-without-path",
        "Remove without a path is refused with 400 and `noTarget`.",
        "Ask for a path in every remove; nothing else says what is meant.",
        attempt!(without_path),
    )
    .when(PATCH)
    .only(&[Profile::Standard]),
    Check::must(
        "rfc7644/3.5.2.2/remove-required",
        "Removing a required attribute is refused.",
        "Answer 400 with `mutability` or `invalidValue`, and keep the attribute.",
        attempt!(required),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.2/remove-read-only",
        "Removing a read-only attribute changes nothing.",
        "Refuse it with 400 and `mutability`, or ignore it; the attribute stays.",
        attempt!(read_only),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.2/remove-extension-attribute",
        "An attribute of an extension is removed by its URN and name, and the rest of the extension stays.",
        "Match the longest known schema URN before the path is split at dots.",
        attempt!(extension_attribute),
    )
    .when(&[Feature::Patch, Feature::Enterprise]),
];

async fn attribute(trial: &Trial) -> Verdict {
    let user = trial.user_with(json!({ "nickName": "Kitty" })).await?;
    let now = trial
        .change(&user, json!([{ "op": "remove", "path": "nickName" }]))
        .await?;
    ensure!(
        now.get("nickName").is_none_or(|value| value.is_null()),
        "nickName is still {}",
        now["nickName"]
    );
    ensure!(
        now["displayName"] == user.sent["displayName"],
        "displayName became {}",
        now["displayName"]
    );
    Ok(())
}

async fn sub_attribute(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let now = trial
        .change(&user, json!([{ "op": "remove", "path": "name.givenName" }]))
        .await?;
    ensure!(now["name"]["givenName"].is_null(), "name is {}", now["name"]);
    ensure!(
        now["name"]["familyName"] == "Conformance",
        "name is {}",
        now["name"]
    );
    Ok(())
}

async fn by_filter(trial: &Trial) -> Verdict {
    let phones =
        json!([{ "type": "work", "value": "+1 555 0100" }, { "type": "home", "value": "+1 555 0101" }]);
    let user = trial.user_with(json!({ "phoneNumbers": phones })).await?;
    let operation = json!([{ "op": "remove", "path": "phoneNumbers[type eq \"work\"]" }]);
    let now = trial.change(&user, operation).await?;
    let left: Vec<_> = now["phoneNumbers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| &one["type"])
        .collect();
    ensure!(left == ["home"], "the phone numbers are {}", now["phoneNumbers"]);
    Ok(())
}

async fn sub_attribute_by_filter(trial: &Trial) -> Verdict {
    let phones = json!([{ "type": "work", "value": "+1 555 0100", "display": "Desk" }]);
    let user = trial.user_with(json!({ "phoneNumbers": phones })).await?;
    let operation = json!([{ "op": "remove", "path": "phoneNumbers[type eq \"work\"].display" }]);
    let now = trial.change(&user, operation).await?;
    let phone = &now["phoneNumbers"][0];
    ensure!(
        phone["display"].is_null() && phone["type"] == "work",
        "the phone number is {phone}"
    );
    Ok(())
}

async fn one_member(trial: &Trial) -> Verdict {
    let (stays, goes) = (trial.user().await?, trial.user().await?);
    let group = trial.group(&[&stays, &goes]).await?;
    let path = format!("members[value eq \"{}\"]", goes.id);
    trial
        .change(&group, json!([{ "op": "remove", "path": path }]))
        .await?;
    let members = trial.members(&group).await?;
    ensure!(members == ids_of(&[&stays]), "the members are {members:?}");
    Ok(())
}

async fn parallel_removes(trial: &Trial) -> Verdict {
    let users = futures_util::future::try_join_all((0..5).map(|_| trial.user())).await?;
    let group = trial.group(&users.iter().collect::<Vec<_>>()).await?;
    let changes = users.iter().skip(1).map(|user| {
        let path = format!("members[value eq \"{}\"]", user.id);
        trial.patch(&group.path, json!([{ "op": "remove", "path": path }]))
    });
    let answers = futures_util::future::try_join_all(changes).await?;
    let refused = users
        .iter()
        .skip(1)
        .zip(&answers)
        .filter(|(_, answer)| answer.status >= 300);
    let stay: Vec<_> = users
        .iter()
        .take(1)
        .chain(refused.map(|(user, _)| user))
        .collect();
    let members = trial.members(&group).await?;
    ensure!(
        members == ids_of(&stay),
        "{} members are left where {} are right",
        members.len(),
        stay.len()
    );
    Ok(())
}

async fn all_members(trial: &Trial) -> Verdict {
    let (first, second) = (trial.user().await?, trial.user().await?);
    let group = trial.group(&[&first, &second]).await?;
    trial
        .change(&group, json!([{ "op": "remove", "path": "members" }]))
        .await?;
    let members = trial.members(&group).await?;
    ensure!(members.is_empty(), "the members are {members:?}");
    Ok(())
}

async fn listed_members(trial: &Trial) -> Verdict {
    let (stays, goes) = (trial.user().await?, trial.user().await?);
    let group = trial.group(&[&stays, &goes]).await?;
    let operation = json!([{ "op": "remove", "path": "members", "value": [goes.member()] }]);
    let answer = trial.patch(&group.path, operation).await?;
    let members = trial.members(&group).await?;
    let expected = if answer.status < 300 {
        ids_of(&[&stays])
    } else {
        ids_of(&[&stays, &goes])
    };
    ensure!(
        members == expected,
        "after the answer {} the members are {members:?}",
        answer.status
    );
    Ok(())
}

async fn without_path(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let answer = trial.patch(&user.path, json!([{ "op": "remove" }])).await?;
    answer.expect_error(&[400], Some("noTarget"))?;
    Ok(())
}

async fn required(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let answer = trial
        .patch(&user.path, json!([{ "op": "remove", "path": "userName" }]))
        .await?;
    answer.expect_error(&[400], None)?;
    let now = trial.read(&user).await?;
    ensure!(
        now["userName"] == user.sent["userName"],
        "userName became {}",
        now["userName"]
    );
    Ok(())
}

async fn read_only(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let answer = trial
        .patch(&user.path, json!([{ "op": "remove", "path": "id" }]))
        .await?;
    ensure!(answer.status < 500, "the answer is {}", answer.status);
    let now = trial.read(&user).await?;
    ensure!(now["id"] == user.id.as_str(), "id became {}", now["id"]);
    Ok(())
}

async fn extension_attribute(trial: &Trial) -> Verdict {
    let user = trial
        .user_with(json!({
            "schemas": [crate::trial::USER, ENTERPRISE],
            ENTERPRISE: { "department": "Tools", "employeeNumber": "701984" }
        }))
        .await?;
    let path = format!("{ENTERPRISE}:department");
    let now = trial
        .change(&user, json!([{ "op": "remove", "path": path }]))
        .await?;
    let extension = &now[ENTERPRISE];
    ensure!(extension["department"].is_null(), "the extension is {extension}");
    ensure!(
        extension["employeeNumber"] == "701984",
        "the extension is {extension}"
    );
    Ok(())
}
