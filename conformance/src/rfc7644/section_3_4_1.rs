//! Reading one resource (RFC 7644 section 3.4.1).

use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::trial::Trial;

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.4.1/read-user",
        "A user is read at its endpoint and id with 200.",
        "Answer GET of a known id with 200 and the resource.",
        attempt!(user),
    ),
    Check::must(
        "rfc7644/3.4.1/read-group",
        "A group is read at its endpoint and id with 200.",
        "Answer GET of a known id with 200 and the resource.",
        attempt!(group),
    )
    .when(&[Feature::Groups]),
    Check::must(
        "rfc7644/3.4.1/unknown",
        "An id that is not known is answered with 404 and an Error document.",
        "Answer 404 with an Error document whose status is \"404\".",
        attempt!(unknown),
    ),
    Check::must(
        "rfc7644/3.4.1/other-endpoint",
        "A user is not found among the groups.",
        "Look for an id only among resources of the endpoint's type.",
        attempt!(other_endpoint),
    )
    .when(&[Feature::Groups]),
    Check::must(
        "rfc7644/3.4.1/odd-id",
        "An id that no server would give is not found, and makes no server error.",
        "Take an id for opaque text; one that cannot be parsed is just not there.",
        attempt!(odd),
    ),
    Check::may(
        "rfc7644/3.4.1/trailing-slash",
        "A slash at the end of a path makes no difference: some clients send one.",
        "Strip a slash at the end before the path is matched.",
        attempt!(trailing_slash),
    ),
];

async fn user(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let read = trial.read(&user).await?;
    ensure!(read["id"] == user.id.as_str(), "the id is {}", read["id"]);
    ensure!(
        read["userName"] == user.sent["userName"],
        "userName is {}",
        read["userName"]
    );
    Ok(())
}

async fn group(trial: &Trial) -> Verdict {
    let group = trial.group(&[]).await?;
    let read = trial.read(&group).await?;
    ensure!(read["id"] == group.id.as_str(), "the id is {}", read["id"]);
    ensure!(
        read["displayName"] == group.sent["displayName"],
        "displayName is {}",
        read["displayName"]
    );
    Ok(())
}

async fn unknown(trial: &Trial) -> Verdict {
    for endpoint in ["/Users", "/Groups"] {
        let path = format!("{endpoint}/{}", trial.unique("nobody"));
        trial.get(path).await?.expect_error(&[404], None)?;
    }
    Ok(())
}

async fn other_endpoint(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    trial
        .get(user.path.replace("/Users", "/Groups"))
        .await?
        .expect_error(&[404], None)?;
    Ok(())
}

async fn odd(trial: &Trial) -> Verdict {
    for id in ["00919288221112222", "%F0%9F%98%80", "a%20b", "%22%3B--", "-1"] {
        trial
            .get(format!("/Users/{id}"))
            .await?
            .expect_error(&[404, 400], None)?;
    }
    Ok(())
}

async fn trailing_slash(trial: &Trial) -> Verdict {
    let answer = trial.get("/Users/?count=1").await?.expect(&[200])?;
    answer.resources()?;
    Ok(())
}
