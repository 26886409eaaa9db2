//! What operations of a bulk request do (RFC 7644 sections 3.7 and 3.7.3).

use serde_json::json;

use super::{BULK, GROUP_BULK, bulk, create, location, outcome, request, status};
use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::trial::{Trial, ids_of};

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.7/create",
        "A creation in a bulk request makes the resource and tells its location, its bulkId and the status \"201\".",
        "Give each outcome method, bulkId, location and status as text.",
        attempt!(creates),
    )
    .when(BULK),
    Check::must(
        "rfc7644/3.7/response-message",
        "A bulk request is answered with 200 and a BulkResponse message.",
        "Put the BulkResponse URN in `schemas` of the answer.",
        attempt!(message),
    )
    .when(BULK),
    Check::must(
        "rfc7644/3.7/replace-and-delete",
        "PUT and DELETE in a bulk request do what they do alone.",
        "Run each operation by the code that serves it alone.",
        attempt!(put_delete),
    )
    .when(BULK),
    Check::must(
        "rfc7644/3.7/patch",
        "PATCH in a bulk request does what it does alone.",
        "Run each operation by the code that serves it alone.",
        attempt!(patch),
    )
    .when(&[Feature::Bulk, Feature::Groups, Feature::Patch]),
    Check::must(
        "rfc7644/3.7.3/failed-operation",
        "An operation that fails carries its status and an Error document in `response`.",
        "Put the Error document of the operation in `response`.",
        attempt!(failed),
    )
    .when(BULK),
    Check::must(
        "rfc7644/3.7/others-go-on",
        "Without failOnErrors, operations after one that failed are still tried.",
        "Go on after an error unless failOnErrors says otherwise.",
        attempt!(go_on),
    )
    .when(BULK),
    Check::must(
        "rfc7644/3.7.3/fail-on-errors",
        "After as many errors as failOnErrors says, no further operation is tried.",
        "Count errors, and stop when the count is reached.",
        attempt!(fail_on_errors),
    )
    .when(BULK),
    Check::must(
        "rfc7644/3.7/group",
        "Groups are created in bulk with members who are there already.",
        "Route operations to every endpoint.",
        attempt!(group),
    )
    .when(GROUP_BULK),
];

async fn creates(trial: &Trial) -> Verdict {
    let outcomes = bulk(trial, json!([create(trial, "kit1")])).await?;
    ensure!(
        status(&outcomes, 0) == "201",
        "the status is {}",
        status(&outcomes, 0)
    );
    let first = outcomes.first().cloned().unwrap_or_default();
    ensure!(first["bulkId"] == "kit1", "bulkId is {}", first["bulkId"]);
    trial.get(location(trial, &outcomes, 0)?).await?.expect(&[200])?;
    Ok(())
}

async fn message(trial: &Trial) -> Verdict {
    let answer = trial
        .post("/Bulk", &request(json!([create(trial, "kit1")])))
        .await?
        .expect(&[200])?;
    let schemas = &answer.json["schemas"];
    ensure!(
        schemas == &json!(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]),
        "schemas is {schemas}"
    );
    Ok(())
}

async fn put_delete(trial: &Trial) -> Verdict {
    let (user, goes) = (trial.user().await?, trial.user().await?);
    let mut document = user.sent.clone();
    if let Some(members) = document.as_object_mut() {
        members.insert("displayName".to_owned(), json!("After"));
    }
    let operations = json!([
        { "method": "PUT", "path": user.path, "data": document },
        { "method": "DELETE", "path": goes.path }
    ]);
    let outcomes = bulk(trial, operations).await?;
    ensure!(
        status(&outcomes, 0) == "200",
        "the status of PUT is {}",
        status(&outcomes, 0)
    );
    ensure!(
        status(&outcomes, 1) == "204",
        "the status of DELETE is {}",
        status(&outcomes, 1)
    );
    let now = trial.read(&user).await?;
    ensure!(
        now["displayName"] == "After",
        "displayName is {}",
        now["displayName"]
    );
    trial.get(&goes.path).await?.expect(&[404])?;
    Ok(())
}

async fn patch(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[]).await?;
    let data = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "add", "path": "members", "value": [user.member()] }]
    });
    let outcomes = bulk(
        trial,
        json!([{ "method": "PATCH", "path": group.path, "data": data }]),
    )
    .await?;
    ensure!(
        matches!(status(&outcomes, 0), "200" | "204"),
        "the status is {}",
        status(&outcomes, 0)
    );
    let members = trial.members(&group).await?;
    ensure!(members == ids_of(&[&user]), "the members are {members:?}");
    Ok(())
}

async fn failed(trial: &Trial) -> Verdict {
    let path = format!("/Users/{}", trial.unique("nobody"));
    let outcomes = bulk(trial, json!([{ "method": "DELETE", "path": path }])).await?;
    ensure!(
        status(&outcomes, 0) == "404",
        "the status is {}",
        status(&outcomes, 0)
    );
    let error = outcomes
        .first()
        .map(|outcome| outcome["response"].clone())
        .unwrap_or_default();
    ensure!(
        error["status"] == "404",
        "the response is {error}, no Error document"
    );
    Ok(())
}

fn one_of_three_fails(trial: &Trial) -> serde_json::Value {
    json!([
        create(trial, "kit1"),
        { "method": "DELETE", "path": format!("/Users/{}", trial.unique("nobody")) },
        create(trial, "kit3")
    ])
}

async fn go_on(trial: &Trial) -> Verdict {
    let outcomes = bulk(trial, one_of_three_fails(trial)).await?;
    ensure!(
        status(&outcomes, 2) == "201",
        "the status of the operation after the error is {}",
        status(&outcomes, 2)
    );
    Ok(())
}

async fn fail_on_errors(trial: &Trial) -> Verdict {
    let mut document = request(one_of_three_fails(trial));
    if let Some(members) = document.as_object_mut() {
        members.insert("failOnErrors".to_owned(), json!(1));
    }
    let outcomes = outcome(&trial.post("/Bulk", &document).await?.expect(&[200])?)?;
    ensure!(
        outcomes.len() == 2,
        "{} operations were tried, the second failed",
        outcomes.len()
    );
    Ok(())
}

async fn group(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let data = json!({
        "schemas": [crate::trial::GROUP],
        "displayName": trial.unique("group"),
        "members": [user.member()]
    });
    let operations = json!([{ "method": "POST", "path": "/Groups", "bulkId": "kit1", "data": data }]);
    let outcomes = bulk(trial, operations).await?;
    ensure!(
        status(&outcomes, 0) == "201",
        "the status is {}",
        status(&outcomes, 0)
    );
    let group = trial.get(location(trial, &outcomes, 0)?).await?.expect(&[200])?;
    let members = crate::trial::member_ids(&group.json)?;
    ensure!(members == ids_of(&[&user]), "the members are {members:?}");
    Ok(())
}
