//! Which attributes are returned (RFC 7644 sections 3.4.2.5 and 3.9).

use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::http::Request;
use crate::trial::Trial;

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.9/attributes",
        "With attributes=… only those attributes are returned, and those that are always returned.",
        "Project the resource to the attributes named, with id and schemas.",
        attempt!(attributes),
    ),
    Check::must(
        "rfc7644/3.9/attributes-in-list",
        "attributes=… holds for the resources of a list, too.",
        "Project the resources of a list as those that are read alone.",
        attempt!(in_list),
    )
    .when(&[Feature::Filter]),
    Check::must(
        "rfc7644/3.9/sub-attribute",
        "attributes=name.familyName returns that sub-attribute alone.",
        "Project to sub-attributes as well.",
        attempt!(sub_attribute),
    ),
    Check::must(
        "rfc7644/3.9/excluded-attributes",
        "With excludedAttributes=… those attributes are not returned.",
        "Leave out what is excluded, unless it is always returned.",
        attempt!(excluded),
    ),
    Check::must(
        "rfc7644/3.9/excluded-id-stays",
        "What is always returned cannot be excluded: id stays.",
        "Return `id` whatever is excluded.",
        attempt!(id_stays),
    ),
    Check::must(
        "rfc7644/3.9/excluded-members",
        "excludedAttributes=members returns a group without its members: Entra ID reads groups so.",
        "Leave the members out, and do not load them.",
        attempt!(members),
    )
    .when(&[Feature::Groups]),
    Check::must(
        "rfc7644/3.9/attributes-of-group",
        "attributes=displayName returns a group without its members.",
        "Project groups as users.",
        attempt!(of_group),
    )
    .when(&[Feature::Groups]),
    Check::must(
        "rfc7644/3.9/excluded-members-in-list",
        "excludedAttributes=members holds for a list of groups, too.",
        "Project the resources of a list as those that are read alone.",
        attempt!(members_in_list),
    )
    .when(&[Feature::Groups, Feature::Filter]),
    Check::must(
        "rfc7644/3.9/attributes-any-case",
        "Names in attributes=… are understood in any case.",
        "Compare names of attributes without regard to case.",
        attempt!(any_case),
    ),
    Check::should(
        "rfc7644/3.9/attributes-of-post",
        "attributes=… holds for the answer to a creation.",
        "Project the answers to POST and PUT as those to GET.",
        attempt!(of_post),
    ),
];

async fn attributes(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let answer = trial
        .list(&user.path, &[("attributes", "displayName")])
        .await?
        .expect(&[200])?
        .json;
    ensure!(
        answer["displayName"] == user.sent["displayName"],
        "displayName is {}",
        answer["displayName"]
    );
    ensure!(answer["id"] == user.id.as_str(), "id is {}", answer["id"]);
    for other in ["emails", "name", "externalId"] {
        ensure!(answer.get(other).is_none(), "{other} was not asked for: {answer}");
    }
    Ok(())
}

async fn in_list(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let filter = format!("userName eq \"{}\"", user.name());
    let answer = trial
        .list("/Users", &[("filter", &filter), ("attributes", "displayName")])
        .await?
        .expect(&[200])?;
    ensure!(
        answer.ids()? == [user.id.clone()],
        "the filter finds {:?}",
        answer.ids()?
    );
    for found in answer.resources()? {
        ensure!(
            found.get("emails").is_none(),
            "emails were not asked for: {found}"
        );
    }
    Ok(())
}

async fn sub_attribute(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let answer = trial
        .list(&user.path, &[("attributes", "name.familyName")])
        .await?
        .expect(&[200])?
        .json;
    ensure!(
        answer["name"]["familyName"] == "Conformance",
        "name is {}",
        answer["name"]
    );
    ensure!(
        answer["name"].get("givenName").is_none(),
        "givenName was not asked for: {}",
        answer["name"]
    );
    Ok(())
}

async fn excluded(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let answer = trial
        .list(&user.path, &[("excludedAttributes", "emails,name")])
        .await?
        .expect(&[200])?
        .json;
    ensure!(
        answer.get("emails").is_none() && answer.get("name").is_none(),
        "emails and name were excluded: {answer}"
    );
    ensure!(
        answer["displayName"] == user.sent["displayName"],
        "displayName is {}",
        answer["displayName"]
    );
    Ok(())
}

async fn id_stays(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let answer = trial
        .list(&user.path, &[("excludedAttributes", "id")])
        .await?
        .expect(&[200])?
        .json;
    ensure!(answer["id"] == user.id.as_str(), "id is {}", answer["id"]);
    Ok(())
}

async fn members(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[&user]).await?;
    let answer = trial
        .list(&group.path, &[("excludedAttributes", "members")])
        .await?
        .expect(&[200])?
        .json;
    ensure!(answer.get("members").is_none(), "members were excluded: {answer}");
    Ok(())
}

async fn of_group(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[&user]).await?;
    let answer = trial
        .list(&group.path, &[("attributes", "displayName")])
        .await?
        .expect(&[200])?
        .json;
    ensure!(
        answer["displayName"] == group.name(),
        "displayName is {}",
        answer["displayName"]
    );
    ensure!(
        answer.get("members").is_none(),
        "members were not asked for: {answer}"
    );
    Ok(())
}

async fn members_in_list(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[&user]).await?;
    let filter = format!("displayName eq \"{}\"", group.name());
    let answer = trial
        .list(
            "/Groups",
            &[("excludedAttributes", "members"), ("filter", &filter)],
        )
        .await?;
    let answer = answer.expect(&[200])?;
    ensure!(
        answer.ids()? == [group.id.clone()],
        "the filter finds {:?}",
        answer.ids()?
    );
    for found in answer.resources()? {
        ensure!(found.get("members").is_none(), "members were excluded: {found}");
    }
    Ok(())
}

async fn any_case(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let answer = trial
        .list(&user.path, &[("attributes", "DISPLAYNAME")])
        .await?
        .expect(&[200])?
        .json;
    ensure!(
        answer["displayName"] == user.sent["displayName"],
        "displayName is {}",
        answer["displayName"]
    );
    Ok(())
}

async fn of_post(trial: &Trial) -> Verdict {
    let request = Request::post("/Users?attributes=displayName", &trial.user_document());
    let answer = trial.send(request).await?.expect(&[201])?;
    if let Ok(id) = answer.id() {
        trial.remove_later(format!("/Users/{}", crate::trial::encode(&id)));
    }
    ensure!(
        answer.json.get("emails").is_none(),
        "emails were not asked for: {}",
        answer.text
    );
    Ok(())
}
