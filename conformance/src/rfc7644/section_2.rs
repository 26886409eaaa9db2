//! Authentication (RFC 7644 section 2).

use crate::check::{Check, Finding, Verdict, attempt, ensure};
use crate::http::{Answer, Request};
use crate::trial::Trial;

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/2/without-credentials",
        "A request without credentials learns nothing about users.",
        "Answer 401 before anything is looked up.",
        attempt!(without),
    ),
    Check::must(
        "rfc7644/2/wrong-credentials",
        "A request with credentials that are not known is answered with 401.",
        "Answer 401 to an unknown user, password or token.",
        attempt!(wrong),
    ),
    Check::must(
        "rfc7644/2/challenge",
        "A 401 says in WWW-Authenticate how to sign in.",
        "Send WWW-Authenticate with each scheme that is accepted.",
        attempt!(challenge),
    ),
    Check::should(
        "rfc7644/2/error-document",
        "A 401 carries an Error document, which administrators see in the console of their provider.",
        "Answer errors of authentication as Error documents with `status` and `detail`.",
        attempt!(document),
    ),
];

async fn refused(trial: &Trial) -> Result<Answer, Finding> {
    if !trial.subject.signs_in() {
        return Err(Finding::NotJudged("no credentials were given".to_owned()));
    }
    let answer = trial.send(Request::get("/Users").without_credentials()).await?;
    answer.unless_throttled()
}

async fn without(trial: &Trial) -> Verdict {
    let answer = refused(trial).await?.expect(&[401, 403])?;
    ensure!(answer.json["Resources"].is_null(), "the refusal lists users");
    Ok(())
}

async fn wrong(trial: &Trial) -> Verdict {
    refused(trial).await?;
    for value in ["non-token", "Bearer of-nobody", "Basic bm9ib2R5Om5vdGhpbmc="] {
        let request = Request::get("/Users").header("authorization", value);
        trial.send(request).await?.unless_throttled()?.expect(&[401])?;
    }
    Ok(())
}

async fn challenge(trial: &Trial) -> Verdict {
    let answer = refused(trial).await?.expect(&[401])?;
    ensure!(
        answer.header("www-authenticate").is_some(),
        "there is no WWW-Authenticate"
    );
    Ok(())
}

async fn document(trial: &Trial) -> Verdict {
    let answer = refused(trial).await?.expect_error(&[401], None)?;
    ensure!(
        answer.json["status"] == "401",
        "status is {}",
        answer.json["status"]
    );
    ensure!(
        answer.json["detail"]
            .as_str()
            .is_some_and(|text| !text.is_empty()),
        "there is no detail"
    );
    Ok(())
}
