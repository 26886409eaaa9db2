//! Media types (RFC 7644 sections 3.1 and 8.1).

use crate::check::{Check, Finding, Verdict, attempt, ensure};
use crate::http::{Answer, Request};
use crate::trial::Trial;

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.1/media-type-of-resource",
        "A resource is answered as application/scim+json.",
        "Set Content-Type: application/scim+json on every answer with a body.",
        attempt!(of_resource),
    ),
    Check::must(
        "rfc7644/3.1/media-type-of-list",
        "A list is answered as application/scim+json.",
        "Set Content-Type: application/scim+json on every answer with a body.",
        attempt!(of_list),
    ),
    Check::should(
        "rfc7644/3.1/media-type-of-error",
        "An error is answered as application/scim+json.",
        "Set Content-Type: application/scim+json on errors, too.",
        attempt!(of_error),
    ),
    Check::must(
        "rfc7644/3.1/takes-scim-json-with-charset",
        "A body declared as application/scim+json; charset=utf-8 is taken.",
        "Compare the media type without its parameters.",
        attempt!(with_charset),
    ),
    Check::should(
        "rfc7644/3.1/takes-json",
        "A body declared as application/json is taken, for clients that know no other JSON.",
        "Accept application/json beside application/scim+json.",
        attempt!(as_json),
    ),
    Check::should(
        "rfc7644/3.1/accepts-json",
        "A client that accepts application/json alone is answered.",
        "Answer with JSON when Accept names application/json.",
        attempt!(accept_json),
    ),
    Check::should(
        "rfc7644/3.1/refuses-other-media-types",
        "A body of another media type is refused.",
        "Answer 415 to what is not JSON.",
        attempt!(as_xml),
    ),
];

fn is_scim(answer: &Answer) -> Verdict {
    let value = answer.header("content-type").unwrap_or_default();
    let essence = value
        .parse::<mime::Mime>()
        .map(|mime| mime.essence_str().to_owned());
    ensure!(
        essence.is_ok_and(|essence| essence == "application/scim+json"),
        "the Content-Type of the answer to {} is `{value}`",
        answer.asked
    );
    Ok(())
}

async fn of_resource(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    is_scim(&user.answer)?;
    is_scim(&trial.get(&user.path).await?)
}

async fn of_list(trial: &Trial) -> Verdict {
    is_scim(&trial.list("/Users", &[("count", "1")]).await?.expect(&[200])?)
}

async fn of_error(trial: &Trial) -> Verdict {
    let path = format!("/Users/{}", trial.unique("nobody"));
    is_scim(&trial.get(path).await?)
}

async fn create_as(trial: &Trial, content_type: &str) -> Result<Answer, Finding> {
    let request = Request::post("/Users", &trial.user_document()).header("content-type", content_type);
    trial.send(request).await
}

async fn with_charset(trial: &Trial) -> Verdict {
    create_as(trial, "application/scim+json; charset=utf-8")
        .await?
        .expect(&[201])?;
    Ok(())
}

async fn as_json(trial: &Trial) -> Verdict {
    create_as(trial, "application/json").await?.expect(&[201])?;
    Ok(())
}

async fn accept_json(trial: &Trial) -> Verdict {
    let request = Request::get("/Users?count=1").header("accept", "application/json");
    let answer = trial.send(request).await?.expect(&[200])?;
    answer.resources()?;
    Ok(())
}

async fn as_xml(trial: &Trial) -> Verdict {
    create_as(trial, "application/xml").await?.expect(&[415, 400])?;
    Ok(())
}
