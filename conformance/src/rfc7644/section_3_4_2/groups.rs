//! Lists of groups: filters, whole resources, pages (RFC 7644 section 3.4.2).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::trial::{GROUP, Trial};

const GROUP_FILTER: &[Feature] = &[Feature::Filter, Feature::Groups];

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.4.2.2/group-by-name",
        "A group is found by its displayName.",
        "Support `displayName eq` for groups; identity providers match groups by it.",
        attempt!(group_by_name),
    )
    .when(GROUP_FILTER),
    Check::should(
        "rfc7644/3.4.2.2/group-by-member",
        "A group is found by the id of a member.",
        "Support `members.value eq` or `members eq` for groups.",
        attempt!(group_by_member),
    )
    .when(GROUP_FILTER),
    Check::must(
        "rfc7644/3.4.2.2/group-name-in-any-case",
        "displayName of a group is compared without regard to case.",
        "Compare displayName by a folded key; it is not caseExact.",
        attempt!(name_case),
    )
    .when(GROUP_FILTER),
    Check::must(
        "rfc7644/3.4.2.2/group-by-external-id",
        "A group is found by its externalId.",
        "Support `externalId eq` for groups; Entra ID may match groups by it.",
        attempt!(by_external_id),
    )
    .when(GROUP_FILTER),
    Check::must(
        "rfc7644/3.4.2/whole-groups",
        "Groups in a list are as complete as when they are read alone: with their members.",
        "Render resources of a list and alone by the same code.",
        attempt!(whole),
    )
    .when(GROUP_FILTER),
    Check::must(
        "rfc7644/3.4.2.4/pages-of-groups",
        "The pages of a list of groups, one after the other, hold each group once.",
        "Order by something unique in the end, and apply startIndex and count to groups, too.",
        attempt!(pages),
    )
    .when(GROUP_FILTER),
];

async fn group_by_name(trial: &Trial) -> Verdict {
    let group = trial.group(&[]).await?;
    let found = trial
        .find("/Groups", &format!("displayName eq \"{}\"", group.name()))
        .await?;
    ensure!(
        found.ids()? == [group.id.clone()],
        "the name finds {:?}",
        found.ids()?
    );
    Ok(())
}

async fn group_by_member(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[&user]).await?;
    let found = trial
        .find("/Groups", &format!("members.value eq \"{}\"", user.id))
        .await?;
    ensure!(
        found.ids()? == [group.id.clone()],
        "the member finds {:?}",
        found.ids()?
    );
    Ok(())
}

async fn name_case(trial: &Trial) -> Verdict {
    let group = trial.group(&[]).await?;
    let found = trial
        .find(
            "/Groups",
            &format!("displayName eq \"{}\"", group.name().to_uppercase()),
        )
        .await?;
    ensure!(
        found.ids()? == [group.id.clone()],
        "the name in capitals finds {:?}",
        found.ids()?
    );
    Ok(())
}

async fn by_external_id(trial: &Trial) -> Verdict {
    let external = trial.unique("external");
    let document =
        json!({ "schemas": [GROUP], "displayName": trial.unique("group"), "externalId": external });
    let group = trial.make("/Groups", document).await?;
    let found = trial
        .find("/Groups", &format!("externalId eq \"{external}\""))
        .await?;
    ensure!(
        found.ids()? == [group.id.clone()],
        "the externalId finds {:?}",
        found.ids()?
    );
    Ok(())
}

async fn whole(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[&user]).await?;
    let found = trial
        .find("/Groups", &format!("displayName eq \"{}\"", group.name()))
        .await?;
    let alone = trial.read(&group).await?;
    let listed = found.resources()?.first().unwrap_or(&Value::Null);
    for (name, value) in alone.as_object().into_iter().flatten() {
        ensure!(
            &listed[name] == value,
            "{name} is {} in the list and {value} alone",
            listed[name]
        );
    }
    Ok(())
}

async fn pages(trial: &Trial) -> Verdict {
    let word = trial.unique("paged");
    let mut ids = BTreeSet::new();
    for number in 0..3 {
        let document = json!({ "schemas": [GROUP], "displayName": format!("{word} {number}") });
        ids.insert(trial.make("/Groups", document).await?.id);
    }
    let filter = format!("displayName sw \"{word}\"");
    let mut seen = Vec::new();
    for start in ["1", "2", "3"] {
        let parameters = [("filter", filter.as_str()), ("startIndex", start), ("count", "1")];
        let page = trial.list("/Groups", &parameters).await?.expect(&[200])?;
        ensure!(
            page.total()? == 3,
            "totalResults is {}, three match",
            page.total()?
        );
        seen.extend(page.ids()?);
    }
    let distinct: BTreeSet<String> = seen.iter().cloned().collect();
    ensure!(
        distinct == ids && seen.len() == 3,
        "pages of one hold {seen:?}, the groups are {ids:?}"
    );
    Ok(())
}
