//! Queries with a cursor (RFC 9865 section 2).

use std::collections::BTreeSet;

use serde_json::json;

use crate::check::{Check, Finding, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::http::Answer;
use crate::trial::Trial;

const CURSOR: &[Feature] = &[Feature::CursorPaging, Feature::Filter];

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc9865/2/first-page",
        "An empty cursor asks for the first page, which names the next one when there are more resources.",
        "Answer `cursor` without a value with the first page and nextCursor.",
        attempt!(first_page),
    )
    .when(CURSOR),
    Check::must(
        "rfc9865/2/pages-make-the-whole",
        "Following nextCursor visits each resource once, and the last page has no nextCursor.",
        "Leave nextCursor out of the last page; take up each page where the last one ended.",
        attempt!(whole),
    )
    .when(CURSOR),
    Check::must(
        "rfc9865/2/cursor-in-url",
        "A cursor is text of characters that need no encoding in a URL.",
        "Write cursors in the unreserved characters of RFC 3986.",
        attempt!(unreserved),
    )
    .when(CURSOR),
    Check::must(
        "rfc9865/2/count",
        "A page has no more resources than count asks for.",
        "Cut the page at count.",
        attempt!(count),
    )
    .when(CURSOR),
    Check::must(
        "rfc9865/2/stable-under-insertion",
        "A resource that comes while pages are read makes no other one appear twice or not at all.",
        "Keep the place of the cursor by value, such as the last id, not by number.",
        attempt!(insertion),
    )
    .when(CURSOR),
    Check::must(
        "rfc9865/2.1/invalid-cursor",
        "A cursor that the server did not give is refused with 400 and `invalidCursor`.",
        "Check cursors; do not start from the beginning.",
        attempt!(invalid),
    )
    .when(CURSOR),
    Check::must(
        "rfc9865/3/search",
        "A search by POST pages by cursor as a query does.",
        "Read `cursor` and `count` from the body of a search.",
        attempt!(search),
    )
    .when(&[Feature::CursorPaging, Feature::Filter, Feature::Search]),
];

/// Three users who share a title, and the filter that finds them.
async fn three(trial: &Trial) -> Result<(String, BTreeSet<String>), Finding> {
    let title = trial.unique("cursor");
    let mut ids = BTreeSet::new();
    for _ in 0..3 {
        ids.insert(trial.user_with(json!({ "title": title })).await?.id);
    }
    Ok((format!("title eq \"{title}\""), ids))
}

async fn page(trial: &Trial, filter: &str, cursor: &str, count: &str) -> Result<Answer, Finding> {
    let target = trial.query(
        "/Users",
        &[("filter", filter), ("count", count), ("cursor", cursor)],
    );
    let answer = trial.get(target).await?.expect(&[200])?;
    answer.resources()?;
    Ok(answer)
}

fn next(answer: &Answer) -> Option<&str> {
    answer.json["nextCursor"]
        .as_str()
        .filter(|cursor| !cursor.is_empty())
}

async fn first_page(trial: &Trial) -> Verdict {
    let (filter, _) = three(trial).await?;
    let answer = page(trial, &filter, "", "2").await?;
    ensure!(
        next(&answer).is_some(),
        "nextCursor is {} with two of three resources",
        answer.json["nextCursor"]
    );
    Ok(())
}

/// Follows the pages and gives all ids.
async fn follow(trial: &Trial, filter: &str, between: bool) -> Result<Vec<String>, Finding> {
    let mut seen = Vec::new();
    let mut cursor = String::new();
    for step in 0..8 {
        let answer = page(trial, filter, &cursor, "1").await?;
        seen.extend(answer.ids()?);
        let Some(following) = next(&answer) else {
            return Ok(seen);
        };
        following.clone_into(&mut cursor);
        if between && step == 0 {
            let title = filter.split('"').nth(1).unwrap_or_default();
            trial.user_with(json!({ "title": title })).await?;
        }
    }
    Err(crate::check::violation(
        "after eight pages of one there is still a nextCursor, with four resources at most",
    ))
}

async fn whole(trial: &Trial) -> Verdict {
    let (filter, ids) = three(trial).await?;
    let seen = follow(trial, &filter, false).await?;
    let distinct: BTreeSet<String> = seen.iter().cloned().collect();
    ensure!(
        distinct == ids && seen.len() == 3,
        "the pages hold {seen:?}, the resources are {ids:?}"
    );
    Ok(())
}

async fn unreserved(trial: &Trial) -> Verdict {
    let (filter, _) = three(trial).await?;
    let answer = page(trial, &filter, "", "1").await?;
    let cursor = next(&answer).unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    ensure!(
        !cursor.is_empty() && cursor.chars().all(fits),
        "the cursor is `{cursor}`"
    );
    Ok(())
}

async fn count(trial: &Trial) -> Verdict {
    let (filter, _) = three(trial).await?;
    let found = page(trial, &filter, "", "2").await?.ids()?;
    ensure!(found.len() == 2, "{} resources on a page of two", found.len());
    Ok(())
}

async fn insertion(trial: &Trial) -> Verdict {
    let (filter, ids) = three(trial).await?;
    let seen = follow(trial, &filter, true).await?;
    let distinct: BTreeSet<String> = seen.iter().cloned().collect();
    ensure!(
        distinct.is_superset(&ids) && distinct.len() == seen.len(),
        "the pages hold {seen:?}, there were {ids:?}"
    );
    Ok(())
}

async fn invalid(trial: &Trial) -> Verdict {
    let target = trial.query("/Users", &[("count", "1"), ("cursor", "of-nobody")]);
    trial
        .get(target)
        .await?
        .expect_error(&[400], Some("invalidCursor"))?;
    Ok(())
}

async fn search(trial: &Trial) -> Verdict {
    let (filter, ids) = three(trial).await?;
    let schema = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
    let mut body = json!({ "schemas": [schema], "filter": filter, "cursor": "", "count": 2 });
    let first = trial.post("/Users/.search", &body).await?.expect(&[200])?;
    if let Some(members) = body.as_object_mut() {
        members.insert("cursor".to_owned(), first.json["nextCursor"].clone());
    }
    let second = trial.post("/Users/.search", &body).await?.expect(&[200])?;
    let seen: BTreeSet<String> = first.ids()?.into_iter().chain(second.ids()?).collect();
    ensure!(
        seen == ids,
        "two pages of two hold {seen:?}, the resources are {ids:?}"
    );
    Ok(())
}
