//! References between operations of one request (RFC 7644 sections 3.7.1 and 3.7.2).

use serde_json::{Value, json};

use super::{BULK, GROUP_BULK, bulk, create, location, status};
use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::trial::{ENTERPRISE, GROUP, Trial, USER, member_ids};

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.7.2/reference",
        "bulkId:… in a value stands for the id of the resource that another operation of the request creates.",
        "Replace bulkId references by the ids as resources are created.",
        attempt!(reference),
    )
    .when(GROUP_BULK),
    Check::must(
        "rfc7644/3.7.2/forward-reference",
        "A reference may stand before the operation that creates what it names.",
        "Work out an order, or put references in after everything is created.",
        attempt!(forward),
    )
    .when(GROUP_BULK),
    Check::must(
        "rfc7644/3.7.1/circular-reference",
        "Resources that refer to each other are resolved, or refused with 409.",
        "Create first and set references then; answer 409 when that cannot be done.",
        attempt!(circular),
    )
    .when(&[Feature::Bulk, Feature::Enterprise]),
    Check::must(
        "rfc7644/3.7.2/unknown-reference",
        "A reference to a bulkId that is not in the request is refused, not stored.",
        "Answer the operation with 400 or 409.",
        attempt!(unknown),
    )
    .when(GROUP_BULK),
    Check::must(
        "rfc7644/3.7/post-needs-bulk-id",
        "A creation in a bulk request needs a bulkId.",
        "Refuse a POST without bulkId with 400.",
        attempt!(missing),
    )
    .when(BULK),
];

fn group(trial: &Trial, member: &str) -> Value {
    json!({ "method": "POST", "path": "/Groups", "bulkId": "group1", "data": {
        "schemas": [GROUP],
        "displayName": trial.unique("group"),
        "members": [{ "type": "User", "value": member }]
    } })
}

async fn resolved(trial: &Trial, operations: Value, group: usize, user: usize) -> Verdict {
    let outcomes = bulk(trial, operations).await?;
    ensure!(
        status(&outcomes, group) == "201",
        "the status of the group is {}",
        status(&outcomes, group)
    );
    ensure!(
        status(&outcomes, user) == "201",
        "the status of the user is {}",
        status(&outcomes, user)
    );
    let user = trial
        .get(location(trial, &outcomes, user)?)
        .await?
        .expect(&[200])?
        .id()?;
    let group = trial
        .get(location(trial, &outcomes, group)?)
        .await?
        .expect(&[200])?;
    let members = member_ids(&group.json)?;
    ensure!(
        members == [user.clone()],
        "the members are {members:?}, the user is {user}"
    );
    Ok(())
}

async fn reference(trial: &Trial) -> Verdict {
    let operations = json!([create(trial, "user1"), group(trial, "bulkId:user1")]);
    resolved(trial, operations, 1, 0).await
}

async fn forward(trial: &Trial) -> Verdict {
    let operations = json!([group(trial, "bulkId:user1"), create(trial, "user1")]);
    resolved(trial, operations, 0, 1).await
}

async fn circular(trial: &Trial) -> Verdict {
    let managed = |own: &str, manager: &str| {
        let mut operation = create(trial, own);
        if let Some(data) = operation.pointer_mut("/data").and_then(Value::as_object_mut) {
            data.insert("schemas".to_owned(), json!([USER, ENTERPRISE]));
            data.insert(
                ENTERPRISE.to_owned(),
                json!({ "manager": { "value": format!("bulkId:{manager}") } }),
            );
        }
        operation
    };
    let document = super::request(json!([managed("a", "b"), managed("b", "a")]));
    let answer = trial.post("/Bulk", &document).await?.expect(&[200, 409])?;
    if answer.status == 409 {
        return Ok(());
    }
    let outcomes = super::outcome(&answer)?;
    for place in 0..2 {
        if status(&outcomes, place) != "201" {
            ensure!(
                status(&outcomes, place) == "409",
                "the status is {}",
                status(&outcomes, place)
            );
            continue;
        }
        let user = trial
            .get(location(trial, &outcomes, place)?)
            .await?
            .expect(&[200])?;
        let manager = user.json[ENTERPRISE]["manager"]["value"]
            .as_str()
            .unwrap_or_default();
        ensure!(
            !manager.starts_with("bulkId:"),
            "the manager was stored as {manager}"
        );
    }
    Ok(())
}

async fn unknown(trial: &Trial) -> Verdict {
    let outcomes = bulk(trial, json!([group(trial, "bulkId:nobody")])).await?;
    let status = status(&outcomes, 0);
    if status == "201" {
        let group = trial.get(location(trial, &outcomes, 0)?).await?.expect(&[200])?;
        let members = member_ids(&group.json)?;
        ensure!(
            members.is_empty(),
            "the group was created with the members {members:?}"
        );
        return Ok(());
    }
    ensure!(matches!(status, "400" | "409" | "404"), "the status is {status}");
    Ok(())
}

async fn missing(trial: &Trial) -> Verdict {
    let operation = json!({ "method": "POST", "path": "/Users", "data": trial.user_document() });
    let answer = trial
        .post("/Bulk", &super::request(json!([operation])))
        .await?
        .expect(&[200, 400])?;
    if answer.status == 200 {
        let outcomes = super::outcome(&answer)?;
        ensure!(
            status(&outcomes, 0) == "400",
            "the status is {}",
            status(&outcomes, 0)
        );
    }
    Ok(())
}
