//! `add` (RFC 7644 section 3.5.2.1).

use serde_json::{Value, json};

use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::trial::{Trial, ids_of};

const PATCH: &[Feature] = &[Feature::Patch];
const GROUP_PATCH: &[Feature] = &[Feature::Patch, Feature::Groups];

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.5.2.1/add-to-multi-valued",
        "Adding a value to a multi-valued attribute keeps the values that are there.",
        "Append the value to those that are kept, in place of putting it in their place.",
        attempt!(add_to_multi_valued),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.1/add-member-keeps-members",
        "Adding a member to a group keeps the members that are there.",
        "Insert the membership; do not write the member list that the request carries over the one that is kept.",
        attempt!(add_member),
    )
    .when(GROUP_PATCH),
    Check::must(
        "rfc7644/3.5.2.1/add-present-member",
        "Adding a member that is there already succeeds and changes nothing.",
        "Take the addition of a present value for done: no error, no second copy.",
        attempt!(add_present_member),
    )
    .when(GROUP_PATCH),
    Check::must(
        "rfc7644/3.5.2.1/add-sets-single-valued",
        "Adding a value to a single-valued attribute sets it.",
        "Treat add on a single-valued attribute as replace.",
        attempt!(add_single),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.1/add-without-path",
        "Add without a path takes an object, and each of its members is added to the resource.",
        "Apply each member of the value as an addition of its own.",
        attempt!(add_without_path),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.1/add-sub-attribute",
        "Adding a sub-attribute by its path keeps the other sub-attributes.",
        "Change only the sub-attribute that the path names.",
        attempt!(add_sub_attribute),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.1/add-complex-merges",
        "Adding a complex value keeps the sub-attributes that the value does not name.",
        "Merge the value into the one that is kept; do not replace the whole of it.",
        attempt!(add_complex),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2.1/add-extension-attribute",
        "An attribute of an extension is named by the URN of its schema, a colon and its name, also in a path.",
        "Match the longest known schema URN first, and split the rest at the dot: the URN has a dot of its own.",
        attempt!(add_extension),
    )
    .when(&[Feature::Patch, Feature::Enterprise]),
    Check::must(
        "rfc7644/3.5.2.1/parallel-adds-lose-nothing",
        "Additions of members that arrive at the same time are all kept when all were answered with success.",
        "Insert memberships as rows, or serialise changes of one group; do not read, change and write the list.",
        attempt!(parallel_adds),
    )
    .when(GROUP_PATCH),
];

async fn add_to_multi_valued(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let more = json!([{ "value": "more@conformance.example", "type": "home" }]);
    let now = trial
        .change(&user, json!([{ "op": "add", "path": "emails", "value": more }]))
        .await?;
    let emails = now["emails"].as_array().map(Vec::as_slice).unwrap_or_default();
    let has = |value: &Value| emails.iter().any(|email| email["value"] == *value);
    ensure!(
        has(&user.sent["emails"][0]["value"]),
        "the e-mail that was there is gone: {}",
        now["emails"]
    );
    ensure!(
        has(&json!("more@conformance.example")),
        "the e-mail that was added is not there: {}",
        now["emails"]
    );
    Ok(())
}

async fn add_member(trial: &Trial) -> Verdict {
    let (first, second) = (trial.user().await?, trial.user().await?);
    let group = trial.group(&[&first]).await?;
    trial
        .change(
            &group,
            json!([{ "op": "add", "path": "members", "value": [second.member()] }]),
        )
        .await?;
    let members = trial.members(&group).await?;
    ensure!(
        members == ids_of(&[&first, &second]),
        "the members are {members:?}"
    );
    Ok(())
}

async fn add_present_member(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[&user]).await?;
    trial
        .change(
            &group,
            json!([{ "op": "add", "path": "members", "value": [user.member()] }]),
        )
        .await?;
    let members = trial.members(&group).await?;
    ensure!(members == ids_of(&[&user]), "the members are {members:?}");
    Ok(())
}

async fn add_single(trial: &Trial) -> Verdict {
    let user = trial.user_with(json!({ "nickName": "Before" })).await?;
    let now = trial
        .change(
            &user,
            json!([{ "op": "add", "path": "nickName", "value": "After" }]),
        )
        .await?;
    ensure!(now["nickName"] == "After", "nickName is {}", now["nickName"]);
    Ok(())
}

async fn add_without_path(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let value =
        json!({ "nickName": "Kitty", "emails": [{ "value": "more@conformance.example", "type": "home" }] });
    let now = trial
        .change(&user, json!([{ "op": "add", "value": value }]))
        .await?;
    ensure!(now["nickName"] == "Kitty", "nickName is {}", now["nickName"]);
    let emails = now["emails"].as_array().map_or(0, Vec::len);
    ensure!(
        emails == 2,
        "there are {emails} e-mails after one was added to one"
    );
    Ok(())
}

async fn add_sub_attribute(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let now = trial
        .change(
            &user,
            json!([{ "op": "add", "path": "name.givenName", "value": "Anna" }]),
        )
        .await?;
    ensure!(now["name"]["givenName"] == "Anna", "name is {}", now["name"]);
    ensure!(
        now["name"]["familyName"] == user.sent["name"]["familyName"],
        "name is {}",
        now["name"]
    );
    Ok(())
}

async fn add_complex(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let value = json!({ "honorificPrefix": "Dr." });
    let now = trial
        .change(&user, json!([{ "op": "add", "path": "name", "value": value }]))
        .await?;
    ensure!(now["name"]["honorificPrefix"] == "Dr.", "name is {}", now["name"]);
    ensure!(
        now["name"]["familyName"] == user.sent["name"]["familyName"],
        "name is {}",
        now["name"]
    );
    Ok(())
}

async fn add_extension(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let path = format!("{}:department", crate::trial::ENTERPRISE);
    let now = trial
        .change(&user, json!([{ "op": "add", "path": path, "value": "Tools" }]))
        .await?;
    let extension = &now[crate::trial::ENTERPRISE];
    ensure!(extension["department"] == "Tools", "the extension is {extension}");
    Ok(())
}

async fn parallel_adds(trial: &Trial) -> Verdict {
    let users = futures_util::future::try_join_all((0..6).map(|_| trial.user())).await?;
    let group = trial.group(&[]).await?;
    let changes = users.iter().map(|user| {
        trial.patch(
            &group.path,
            json!([{ "op": "add", "path": "members", "value": [user.member()] }]),
        )
    });
    let answers = futures_util::future::try_join_all(changes).await?;
    let kept: Vec<_> = users
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| matches!(answer.status, 200 | 204))
        .map(|(user, _)| user)
        .collect();
    ensure!(!kept.is_empty(), "none of {} additions was taken", users.len());
    let members = trial.members(&group).await?;
    let expected = ids_of(&kept);
    ensure!(
        members == expected,
        "{} of {} members that were added at the same time are there",
        members.len(),
        expected.len()
    );
    Ok(())
}
