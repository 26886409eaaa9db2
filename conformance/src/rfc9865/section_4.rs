//! What a server says about paging (RFC 9865 section 4).

use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::trial::Trial;

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc9865/4/pagination",
        "`pagination` of ServiceProviderConfig says with true or false which methods there are, and limits as numbers.",
        "Give `cursor` and `index` as booleans, and sizes and timeouts as integers.",
        attempt!(pagination),
    )
    .when(&[Feature::CursorPaging]),
    Check::must(
        "rfc9865/4/default-method",
        "defaultPaginationMethod is `cursor` or `index`.",
        "Name one of the two methods, or leave it out.",
        attempt!(default_method),
    )
    .when(&[Feature::CursorPaging]),
    Check::must(
        "rfc9865/4/max-page-size",
        "A page has at most maxPageSize resources.",
        "Cap count at maxPageSize, or refuse it with `invalidCount`.",
        attempt!(max_page_size),
    )
    .when(&[Feature::CursorPaging]),
];

async fn pagination(trial: &Trial) -> Verdict {
    let config = trial.get("/ServiceProviderConfig").await?.expect(&[200])?.json;
    let pagination = &config["pagination"];
    for name in ["cursor", "index"] {
        ensure!(pagination[name].is_boolean(), "{name} is {}", pagination[name]);
    }
    for name in ["defaultPageSize", "maxPageSize", "cursorTimeout"] {
        let value = &pagination[name];
        ensure!(value.is_null() || value.is_u64(), "{name} is {value}");
    }
    Ok(())
}

async fn default_method(trial: &Trial) -> Verdict {
    let config = trial.get("/ServiceProviderConfig").await?.expect(&[200])?.json;
    let method = &config["pagination"]["defaultPaginationMethod"];
    ensure!(
        method.is_null() || method == "cursor" || method == "index",
        "defaultPaginationMethod is {method}"
    );
    Ok(())
}

async fn max_page_size(trial: &Trial) -> Verdict {
    let answer = trial.get("/Users?count=100000&cursor=").await?;
    if answer.status == 400 {
        answer.expect_error(&[400], Some("invalidCount"))?;
        return Ok(());
    }
    let found = answer.expect(&[200])?.resources()?.len() as u64;
    if let Some(most) = trial.features.number("/pagination/maxPageSize") {
        ensure!(found <= most, "{found} resources, maxPageSize is {most}");
    }
    Ok(())
}
