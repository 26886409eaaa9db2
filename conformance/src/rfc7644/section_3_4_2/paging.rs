//! Paging by index (RFC 7644 section 3.4.2.4).

use std::collections::BTreeSet;

use serde_json::json;

use crate::check::{Check, Finding, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::http::Answer;
use crate::trial::Trial;

const FILTER: &[Feature] = &[Feature::Filter];

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.4.2.4/count",
        "A page has no more resources than count asks for.",
        "Cut the page at count.",
        attempt!(count),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.4/start-index",
        "startIndex says which resource is the first of the page, counted from 1.",
        "Skip startIndex − 1 resources.",
        attempt!(start_index),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.4/pages-make-the-whole",
        "The pages one after the other hold each resource once.",
        "Order by something unique, such as the id, in the end; without it pages overlap.",
        attempt!(whole),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.4/stable",
        "The same page asked for twice holds the same resources.",
        "Order every list, also those without sortBy.",
        attempt!(stable),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.4/total-on-each-page",
        "totalResults is the same on each page, and the number of all matches.",
        "Count the matches, not the page.",
        attempt!(total),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.4/items-per-page",
        "itemsPerPage is the number of resources on the page, startIndex the index of the first.",
        "Report what the page has, not what was asked for.",
        attempt!(items),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.4/count-zero",
        "count=0 gives totalResults and no resource.",
        "Take 0 for 0, not for no limit.",
        attempt!(zero),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.4/negative-count",
        "A negative count counts as 0.",
        "Take a count below 0 for 0.",
        attempt!(negative),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.4/start-index-below-one",
        "A startIndex below 1 counts as 1.",
        "Take a startIndex below 1 for 1.",
        attempt!(below_one),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.4/beyond-the-end",
        "A page beyond the end is empty, with 200 and the same totalResults.",
        "Answer an empty page; it is no error.",
        attempt!(beyond),
    )
    .when(FILTER),
    Check::must(
        "rfc7644/3.4.2.4/large-count",
        "A count above the server's own limit is answered with at most that limit, not with an error.",
        "Cap count at `filter.maxResults`.",
        attempt!(large),
    ),
];

/// Three users whose names begin alike, and the filter that finds them.
async fn three(trial: &Trial) -> Result<(String, BTreeSet<String>), Finding> {
    let prefix = trial.unique("paged");
    let mut ids = BTreeSet::new();
    for number in 0..3 {
        let name = format!("{prefix}-{number}@example.com");
        ids.insert(trial.user_with(json!({ "userName": name })).await?.id);
    }
    Ok((format!("userName sw \"{prefix}\""), ids))
}

async fn page(trial: &Trial, filter: &str, start: &str, count: &str) -> Result<Answer, Finding> {
    let parameters = [("filter", filter), ("startIndex", start), ("count", count)];
    let answer = trial.list("/Users", &parameters).await?.expect(&[200])?;
    answer.resources()?;
    Ok(answer)
}

async fn count(trial: &Trial) -> Verdict {
    let (filter, _) = three(trial).await?;
    let found = page(trial, &filter, "1", "2").await?.ids()?;
    ensure!(
        found.len() == 2,
        "{} of three resources are on a page of two",
        found.len()
    );
    Ok(())
}

async fn start_index(trial: &Trial) -> Verdict {
    let (filter, _) = three(trial).await?;
    let all = page(trial, &filter, "1", "10").await?.ids()?;
    let second = page(trial, &filter, "2", "10").await?.ids()?;
    ensure!(all.len() == 3, "{} of three resources are listed", all.len());
    ensure!(
        all.ends_with(&second) && second.len() == 2,
        "from the second on there are {second:?} of {all:?}"
    );
    Ok(())
}

async fn whole(trial: &Trial) -> Verdict {
    let (filter, ids) = three(trial).await?;
    let mut seen = Vec::new();
    for start in ["1", "2", "3"] {
        seen.extend(page(trial, &filter, start, "1").await?.ids()?);
    }
    let distinct: BTreeSet<String> = seen.iter().cloned().collect();
    ensure!(
        distinct == ids && seen.len() == 3,
        "pages of one hold {seen:?}, the resources are {ids:?}"
    );
    Ok(())
}

async fn stable(trial: &Trial) -> Verdict {
    let (filter, _) = three(trial).await?;
    let first = page(trial, &filter, "1", "3").await?.ids()?;
    for _ in 0..3 {
        let again = page(trial, &filter, "1", "3").await?.ids()?;
        ensure!(first == again, "the same page was {first:?} and then {again:?}");
    }
    Ok(())
}

async fn total(trial: &Trial) -> Verdict {
    let (filter, _) = three(trial).await?;
    for start in ["1", "2", "3"] {
        let total = page(trial, &filter, start, "1").await?.total()?;
        ensure!(
            total == 3,
            "totalResults is {total} on the page from {start}, three match"
        );
    }
    Ok(())
}

async fn items(trial: &Trial) -> Verdict {
    let (filter, _) = three(trial).await?;
    let answer = page(trial, &filter, "2", "50").await?;
    let (items, start) = (&answer.json["itemsPerPage"], &answer.json["startIndex"]);
    ensure!(
        *items == 2,
        "itemsPerPage is {items} with two resources on the page"
    );
    ensure!(*start == 2, "startIndex is {start} on the page from 2");
    Ok(())
}

async fn zero(trial: &Trial) -> Verdict {
    let (filter, _) = three(trial).await?;
    let answer = page(trial, &filter, "1", "0").await?;
    ensure!(
        answer.resources()?.is_empty(),
        "{} resources with count=0",
        answer.resources()?.len()
    );
    ensure!(
        answer.total()? == 3,
        "totalResults is {} with count=0, three match",
        answer.total()?
    );
    Ok(())
}

async fn negative(trial: &Trial) -> Verdict {
    let (filter, _) = three(trial).await?;
    let answer = page(trial, &filter, "1", "-1").await?;
    ensure!(
        answer.resources()?.is_empty(),
        "{} resources with count=-1",
        answer.resources()?.len()
    );
    Ok(())
}

async fn below_one(trial: &Trial) -> Verdict {
    let (filter, _) = three(trial).await?;
    for start in ["0", "-5"] {
        let found = page(trial, &filter, start, "3").await?.ids()?;
        ensure!(
            found.len() == 3,
            "{} of three resources with startIndex={start}",
            found.len()
        );
    }
    Ok(())
}

async fn beyond(trial: &Trial) -> Verdict {
    let (filter, _) = three(trial).await?;
    let answer = page(trial, &filter, "100", "10").await?;
    ensure!(
        answer.resources()?.is_empty(),
        "{} resources beyond the end",
        answer.resources()?.len()
    );
    ensure!(
        answer.total()? == 3,
        "totalResults is {} beyond the end, three match",
        answer.total()?
    );
    Ok(())
}

async fn large(trial: &Trial) -> Verdict {
    let answer = trial
        .list("/Users", &[("startIndex", "1"), ("count", "100000")])
        .await?
        .expect(&[200])?;
    if let Some(most) = trial.features.number("/filter/maxResults") {
        let found = answer.resources()?.len();
        ensure!(
            most == 0 || found as u64 <= most,
            "{found} resources, filter.maxResults is {most}"
        );
    }
    Ok(())
}
