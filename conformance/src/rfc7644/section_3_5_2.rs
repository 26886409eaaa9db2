//! PATCH (RFC 7644 section 3.5.2): what holds for every operation.

mod add;
mod remove;
mod replace;

use serde_json::json;

use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::http::Request;
use crate::subject::Profile;
use crate::trial::Trial;

const PATCH: &[Feature] = &[Feature::Patch];

pub(super) const ALL: &[&[Check]] = &[CHECKS, add::CHECKS, remove::CHECKS, replace::CHECKS];

const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.5.2/answer",
        "A successful PATCH is answered with 200 and the resource, or with 204 and nothing.",
        "Answer 200 with the changed resource, or 204 without a body.",
        attempt!(answer),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2/one-transaction",
        "When one operation of a request fails, none of them takes effect.",
        "Apply all operations to a copy or in one transaction, and keep the result only when all succeeded.",
        attempt!(atomic),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2/in-order",
        "Operations are applied one after the other: the last one on an attribute counts.",
        "Apply each operation to the outcome of the one before.",
        attempt!(in_order),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2/unknown-op",
        "An operation that is none of add, remove and replace is refused with 400.",
        "Refuse what is not one of the three operations.",
        attempt!(unknown_op),
    )
    .when(PATCH),
    Check::should(
        "rfc7644/3.5.2/op-in-any-case",
        "`op` is understood in any case: Entra ID sends `Add`, `Remove` and `Replace`.",
        "Compare `op` without regard to case.",
        attempt!(op_case),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2/path-in-any-case",
        "Names of attributes in `path` are understood in any case.",
        "Look names in paths up without regard to case, as everywhere else.",
        attempt!(path_case),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2/invalid-path",
        "A path that cannot be parsed is refused with 400 and `invalidPath`.",
        "Parse the path before anything is changed.",
        attempt!(invalid_path),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2/read-only",
        "A read-only attribute is not changed by PATCH.",
        "Refuse with 400 and `mutability`, or ignore the operation.",
        attempt!(read_only),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2/read-only-is-refused",
        "An operation whose path names a read-only attribute is refused with 400 and `mutability`.",
        "Tell the client that the attribute is not its own to change.",
        attempt!(read_only_refused),
    )
    .when(PATCH)
    .only(&[Profile::Standard]),
    Check::must(
        "rfc7644/3.5.2/missing-value",
        "Add without a value is refused with 400.",
        "Ask for `value` in add.",
        attempt!(missing_value),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2/message-schema",
        "A PATCH body whose `schemas` does not name the PatchOp message is refused with 400.",
        "Look at `schemas` first: without the PatchOp URN it is another message.",
        attempt!(message_schema),
    )
    .when(PATCH)
    .only(&[Profile::Standard]),
    Check::must(
        "rfc7644/3.5.2/unknown-resource",
        "PATCH of a resource that is not there is answered with 404.",
        "Look for the resource; do not create it.",
        attempt!(unknown),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2/one-primary",
        "When an operation makes another value primary, the one that was primary no longer is.",
        "Set `primary` of all other values to false when one is set to true.",
        attempt!(one_primary),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2/conflict",
        "Taking the userName of another user by PATCH is refused with 409, and nothing changes.",
        "Check uniqueness for every write, not only for POST.",
        attempt!(conflict),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2/last-modified",
        "A change by PATCH moves `meta.lastModified` forward and keeps `meta.created`.",
        "Write the time of each change.",
        attempt!(last_modified),
    )
    .when(PATCH),
    Check::must(
        "rfc7644/3.5.2/invalid-value",
        "A value of the wrong type is refused with 400 and, if there is a scimType, `invalidValue`.",
        "Check values against the type of the attribute.",
        attempt!(invalid_value),
    )
    .when(PATCH)
    .only(&[Profile::Standard]),
];

async fn answer(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let operation = json!([{ "op": "replace", "path": "displayName", "value": "After" }]);
    let answer = trial.patch(&user.path, operation).await?.expect(&[200, 204])?;
    if answer.status == 204 {
        ensure!(answer.text.is_empty(), "the 204 has a body");
    } else {
        ensure!(
            answer.json["id"] == user.id.as_str(),
            "the answer is not the user: {}",
            answer.text
        );
        ensure!(
            answer.json["displayName"] == "After",
            "the answer shows {}",
            answer.json["displayName"]
        );
    }
    Ok(())
}

async fn atomic(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let operations = json!([
        { "op": "replace", "path": "displayName", "value": "After" },
        { "op": "replace", "path": "nickName", "value": "Half" },
        { "op": "remove", "path": "userName" }
    ]);
    trial.patch(&user.path, operations).await?.expect(&[400])?;
    let now = trial.read(&user).await?;
    ensure!(
        now["displayName"] == user.sent["displayName"],
        "displayName became {}",
        now["displayName"]
    );
    ensure!(now["nickName"].is_null(), "nickName became {}", now["nickName"]);
    Ok(())
}

async fn in_order(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let operations = json!([
        { "op": "add", "path": "nickName", "value": "First" },
        { "op": "remove", "path": "nickName" },
        { "op": "add", "path": "nickName", "value": "Second" },
        { "op": "replace", "path": "nickName", "value": "Last" }
    ]);
    let now = trial.change(&user, operations).await?;
    ensure!(now["nickName"] == "Last", "nickName is {}", now["nickName"]);
    Ok(())
}

