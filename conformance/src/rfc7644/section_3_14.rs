//! Versions (RFC 7644 section 3.14).

use serde_json::json;

use crate::check::{Check, Finding, Verdict, attempt, ensure, violation};
use crate::feature::Feature;
use crate::http::{Answer, Request};
use crate::trial::Trial;

const ETAG: &[Feature] = &[Feature::Etag];

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.14/etag-header",
        "A resource is answered with an ETag header.",
        "Send ETag with every answer that is one resource.",
        attempt!(header),
    )
    .when(ETAG),
    Check::must(
        "rfc7644/3.14/meta-version",
        "`meta.version` is the value of the ETag header.",
        "Put the ETag, quotes and W/ included, in `meta.version`.",
        attempt!(version),
    )
    .when(ETAG),
    Check::must(
        "rfc7644/3.14/changes",
        "The version changes when the resource changes.",
        "Give each write a new version.",
        attempt!(changes),
    )
    .when(ETAG),
    Check::must(
        "rfc7644/3.14/changes-with-members",
        "The version of a group changes when its members change.",
        "Give each change of memberships a new version, too.",
        attempt!(changes_with_members),
    )
    .when(&[Feature::Etag, Feature::Groups, Feature::Patch]),
    Check::must(
        "rfc7644/3.14/stays",
        "The version stays as long as the resource is not changed.",
        "Do not work the version out of the time of reading.",
        attempt!(stays),
    )
    .when(ETAG),
    Check::must(
        "rfc7644/3.14/if-none-match",
        "A GET whose If-None-Match is the version is answered with 304 and no body.",
        "Compare If-None-Match before the resource is rendered.",
        attempt!(if_none_match),
    )
    .when(ETAG),
    Check::must(
        "rfc7644/3.14/if-none-match-other",
        "A GET whose If-None-Match is an older version is answered with the resource.",
        "Compare the whole version.",
        attempt!(if_none_match_other),
    )
    .when(ETAG),
    Check::must(
        "rfc7644/3.14/stale-put",
        "A PUT whose If-Match is an older version is refused with 412, and nothing changes.",
        "Compare If-Match in the transaction that writes.",
        attempt!(stale_put),
    )
    .when(ETAG),
    Check::must(
        "rfc7644/3.14/stale-patch",
        "A PATCH whose If-Match is an older version is refused with 412, and nothing changes.",
        "Compare If-Match in the transaction that writes.",
        attempt!(stale_patch),
    )
    .when(&[Feature::Etag, Feature::Patch]),
    Check::must(
        "rfc7644/3.14/stale-delete",
        "A DELETE whose If-Match is an older version is refused with 412, and the resource stays.",
        "Compare If-Match in the transaction that writes.",
        attempt!(stale_delete),
    )
    .when(ETAG),
    Check::must(
        "rfc7644/3.14/current-put",
        "A PUT whose If-Match is the version is done.",
        "Compare versions weakly: W/\"1\" equals \"1\".",
        attempt!(current_put),
    )
    .when(ETAG),
    Check::must(
        "rfc7644/3.14/any-version",
        "A PUT whose If-Match is `*` is done as long as the resource is there.",
        "Take `*` for any version: HTTP defines it so.",
        attempt!(any_version),
    )
    .when(ETAG),
    Check::must(
        "rfc7644/3.14/parallel-puts",
        "Of two writes with the same If-Match at the same time, one is done.",
        "Make the comparison and the write one atomic step.",
        attempt!(parallel),
    )
    .when(ETAG),
];

fn etag(answer: &Answer) -> Result<String, Finding> {
    answer
        .header("etag")
        .map(str::to_owned)
        .ok_or_else(|| violation(format!("the answer to {} has no ETag", answer.asked)))
}

async fn header(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    etag(&user.answer)?;
    etag(&trial.get(&user.path).await?)?;
    Ok(())
}

async fn version(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let answer = trial.get(&user.path).await?;
    let (etag, version) = (etag(&answer)?, &answer.json["meta"]["version"]);
    ensure!(*version == etag, "ETag is {etag}, meta.version {version}");
    Ok(())
}

/// A user that was changed: the version before and the one after.
async fn changed(trial: &Trial) -> Result<(crate::trial::Made, String, String), Finding> {
    let user = trial.user().await?;
    let before = etag(&trial.get(&user.path).await?)?;
    trial
        .put(&user.path, &renamed(&user.sent, "Between"))
        .await?
        .expect(&[200])?;
    let after = etag(&trial.get(&user.path).await?)?;
    Ok((user, before, after))
}

