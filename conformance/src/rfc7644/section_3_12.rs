//! Errors (RFC 7644 section 3.12).

use ::http::Method;
use serde_json::{Value, json};

use crate::check::{Check, Finding, Verdict, attempt, ensure};
use crate::http::{Answer, Request};
use crate::trial::Trial;

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.12/status-is-text",
        "`status` of an Error document is the HTTP status as JSON text.",
        "Write \"404\", not 404.",
        attempt!(status),
    ),
    Check::must(
        "rfc7644/3.12/schema",
        "An Error document names the Error message in `schemas`.",
        "Put urn:ietf:params:scim:api:messages:2.0:Error in `schemas`.",
        attempt!(schema),
    ),
    Check::should(
        "rfc7644/3.12/detail",
        "An Error document says in `detail` what is wrong; administrators read it in the console of their provider.",
        "Say in `detail` what was refused and why.",
        attempt!(detail),
    ),
    Check::should(
        "rfc7644/3.12/unknown-endpoint",
        "A path that does not exist is answered with 404 and an Error document.",
        "Answer unknown paths by SCIM, not with the page of a framework.",
        attempt!(unknown_endpoint),
    ),
    Check::should(
        "rfc7644/3.12/unsupported-method",
        "A method that an endpoint does not have is answered with 405, 501 or 404 and an Error document.",
        "Answer unsupported methods by SCIM, not with the page of a framework.",
        attempt!(method),
    ),
    Check::must(
        "rfc7644/3.12/no-server-error",
        "Input that makes no sense is the client's fault: it is refused with 4xx, never with 5xx.",
        "Check what a client sends before it reaches the database.",
        attempt!(no_server_error),
    ),
    Check::must(
        "rfc7644/3.12/unknown-member-is-no-server-error",
        "A member who does not exist makes no server error.",
        "Refuse unknown members with 400, or leave them out.",
        attempt!(unknown_member),
    )
    .when(&[crate::feature::Feature::Groups]),
];

async fn not_found(trial: &Trial) -> Result<Answer, Finding> {
    trial
        .get(format!("/Users/{}", trial.unique("nobody")))
        .await?
        .expect(&[404])
}

async fn status(trial: &Trial) -> Verdict {
    let answer = not_found(trial).await?;
    ensure!(
        answer.json["status"] == "404",
        "status is {}",
        answer.json["status"]
    );
    let answer = trial.post("/Users", &json!({})).await?.expect(&[400])?;
    ensure!(
        answer.json["status"] == "400",
        "status is {}",
        answer.json["status"]
    );
    Ok(())
}

async fn schema(trial: &Trial) -> Verdict {
    not_found(trial).await?.expect_error(&[404], None)?;
    trial
        .post("/Users", &json!({}))
        .await?
        .expect_error(&[400], None)?;
    Ok(())
}

async fn detail(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    for answer in [not_found(trial).await?, trial.post("/Users", &user.sent).await?] {
        let detail = answer.json["detail"].as_str().unwrap_or_default();
        ensure!(
            !detail.is_empty(),
            "the {} to {} has no detail",
            answer.status,
            answer.asked
        );
    }
    Ok(())
}

async fn unknown_endpoint(trial: &Trial) -> Verdict {
    trial.get("/Robots").await?.expect_error(&[404], None)?;
    Ok(())
}

async fn method(trial: &Trial) -> Verdict {
    for request in [
        Request::new(Method::PUT, "/Users"),
        Request::post("/ServiceProviderConfig", &json!({})),
    ] {
        trial
            .send(request)
            .await?
            .expect_error(&[405, 501, 404, 400], None)?;
    }
    Ok(())
}

async fn no_server_error(trial: &Trial) -> Verdict {
    let mut document = trial.user_document();
    if let Some(members) = document.as_object_mut() {
        members.insert("emails".to_owned(), json!("no array"));
        members.insert("active".to_owned(), json!({}));
    }
    let user = trial.user().await?;
    let patch = json!({ "schemas": [], "Operations": "none" });
    for request in [
        Request::post("/Users", &document),
        Request::post("/Users", &Value::Null),
        Request::patch(&user.path, &patch),
        Request::get("/Users?startIndex=x&count=y"),
        Request::get("/Users?sortBy=%00&filter=%00"),
    ] {
        let answer = trial.send(request).await?;
        ensure!(
            answer.status < 500 || answer.status == 501,
            "{} was answered with {}",
            answer.asked,
            answer.status
        );
    }
    Ok(())
}

async fn unknown_member(trial: &Trial) -> Verdict {
    let group = trial.group(&[]).await?;
    let nobody = json!([{ "value": trial.unique("nobody") }]);
    let answer = trial
        .patch(
            &group.path,
            json!([{ "op": "add", "path": "members", "value": nobody }]),
        )
        .await?;
    ensure!(
        answer.status < 500 || answer.status == 501,
        "the answer is {}",
        answer.status
    );
    trial.read(&group).await?;
    Ok(())
}
