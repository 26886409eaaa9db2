//! The shape of lists (RFC 7644 section 3.4.2).

use serde_json::Value;

use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::trial::Trial;

const FILTER: &[Feature] = &[Feature::Filter];

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.4.2/list-response",
        "A query is answered with 200 and a ListResponse message.",
        "Put the ListResponse URN in `schemas`, and the resources in `Resources`.",
        attempt!(message),
    ),
    Check::must(
        "rfc7644/3.4.2/total-is-a-number",
        "totalResults, startIndex and itemsPerPage are JSON integers.",
        "Write counts as numbers, not as text.",
        attempt!(numbers),
    ),
    Check::must(
        "rfc7644/3.4.2/no-match",
        "A query that matches nothing is answered with 200 and totalResults 0.",
        "Answer an empty list; 404 is for resources that are addressed by id.",
        attempt!(no_match),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2/no-match-group",
        "A query for a group that is not there is answered with 200 and totalResults 0.",
        "Answer an empty list; 404 is for resources that are addressed by id.",
        attempt!(no_group),
    )
    .when(&[Feature::Filter, Feature::Groups]),
    Check::must(
        "rfc7644/3.4.2/total-is-of-all",
        "totalResults counts everything that matches, not what is on the page.",
        "Count the matches before the page is cut.",
        attempt!(total),
    ),
    Check::must(
        "rfc7644/3.4.2/whole-resources",
        "Resources in a list are as complete as when they are read alone.",
        "Render resources of a list and alone by the same code.",
        attempt!(whole),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2/created-is-listed",
        "A new resource is in the list of its endpoint at once.",
        "Let a list show what is committed; a cache of it must not be older than a write.",
        attempt!(listed),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2/inactive-is-listed",
        "A user who is not active is listed and found: providers look for such users to activate them again.",
        "Do not hide users for whom `active` is false.",
        attempt!(inactive),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2/one-type",
        "The list of an endpoint holds resources of its type alone.",
        "Keep users out of the list of groups, and groups out of that of users.",
        attempt!(one_type),
    ),
];

async fn message(trial: &Trial) -> Verdict {
    let answer = trial.list("/Users", &[("count", "1")]).await?.expect(&[200])?;
    let schemas = &answer.json["schemas"];
    let expected = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
    ensure!(
        schemas
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one == expected)),
        "schemas is {schemas}"
    );
    answer.total()?;
    answer.resources()?;
    Ok(())
}

async fn numbers(trial: &Trial) -> Verdict {
    let answer = trial
        .list("/Users", &[("startIndex", "1"), ("count", "1")])
        .await?
        .expect(&[200])?;
    for name in ["totalResults", "startIndex", "itemsPerPage"] {
        let value = &answer.json[name];
        ensure!(
            value.is_u64() || (name != "totalResults" && value.is_null()),
            "{name} is {value}"
        );
    }
    Ok(())
}

async fn no_match(trial: &Trial) -> Verdict {
    let answer = trial
        .find("/Users", &format!("userName eq \"{}\"", trial.unique("nobody")))
        .await?;
    ensure!(
        answer.total()? == 0 && answer.resources()?.is_empty(),
        "{} users were found",
        answer.total()?
    );
    Ok(())
}

async fn no_group(trial: &Trial) -> Verdict {
    let answer = trial
        .find(
            "/Groups",
            &format!("displayName eq \"{}\"", trial.unique("nothing")),
        )
        .await?;
    ensure!(
        answer.total()? == 0 && answer.resources()?.is_empty(),
        "{} groups were found",
        answer.total()?
    );
    Ok(())
}

async fn total(trial: &Trial) -> Verdict {
    trial.user().await?;
    trial.user().await?;
    let answer = trial
        .list("/Users", &[("startIndex", "1"), ("count", "1")])
        .await?
        .expect(&[200])?;
    let (total, page) = (answer.total()?, answer.resources()?.len());
    ensure!(page <= 1, "{page} resources where count was 1");
    ensure!(total >= 2, "totalResults is {total} with at least two users");
    Ok(())
}

async fn whole(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let found = trial
        .find("/Users", &format!("userName eq \"{}\"", user.name()))
        .await?;
    let alone = trial.read(&user).await?;
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

async fn listed(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let found = trial
        .find("/Users", &format!("userName eq \"{}\"", user.name()))
        .await?;
    ensure!(
        found.ids()? == [user.id.clone()],
        "the filter finds {:?}",
        found.ids()?
    );
    ensure!(found.total()? == 1, "totalResults is {}", found.total()?);
    Ok(())
}

async fn inactive(trial: &Trial) -> Verdict {
    let user = trial.user_with(serde_json::json!({ "active": false })).await?;
    let read = trial.read(&user).await?;
    ensure!(read["active"] == false, "active is {}", read["active"]);
    let found = trial
        .find("/Users", &format!("userName eq \"{}\"", user.name()))
        .await?;
    ensure!(
        found.ids()? == [user.id.clone()],
        "the filter finds {:?}",
        found.ids()?
    );
    Ok(())
}

async fn one_type(trial: &Trial) -> Verdict {
    trial.user().await?;
    for (path, kind) in [("/Users?count=50", "User"), ("/Groups?count=50", "Group")] {
        let answer = trial.get(path).await?;
        if answer.status == 404 {
            continue;
        }
        for resource in answer.expect(&[200])?.resources()? {
            let found = &resource["meta"]["resourceType"];
            ensure!(
                found == kind,
                "meta.resourceType of a resource in {path} is {found}"
            );
        }
    }
    Ok(())
}
