//! Queries by POST (RFC 7644 section 3.4.3).

use serde_json::{Value, json};

use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::trial::Trial;

const SEARCH: &[Feature] = &[Feature::Search, Feature::Filter];

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.4.3/finds",
        "A search below an endpoint finds what the same filter in a query finds.",
        "Answer POST …/.search by the code that answers GET.",
        attempt!(finds),
    )
    .when(SEARCH),
    Check::must(
        "rfc7644/3.4.3/pages",
        "startIndex and count of a search cut the page.",
        "Read startIndex and count from the body.",
        attempt!(pages),
    )
    .when(SEARCH),
    Check::must(
        "rfc7644/3.4.3/attributes",
        "attributes and excludedAttributes of a search are arrays and say what is returned.",
        "Read attributes and excludedAttributes from the body.",
        attempt!(attributes),
    )
    .when(SEARCH),
    Check::must(
        "rfc7644/3.4.3/excluded-attributes",
        "`excludedAttributes` of a search leaves those attributes out.",
        "Project the answer to a search as that to a GET.",
        attempt!(excluded),
    )
    .when(SEARCH),
    Check::must(
        "rfc7644/3.4.3/sorts",
        "`sortBy` and `sortOrder` of a search order its answer.",
        "Sort the answer to a search as that to a GET.",
        attempt!(sorts),
    )
    .when(&[Feature::Search, Feature::Filter, Feature::Sort]),
    Check::must(
        "rfc7644/3.4.3/broken-filter",
        "A search with a filter that cannot be parsed is refused with 400 and `invalidFilter`.",
        "Parse the filter of a body as strictly as that of a query.",
        attempt!(broken),
    )
    .when(SEARCH),
    Check::must(
        "rfc7644/3.4.3/root",
        "A search at the root finds resources of every type.",
        "Search all endpoints for POST /.search.",
        attempt!(root),
    )
    .when(&[Feature::RootSearch, Feature::Filter, Feature::Groups]),
    Check::must(
        "rfc7644/3.4.3/answers-a-list",
        "A search is answered with 200 and a ListResponse, not with 201.",
        "Do not route …/.search to the creation of resources.",
        attempt!(answers_list),
    )
    .when(SEARCH),
];

fn search(more: Value) -> Value {
    let mut document = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"] });
    if let (Some(into), Value::Object(from)) = (document.as_object_mut(), more) {
        into.extend(from);
    }
    document
}

async fn finds(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let filter = format!("userName eq \"{}\"", user.name());
    let found = trial
        .post("/Users/.search", &search(json!({ "filter": filter })))
        .await?
        .expect(&[200])?;
    ensure!(
        found.ids()? == [user.id.clone()],
        "the search finds {:?}",
        found.ids()?
    );
    ensure!(found.total()? == 1, "totalResults is {}", found.total()?);
    Ok(())
}

async fn pages(trial: &Trial) -> Verdict {
    let title = trial.unique("searched");
    for _ in 0..3 {
        trial.user_with(json!({ "title": title })).await?;
    }
    let body = search(json!({ "filter": format!("title eq \"{title}\""), "startIndex": 2, "count": 1 }));
    let found = trial.post("/Users/.search", &body).await?.expect(&[200])?;
    ensure!(
        found.ids()?.len() == 1,
        "{} resources on a page of one",
        found.ids()?.len()
    );
    ensure!(
        found.total()? == 3,
        "totalResults is {}, three match",
        found.total()?
    );
    Ok(())
}

async fn attributes(trial: &Trial) -> Verdict {
    without_emails(
        trial,
        json!({ "attributes": ["displayName"] }),
        "emails were not asked for",
    )
    .await
}

async fn excluded(trial: &Trial) -> Verdict {
    without_emails(
        trial,
        json!({ "excludedAttributes": ["emails"] }),
        "emails were excluded",
    )
    .await
}

/// A search that asks for a user, but not for the e-mails.
async fn without_emails(trial: &Trial, mut asked: Value, why: &str) -> Verdict {
    let user = trial.user().await?;
    asked["filter"] = json!(format!("userName eq \"{}\"", user.name()));
    let found = trial
        .post("/Users/.search", &search(asked))
        .await?
        .expect(&[200])?;
    let found = found.resources()?.first().cloned().unwrap_or_default();
    ensure!(
        found["displayName"] == user.sent["displayName"],
        "displayName is {}",
        found["displayName"]
    );
    ensure!(found.get("emails").is_none(), "{why}: {found}");
    Ok(())
}

async fn sorts(trial: &Trial) -> Verdict {
    let title = trial.unique("searched");
    for nickname in ["b", "c", "a"] {
        trial
            .user_with(json!({ "title": title, "nickName": nickname }))
            .await?;
    }
    let body = search(json!({
        "filter": format!("title eq \"{title}\""),
        "sortBy": "nickName",
        "sortOrder": "descending"
    }));
    let found = trial.post("/Users/.search", &body).await?.expect(&[200])?;
    let order: Vec<&str> = found
        .resources()?
        .iter()
        .filter_map(|user| user["nickName"].as_str())
        .collect();
    ensure!(
        order == ["c", "b", "a"],
        "the order is {order:?} where [\"c\", \"b\", \"a\"] is descending"
    );
    Ok(())
}

async fn broken(trial: &Trial) -> Verdict {
    let body = search(json!({ "filter": "userName eq" }));
    trial
        .post("/Users/.search", &body)
        .await?
        .expect_error(&[400], Some("invalidFilter"))?;
    Ok(())
}

async fn root(trial: &Trial) -> Verdict {
    let word = trial.unique("everywhere");
    let user = trial.user_with(json!({ "displayName": word })).await?;
    let document = json!({ "schemas": [crate::trial::GROUP], "displayName": word });
    let group = trial.make("/Groups", document).await?;
    let body = search(json!({ "filter": format!("displayName eq \"{word}\"") }));
    let found = trial.post("/.search", &body).await?.expect(&[200])?.ids()?;
    ensure!(
        found.len() == 2 && found.contains(&user.id) && found.contains(&group.id),
        "the search finds {found:?} where a user and a group have the name"
    );
    Ok(())
}

async fn answers_list(trial: &Trial) -> Verdict {
    let answer = trial
        .post("/Users/.search", &search(json!({ "count": 1 })))
        .await?
        .expect(&[200])?;
    answer.resources()?;
    Ok(())
}
