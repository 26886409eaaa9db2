//! Filters: look-ups of identity providers, odd characters, refusals (RFC 7644 section 3.4.2.2).

use serde_json::json;

use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::trial::{Trial, encode};

const FILTER: &[Feature] = &[Feature::Filter];

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.4.2.2/user-name-in-any-case",
        "userName is compared without regard to case.",
        "Compare userName by a folded key; it is not caseExact.",
        attempt!(user_name_case),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.2/external-id-exact",
        "externalId is caseExact: a filter in another case does not find it.",
        "Compare externalId as it was sent.",
        attempt!(external_id),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.2/by-id",
        "A resource is found by its id.",
        "Support `id eq` in filters.",
        attempt!(by_id),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.2/percent-is-no-wildcard",
        "Percent and underscore in a filter stand for themselves.",
        "Escape them when a filter becomes LIKE, and do not turn eq into LIKE.",
        attempt!(wildcard),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.2/odd-characters",
        "Quotes, backslashes, plus signs, spaces and letters of all scripts are found as they were stored.",
        "Decode the query once, and unescape the string as JSON does.",
        attempt!(odd_characters),
    )
    .when(FILTER),
    Check::should(
        "rfc7644/3.4.2.2/plus-is-space",
        "A space in a query may arrive as a plus sign: Entra ID writes it so.",
        "Decode the query as form data: a plus is a space, %2B a plus.",
        attempt!(plus),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.2/refuses-broken-filters",
        "A filter that cannot be parsed is refused with 400 and `invalidFilter`.",
        "Answer 400; a list of everyone makes a provider link the wrong account.",
        attempt!(broken),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.2/unknown-attribute",
        "A filter on an attribute that does not exist finds nothing or is refused: it never finds everyone.",
        "Refuse it with 400 and `invalidFilter`, or let it match nothing.",
        attempt!(unknown_attribute),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.2/deep-nesting",
        "A filter that is nested very deeply is answered, if only with a refusal.",
        "Bound the depth of filters before they are parsed by recursion.",
        attempt!(deep),
    )
    .when(FILTER),
    Check::should(
        "rfc7644/3.4.2.2/value-path-then-attribute",
        "A filter such as emails[type eq \"work\"].value eq \"…\", with which Entra ID matches users, is understood.",
        "Accept a sub-attribute and a comparison behind a value path.",
        attempt!(value_path_value),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.2/time-in-another-zone",
        "Times are compared as times: the same moment may be written with another offset.",
        "Parse both sides before they are compared.",
        attempt!(zone),
    )
    .when(FILTER),
];

async fn user_name_case(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let found = trial
        .find(
            "/Users",
            &format!("userName eq \"{}\"", user.name().to_uppercase()),
        )
        .await?;
    ensure!(
        found.ids()? == [user.id.clone()],
        "the name in capitals finds {:?}",
        found.ids()?
    );
    Ok(())
}

async fn external_id(trial: &Trial) -> Verdict {
    let id = trial.unique("External-Id");
    let user = trial.user_with(json!({ "externalId": id })).await?;
    let found = trial.find("/Users", &format!("externalId eq \"{id}\"")).await?;
    ensure!(
        found.ids()? == [user.id.clone()],
        "the externalId finds {:?}",
        found.ids()?
    );
    let found = trial
        .find("/Users", &format!("externalId eq \"{}\"", id.to_uppercase()))
        .await?;
    ensure!(
        found.total()? == 0,
        "the externalId in capitals finds {:?}",
        found.ids()?
    );
    Ok(())
}

async fn by_id(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let found = trial.find("/Users", &format!("id eq \"{}\"", user.id)).await?;
    ensure!(
        found.ids()? == [user.id.clone()],
        "the id finds {:?}",
        found.ids()?
    );
    Ok(())
}