fn renamed(sent: &serde_json::Value, name: &str) -> serde_json::Value {
    let mut document = sent.clone();
    if let Some(members) = document.as_object_mut() {
        members.insert("displayName".to_owned(), json!(name));
    }
    document
}

async fn changes(trial: &Trial) -> Verdict {
    let (_, before, after) = changed(trial).await?;
    ensure!(
        before != after,
        "the version is {before} before and after a change"
    );
    Ok(())
}

async fn changes_with_members(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[]).await?;
    let before = etag(&trial.get(&group.path).await?)?;
    let operation = json!([{ "op": "add", "path": "members", "value": [user.member()] }]);
    trial.change(&group, operation).await?;
    let after = etag(&trial.get(&group.path).await?)?;
    ensure!(
        before != after,
        "the version is {before} before and after a member came"
    );
    Ok(())
}

async fn stays(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let first = etag(&trial.get(&user.path).await?)?;
    let second = etag(&trial.get(&user.path).await?)?;
    ensure!(
        first == second,
        "the version went from {first} to {second} by reading"
    );
    Ok(())
}

async fn if_none_match(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let version = etag(&trial.get(&user.path).await?)?;
    let answer = trial
        .send(Request::get(&user.path).header("if-none-match", version))
        .await?
        .expect(&[304])?;
    ensure!(answer.text.is_empty(), "the 304 has a body");
    Ok(())
}

async fn if_none_match_other(trial: &Trial) -> Verdict {
    let (user, before, _) = changed(trial).await?;
    let answer = trial
        .send(Request::get(&user.path).header("if-none-match", before))
        .await?
        .expect(&[200])?;
    ensure!(
        answer.json["displayName"] == "Between",
        "displayName is {}",
        answer.json["displayName"]
    );
    Ok(())
}

async fn stale_put(trial: &Trial) -> Verdict {
    let (user, before, _) = changed(trial).await?;
    let request = Request::put(&user.path, &renamed(&user.sent, "Stale")).header("if-match", before);
    trial.send(request).await?.expect_error(&[412], None)?;
    let now = trial.read(&user).await?;
    ensure!(
        now["displayName"] == "Between",
        "displayName is {}",
        now["displayName"]
    );
    Ok(())
}

async fn stale_patch(trial: &Trial) -> Verdict {
    let (user, before, _) = changed(trial).await?;
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "replace", "path": "displayName", "value": "Stale" }]
    });
    trial
        .send(Request::patch(&user.path, &body).header("if-match", before))
        .await?
        .expect_error(&[412], None)?;
    let now = trial.read(&user).await?;
    ensure!(
        now["displayName"] == "Between",
        "displayName is {}",
        now["displayName"]
    );
    Ok(())
}

async fn stale_delete(trial: &Trial) -> Verdict {
    let (user, before, _) = changed(trial).await?;
    trial
        .send(Request::delete(&user.path).header("if-match", before))
        .await?
        .expect_error(&[412], None)?;
    trial.read(&user).await?;
    Ok(())
}

async fn current_put(trial: &Trial) -> Verdict {
    let (user, _, after) = changed(trial).await?;
    let request = Request::put(&user.path, &renamed(&user.sent, "Last")).header("if-match", after);
    let answer = trial.send(request).await?.expect(&[200])?;
    ensure!(
        answer.json["displayName"] == "Last",
        "displayName is {}",
        answer.json["displayName"]
    );
    Ok(())
}

async fn any_version(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let request = Request::put(&user.path, &renamed(&user.sent, "Last")).header("if-match", "*");
    let answer = trial.send(request).await?.expect(&[200])?;
    ensure!(
        answer.json["displayName"] == "Last",
        "displayName is {}",
        answer.json["displayName"]
    );
    Ok(())
}

async fn parallel(trial: &Trial) -> Verdict {
    let (user, _, version) = changed(trial).await?;
    let writes = ["One", "Two", "Three"].map(|name| {
        trial.send(Request::put(&user.path, &renamed(&user.sent, name)).header("if-match", &*version))
    });
    let answers = futures_util::future::try_join_all(writes).await?;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    ensure!(
        done == 1,
        "three writes on one version were answered with {statuses:?}"
    );
    Ok(())
}
