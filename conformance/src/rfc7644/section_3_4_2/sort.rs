//! Sorting (RFC 7644 section 3.4.2.3).

use serde_json::{Value, json};

use crate::check::{Check, Finding, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::trial::Trial;

const SORT: &[Feature] = &[Feature::Sort, Feature::Filter];

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.4.2.3/ascending",
        "sortBy orders by the attribute, ascending when nothing else is said.",
        "Order by the attribute that sortBy names.",
        attempt!(ascending),
    )
    .when(SORT),
    Check::must(
        "rfc7644/3.4.2.3/descending",
        "sortOrder=descending turns the order round.",
        "Reverse the order for `descending`.",
        attempt!(descending),
    )
    .when(SORT),
    Check::must(
        "rfc7644/3.4.2.3/folds-case",
        "Text that is not caseExact is ordered without regard to case.",
        "Order by the folded value.",
        attempt!(folds),
    )
    .when(SORT),
    Check::must(
        "rfc7644/3.4.2.3/sub-attribute",
        "sortBy may name a sub-attribute.",
        "Accept `name.familyName` in sortBy.",
        attempt!(sub_attribute),
    )
    .when(SORT),
    Check::must(
        "rfc7644/3.4.2.3/multi-valued-by-primary",
        "A multi-valued attribute is ordered by its primary value.",
        "Order by the primary value, or the first one when none is primary.",
        attempt!(primary),
    )
    .when(SORT),
    Check::must(
        "rfc7644/3.4.2.3/without-value",
        "Resources without a value come last when ascending and first when descending.",
        "Say where resources without a value stand: databases differ.",
        attempt!(without_value),
    )
    .when(SORT),
    Check::must(
        "rfc7644/3.4.2.3/time",
        "sortBy orders times in the order of time.",
        "Order by the moment, not by its text.",
        attempt!(time),
    )
    .when(SORT),
];

/// Makes three users and gives their `label` in the order of the answer.
async fn sorted(
    trial: &Trial,
    users: [Value; 3],
    parameters: &[(&str, &str)],
) -> Result<Vec<String>, Finding> {
    let title = trial.unique("sorted");
    for mut more in users {
        if let Some(members) = more.as_object_mut() {
            members.insert("title".to_owned(), json!(title));
        }
        trial.user_with(more).await?;
    }
    let filter = format!("title eq \"{title}\"");
    let mut all = vec![("filter", filter.as_str())];
    all.extend_from_slice(parameters);
    let answer = trial.list("/Users", &all).await?.expect(&[200])?;
    let labels = answer
        .resources()?
        .iter()
        .map(|user| user["displayName"].as_str().unwrap_or_default().to_owned());
    Ok(labels.collect())
}

fn nicknames() -> [Value; 3] {
    [("b", "Bertha"), ("c", "Carla"), ("a", "Anna")]
        .map(|(label, name)| json!({ "displayName": label, "nickName": name }))
}

async fn ascending(trial: &Trial) -> Verdict {
    let order = sorted(trial, nicknames(), &[("sortBy", "nickName")]).await?;
    ensure!(order == ["a", "b", "c"], "the order is {order:?}");
    Ok(())
}

async fn descending(trial: &Trial) -> Verdict {
    let order = sorted(
        trial,
        nicknames(),
        &[("sortBy", "nickName"), ("sortOrder", "descending")],
    )
    .await?;
    ensure!(order == ["c", "b", "a"], "the order is {order:?}");
    Ok(())
}

async fn folds(trial: &Trial) -> Verdict {
    let users = [("b", "bertha"), ("c", "Carla"), ("a", "Anna")]
        .map(|(label, name)| json!({ "displayName": label, "nickName": name }));
    let order = sorted(trial, users, &[("sortBy", "nickName")]).await?;
    ensure!(order == ["a", "b", "c"], "the order is {order:?}");
    Ok(())
}

async fn sub_attribute(trial: &Trial) -> Verdict {
    let users = [("b", "Bertha"), ("c", "Carla"), ("a", "Anna")].map(
        |(label, name)| json!({ "displayName": label, "name": { "familyName": name, "givenName": "Kit" } }),
    );
    let order = sorted(trial, users, &[("sortBy", "name.familyName")]).await?;
    ensure!(order == ["a", "b", "c"], "the order is {order:?}");
    Ok(())
}

async fn primary(trial: &Trial) -> Verdict {
    let users = [
        ("b", "z@x.example", "b@x.example"),
        ("c", "a@x.example", "c@x.example"),
        ("a", "m@x.example", "a@x.example"),
    ]
    .map(|(label, other, primary)| {
        json!({ "displayName": label, "emails": [
                { "type": "home", "value": other },
                { "type": "work", "value": primary, "primary": true }
            ] })
    });
    let order = sorted(trial, users, &[("sortBy", "emails.value")]).await?;
    ensure!(order == ["a", "b", "c"], "the order is {order:?}");
    Ok(())
}

async fn without_value(trial: &Trial) -> Verdict {
    let users = || {
        [
            json!({ "displayName": "none" }),
            json!({ "displayName": "b", "nickName": "B" }),
            json!({ "displayName": "a", "nickName": "A" }),
        ]
    };
    let order = sorted(trial, users(), &[("sortBy", "nickName")]).await?;
    ensure!(order == ["a", "b", "none"], "ascending, the order is {order:?}");
    let order = sorted(
        trial,
        users(),
        &[("sortBy", "nickName"), ("sortOrder", "descending")],
    )
    .await?;
    ensure!(order == ["none", "b", "a"], "descending, the order is {order:?}");
    Ok(())
}

async fn time(trial: &Trial) -> Verdict {
    let title = trial.unique("sorted");
    let mut made = Vec::new();
    for _ in 0..2 {
        made.insert(0, trial.user_with(json!({ "title": title })).await?.id);
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    }
    let filter = format!("title eq \"{title}\"");
    let parameters = [
        ("filter", filter.as_str()),
        ("sortBy", "meta.created"),
        ("sortOrder", "descending"),
    ];
    let found = trial.list("/Users", &parameters).await?.expect(&[200])?.ids()?;
    ensure!(
        found == made,
        "descending by meta.created gives {found:?} where {made:?} were made, the last first"
    );
    Ok(())
}