async fn wildcard(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    for filter in [
        "userName eq \"%\"",
        "userName eq \"_____________________\"",
        "userName sw \"%@\"",
        "userName co \"%%\"",
    ] {
        let found = trial.find("/Users", filter).await?;
        ensure!(
            !found.ids()?.contains(&user.id),
            "`{filter}` finds users that it does not name"
        );
        ensure!(found.total()? == 0, "`{filter}` finds {} users", found.total()?);
    }
    Ok(())
}

async fn odd_characters(trial: &Trial) -> Verdict {
    let word = trial.unique("odd");
    for text in [
        "O'Brien",
        "say \"hi\"",
        "back\\slash",
        "a+b & c=d",
        "50% #1",
        "Žofie Ünsal",
        "李小龙",
    ] {
        let name = format!("{text} {word}");
        let user = trial.user_with(json!({ "displayName": name })).await?;
        let found = trial
            .find("/Users", &format!("displayName eq {}", json!(name)))
            .await?;
        ensure!(
            found.ids()? == [user.id.clone()],
            "`{name}` finds {:?}",
            found.ids()?
        );
    }
    Ok(())
}

async fn plus(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let target = format!("/Users?filter=userName+eq+%22{}%22", encode(user.name()));
    let found = trial.get(target).await?.expect(&[200])?;
    ensure!(
        found.ids()? == [user.id.clone()],
        "the filter with plus signs finds {:?}",
        found.ids()?
    );
    Ok(())
}

async fn broken(trial: &Trial) -> Verdict {
    for filter in [
        "userName eq",
        "userName xx \"a\"",
        "(userName eq \"a\"",
        "userName eq \"a",
        "and",
        "emails[type eq",
    ] {
        let answer = trial.list("/Users", &[("filter", filter)]).await?;
        answer.expect_error(&[400], Some("invalidFilter"))?;
    }
    Ok(())
}

async fn unknown_attribute(trial: &Trial) -> Verdict {
    trial.user().await?;
    let answer = trial
        .list("/Users", &[("filter", "shoeSizeOfTheKit eq \"12\"")])
        .await?;
    if answer.status == 200 {
        ensure!(
            answer.total()? == 0,
            "an unknown attribute finds {} users",
            answer.total()?
        );
    } else {
        answer.expect_error(&[400], Some("invalidFilter"))?;
    }
    Ok(())
}

async fn deep(trial: &Trial) -> Verdict {
    let depth = 400;
    let filter = format!("{}userName eq \"a\"{}", "not (".repeat(depth), ")".repeat(depth));
    let answer = trial.list("/Users", &[("filter", &filter)]).await?;
    ensure!(
        answer.status < 500,
        "the deep filter is answered with {}",
        answer.status
    );
    trial.get("/Users?count=1").await?.expect(&[200])?;
    Ok(())
}

async fn value_path_value(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let email = user.sent["emails"][0]["value"].as_str().unwrap_or_default();
    let found = trial
        .find(
            "/Users",
            &format!("emails[type eq \"work\"].value eq \"{email}\""),
        )
        .await?;
    ensure!(
        found.ids()? == [user.id.clone()],
        "the e-mail finds {:?}",
        found.ids()?
    );
    Ok(())
}

async fn zone(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let created = user.answer.json["meta"]["created"].as_str().unwrap_or_default();
    let Ok(created) = created.parse::<jiff::Timestamp>() else {
        return Err(crate::check::violation(format!("meta.created is `{created}`")));
    };
    let offset = jiff::tz::Offset::constant(5);
    let (before, after) = (
        created - jiff::SignedDuration::from_secs(5),
        created + jiff::SignedDuration::from_secs(5),
    );
    let (before, after) = (
        before.display_with_offset(offset),
        after.display_with_offset(offset),
    );
    let name = user.name();
    let filter =
        format!("userName eq \"{name}\" and meta.created gt \"{before}\" and meta.created lt \"{after}\"");
    let found = trial.find("/Users", &filter).await?;
    ensure!(
        found.ids()? == [user.id.clone()],
        "`{filter}` finds {:?}",
        found.ids()?
    );
    Ok(())
}
