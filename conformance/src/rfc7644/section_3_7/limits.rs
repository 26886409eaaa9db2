//! What a bulk request may hold (RFC 7644 section 3.7.4).

use serde_json::{Value, json};

use super::{BULK, request};
use crate::check::{Check, Finding, Verdict, attempt, ensure};
use crate::http::Request;
use crate::trial::Trial;

/// More operations than that are not sent to a server that may belong to somebody.
const MOST: u64 = 5_000;
/// Nor more bytes.
const MOST_BYTES: u64 = 12 << 20;

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.7.4/says-limits",
        "A server with bulk says how many operations and bytes it takes.",
        "Put maxOperations and maxPayloadSize in ServiceProviderConfig.",
        attempt!(says),
    )
    .when(BULK),
    Check::must(
        "rfc7644/3.7.4/too-many-operations",
        "More operations than maxOperations are refused with 413.",
        "Count the operations before the first of them is tried.",
        attempt!(too_many),
    )
    .when(BULK),
    Check::must(
        "rfc7644/3.7.4/too-large",
        "A body larger than maxPayloadSize is refused with 413.",
        "Stop reading at maxPayloadSize and answer 413.",
        attempt!(too_large),
    )
    .when(BULK),
    Check::must(
        "rfc7644/3.7/broken-body",
        "A body that is not a bulk request is refused with 400.",
        "Check `schemas` and `Operations` of the body.",
        attempt!(broken),
    )
    .when(BULK),
];

async fn says(trial: &Trial) -> Verdict {
    for pointer in ["/bulk/maxOperations", "/bulk/maxPayloadSize"] {
        let number = trial.features.number(pointer);
        ensure!(number.is_some_and(|number| number > 0), "{pointer} is {number:?}");
    }
    Ok(())
}

async fn too_many(trial: &Trial) -> Verdict {
    let most = trial.features.number("/bulk/maxOperations").unwrap_or(0);
    if most == 0 || most > MOST {
        return Err(Finding::NotJudged(format!("maxOperations is {most}")));
    }
    let operations: Vec<Value> = (0..=most)
        .map(|number| json!({ "method": "DELETE", "path": format!("/Users/kit-{number}") }))
        .collect();
    trial
        .post("/Bulk", &request(json!(operations)))
        .await?
        .expect_error(&[413], None)?;
    Ok(())
}

async fn too_large(trial: &Trial) -> Verdict {
    let most = trial.features.number("/bulk/maxPayloadSize").unwrap_or(0);
    if most == 0 || most > MOST_BYTES {
        return Err(Finding::NotJudged(format!("maxPayloadSize is {most}")));
    }
    let mut body = request(json!([{ "method": "DELETE", "path": "/Users/kit" }]));
    // within the document: white space may get lost on the way
    body["padding"] = Value::from("x".repeat(usize::try_from(most).unwrap_or(0)));
    trial.send(Request::post("/Bulk", &body)).await?.expect(&[413])?;
    Ok(())
}

async fn broken(trial: &Trial) -> Verdict {
    trial
        .send(Request::post("/Bulk", &Value::Null).text("{\"Operations\": 5}"))
        .await?
        .expect_error(&[400], None)?;
    Ok(())
}
