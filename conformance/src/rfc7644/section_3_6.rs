//! Deleting resources (RFC 7644 section 3.6).

use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::trial::{Trial, ids_of};

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.6/no-content",
        "A deletion is answered with 204 and no body.",
        "Answer 204 without a body.",
        attempt!(no_content),
    ),
    Check::must(
        "rfc7644/3.6/gone",
        "A resource that was deleted is answered with 404 by every operation.",
        "Look for deleted resources nowhere, also when they are kept for later.",
        attempt!(gone),
    ),
    Check::must(
        "rfc7644/3.6/not-listed",
        "A resource that was deleted is in no list.",
        "Leave deleted resources out of queries and totals.",
        attempt!(not_listed),
    )
    .when(&[Feature::Filter]),
    Check::must(
        "rfc7644/3.6/name-is-free",
        "The userName of a deleted user may be taken again.",
        "Leave deleted users out when uniqueness is checked.",
        attempt!(name_is_free),
    ),
    Check::must(
        "rfc7644/3.6/unknown",
        "Deleting what is not there is answered with 404.",
        "Answer 404, not 204 and not 500.",
        attempt!(unknown),
    ),
    Check::must(
        "rfc7644/3.6/group",
        "A group is deleted, and its members stay.",
        "Delete the memberships of a group with it, not the users.",
        attempt!(group),
    )
    .when(&[Feature::Groups]),
    Check::may(
        "rfc7644/3.6/member-is-gone",
        "A user who was deleted is a member of no group.",
        "Delete the memberships of a user with it.",
        attempt!(member),
    )
    .when(&[Feature::Groups]),
];

async fn no_content(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let answer = trial.delete(&user.path).await?.expect(&[204])?;
    ensure!(answer.text.is_empty(), "the 204 has a body");
    Ok(())
}

async fn gone(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    trial.delete(&user.path).await?.expect(&[204])?;
    trial.get(&user.path).await?.expect_error(&[404], None)?;
    trial.put(&user.path, &user.sent).await?.expect(&[404])?;
    trial.delete(&user.path).await?.expect(&[404])?;
    Ok(())
}

async fn not_listed(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    trial.delete(&user.path).await?.expect(&[204])?;
    let found = trial
        .find("/Users", &format!("userName eq \"{}\"", user.name()))
        .await?;
    ensure!(
        found.ids()?.is_empty() && found.total()? == 0,
        "the filter still finds {:?}",
        found.ids()?
    );
    Ok(())
}

async fn name_is_free(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    trial.delete(&user.path).await?.expect(&[204])?;
    trial.post("/Users", &user.sent).await?.expect(&[201])?;
    Ok(())
}

async fn unknown(trial: &Trial) -> Verdict {
    trial
        .delete(format!("/Users/{}", trial.unique("nobody")))
        .await?
        .expect_error(&[404], None)?;
    Ok(())
}

async fn group(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[&user]).await?;
    trial.delete(&group.path).await?.expect(&[204])?;
    trial.get(&group.path).await?.expect(&[404])?;
    trial.read(&user).await?;
    Ok(())
}

async fn member(trial: &Trial) -> Verdict {
    let (stays, goes) = (trial.user().await?, trial.user().await?);
    let group = trial.group(&[&stays, &goes]).await?;
    trial.delete(&goes.path).await?.expect(&[204])?;
    let members = trial.members(&group).await?;
    ensure!(members == ids_of(&[&stays]), "the members are {members:?}");
    Ok(())
}