async fn unknown_op(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let operation = json!([{ "op": "append", "path": "nickName", "value": "Kitty" }]);
    trial
        .patch(&user.path, operation)
        .await?
        .expect_error(&[400], None)?;
    Ok(())
}

async fn path_case(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let operations = json!([
        { "op": "replace", "path": "DISPLAYNAME", "value": "After" },
        { "op": "replace", "path": "Name.GivenName", "value": "Later" }
    ]);
    let now = trial.change(&user, operations).await?;
    ensure!(
        now["displayName"] == "After" && now["name"]["givenName"] == "Later",
        "displayName is {}, name {}",
        now["displayName"],
        now["name"]
    );
    Ok(())
}

async fn op_case(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let operations = json!([
        { "op": "Add", "path": "nickName", "value": "Kitty" },
        { "op": "Replace", "path": "displayName", "value": "After" }
    ]);
    let now = trial.change(&user, operations).await?;
    ensure!(
        now["nickName"] == "Kitty" && now["displayName"] == "After",
        "the user is {now}"
    );
    Ok(())
}

async fn invalid_path(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let operation = json!([{ "op": "replace", "path": "emails[type eq", "value": "x" }]);
    let answer = trial
        .patch(&user.path, operation)
        .await?
        .expect_error(&[400], None)?;
    let kind = &answer.json["scimType"];
    ensure!(
        kind == "invalidPath" || kind == "invalidFilter",
        "scimType is {kind}"
    );
    Ok(())
}

async fn read_only(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let operation = json!([{ "op": "replace", "path": "id", "value": "another" }]);
    let answer = trial.patch(&user.path, operation).await?;
    ensure!(answer.status < 500, "the answer is {}", answer.status);
    let now = trial.get(&user.path).await?.expect(&[200])?.json;
    ensure!(now["id"] == user.id.as_str(), "id became {}", now["id"]);
    Ok(())
}

async fn read_only_refused(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let operation = json!([{ "op": "replace", "path": "id", "value": "another" }]);
    trial
        .patch(&user.path, operation)
        .await?
        .expect_error(&[400], Some("mutability"))?;
    Ok(())
}

async fn missing_value(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    trial
        .patch(&user.path, json!([{ "op": "add", "path": "nickName" }]))
        .await?
        .expect_error(&[400], None)?;
    Ok(())
}

async fn message_schema(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "Operations": [{ "op": "replace", "path": "displayName", "value": "After" }]
    });
    trial
        .send(Request::patch(&user.path, &body))
        .await?
        .expect_error(&[400], None)?;
    Ok(())
}

async fn unknown(trial: &Trial) -> Verdict {
    let operation = json!([{ "op": "replace", "path": "displayName", "value": "After" }]);
    let path = format!("/Users/{}", trial.unique("nobody"));
    trial.patch(path, operation).await?.expect_error(&[404], None)?;
    Ok(())
}

async fn one_primary(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let value = json!([{ "type": "home", "value": "home@conformance.example", "primary": true }]);
    let now = trial
        .change(&user, json!([{ "op": "add", "path": "emails", "value": value }]))
        .await?;
    let primaries: Vec<_> = now["emails"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|email| email["primary"] == true)
        .map(|email| &email["value"])
        .collect();
    ensure!(
        primaries == ["home@conformance.example"],
        "the primary e-mails are {primaries:?}"
    );
    Ok(())
}

async fn conflict(trial: &Trial) -> Verdict {
    let (user, other) = (trial.user().await?, trial.user().await?);
    let operation = json!([{ "op": "replace", "path": "userName", "value": other.name() }]);
    trial
        .patch(&user.path, operation)
        .await?
        .expect_error(&[409], Some("uniqueness"))?;
    let now = trial.read(&user).await?;
    ensure!(
        now["userName"] == user.name(),
        "userName became {}",
        now["userName"]
    );
    Ok(())
}

async fn last_modified(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let before = trial.read(&user).await?["meta"].clone();
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let operation = json!([{ "op": "replace", "path": "displayName", "value": "After" }]);
    let after = trial.change(&user, operation).await?["meta"].clone();
    ensure!(
        before["created"] == after["created"],
        "created went from {} to {}",
        before["created"],
        after["created"]
    );
    let time = |meta: &serde_json::Value| meta["lastModified"].as_str().and_then(|text| text.parse().ok());
    let (before, after): (Option<jiff::Timestamp>, Option<jiff::Timestamp>) = (time(&before), time(&after));
    ensure!(before < after, "lastModified went from {before:?} to {after:?}");
    Ok(())
}

async fn invalid_value(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let operation = json!([{ "op": "replace", "path": "active", "value": { "is": "wrong" } }]);
    let answer = trial
        .patch(&user.path, operation)
        .await?
        .expect_error(&[400], None)?;
    let kind = &answer.json["scimType"];
    ensure!(
        kind.is_null() || kind == "invalidValue" || kind == "invalidSyntax",
        "scimType is {kind}"
    );
    Ok(())
}
