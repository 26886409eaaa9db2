//! The one who asks (RFC 7644 section 3.11).

use crate::check::{Check, Finding, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::trial::Trial;

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.11/me-is-a-resource",
        "/Me answers with the resource of the one who asks, or redirects to it.",
        "Answer with a whole resource whose `meta.location` is its own place, or 308 with Location.",
        attempt!(me),
    )
    .when(&[Feature::Me]),
    Check::must(
        "rfc7644/3.11/no-me",
        "A server without /Me answers 501, or hides it as 404.",
        "Answer 501 with an Error document.",
        attempt!(no_me),
    ),
];

async fn me(trial: &Trial) -> Verdict {
    let answer = trial.get("/Me").await?.expect(&[200, 301, 302, 307, 308])?;
    if answer.status != 200 {
        ensure!(
            answer.header("location").is_some(),
            "the redirect has no Location"
        );
        return Ok(());
    }
    answer.id()?;
    let location = answer.json["meta"]["location"].as_str().unwrap_or_default();
    ensure!(
        !location.is_empty() && !location.ends_with("/Me"),
        "meta.location is `{location}`"
    );
    Ok(())
}

async fn no_me(trial: &Trial) -> Verdict {
    if trial.features.has(Feature::Me) {
        return Err(Finding::NotJudged("the server has /Me".to_owned()));
    }
    trial
        .get("/Me")
        .await?
        .expect_error(&[501, 404, 403, 401, 405], None)?;
    Ok(())
}
