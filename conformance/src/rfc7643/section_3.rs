//! What every resource has (RFC 7643 section 3).

use serde_json::json;

use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::trial::{ENTERPRISE, Trial, USER};

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7643/3/schemas",
        "Each resource names its schemas in `schemas`.",
        "Return `schemas` with every resource, also in lists and projections.",
        attempt!(schemas),
    ),
    Check::must(
        "rfc7643/3/schemas-of-extension",
        "A resource with values of an extension names the extension in `schemas`.",
        "Work `schemas` out from the values that are returned.",
        attempt!(extension),
    )
    .when(&[Feature::Enterprise]),
    Check::must(
        "rfc7643/3.1/id-is-unique",
        "Each resource has an id of its own, given by the server.",
        "Give ids; never take them from userName, externalId or the client.",
        attempt!(id),
    ),
    Check::must(
        "rfc7643/3.1/id-is-not-bulk-id",
        "An id does not contain the word bulkId.",
        "Keep the word out of ids.",
        attempt!(not_bulk_id),
    ),
    Check::must(
        "rfc7643/3.1/external-id",
        "externalId is stored as the client sent it.",
        "Keep externalId, in its case.",
        attempt!(external_id),
    ),
    Check::must(
        "rfc7643/3.1/external-id-is-no-key",
        "externalId names no resource to the server: it is not the id, and a user is not read by it.",
        "Use externalId as nothing but a value of the client.",
        attempt!(no_key),
    ),
    Check::must(
        "rfc7643/3.1/meta",
        "meta has resourceType, created, lastModified and location.",
        "Return the four in `meta` of every resource.",
        attempt!(meta),
    ),
    Check::must(
        "rfc7643/3.1/meta-of-group",
        "meta of a group says that it is one.",
        "Return the name of the resource type in meta.resourceType.",
        attempt!(meta_of_group),
    )
    .when(&[Feature::Groups]),
    Check::must(
        "rfc7643/3.1/content-location",
        "Content-Location, where it is sent, is the same as meta.location.",
        "Send the URI of the resource in both, or no Content-Location.",
        attempt!(content_location),
    ),
    Check::must(
        "rfc7643/3.1/created-before-modified",
        "created is not later than lastModified, and both are about now for a new resource.",
        "Take both times from one clock in the transaction that writes.",
        attempt!(times),
    ),
    Check::must(
        "rfc7643/3.3/unknown-attribute",
        "An attribute that no schema of the resource has is not stored under its name, and makes no server error.",
        "Ignore or refuse attributes that no schema has.",
        attempt!(unknown_attribute),
    ),
];

async fn schemas(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    for document in [&user.answer.json, &trial.read(&user).await?] {
        let schemas = &document["schemas"];
        ensure!(
            schemas.as_array().is_some_and(|all| all.contains(&json!(USER))),
            "schemas is {schemas}"
        );
    }
    Ok(())
}

async fn extension(trial: &Trial) -> Verdict {
    let user = trial
        .user_with(json!({ "schemas": [USER, ENTERPRISE], ENTERPRISE: { "department": "Tools" } }))
        .await?;
    let read = trial.read(&user).await?;
    let schemas = read["schemas"].as_array().cloned().unwrap_or_default();
    ensure!(
        schemas.contains(&json!(ENTERPRISE)),
        "schemas is {}",
        read["schemas"]
    );
    Ok(())
}

async fn id(trial: &Trial) -> Verdict {
    let (first, second) = (trial.user().await?, trial.user().await?);
    ensure!(first.id != second.id, "two users have the id {}", first.id);
    ensure!(first.id != first.name(), "the id is the userName");
    Ok(())
}

async fn not_bulk_id(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    ensure!(!user.id.contains("bulkId"), "the id is {}", user.id);
    Ok(())
}

async fn external_id(trial: &Trial) -> Verdict {
    let sent = trial.unique("External-ID");
    let user = trial.user_with(json!({ "externalId": sent })).await?;
    let read = trial.read(&user).await?;
    ensure!(
        read["externalId"] == sent.as_str(),
        "externalId is {}",
        read["externalId"]
    );
    Ok(())
}

async fn no_key(trial: &Trial) -> Verdict {
    let victim = trial.user().await?;
    let user = trial.user_with(json!({ "externalId": victim.id })).await?;
    ensure!(
        user.id != victim.id,
        "a user with another's id as externalId became that user"
    );
    let external = victim.sent["externalId"].as_str().unwrap_or_default();
    trial
        .get(format!("/Users/{}", crate::trial::encode(external)))
        .await?
        .expect(&[404])?;
    let read = trial.read(&victim).await?;
    ensure!(
        read["userName"] == victim.name(),
        "the other user's userName became {}",
        read["userName"]
    );
    Ok(())
}

async fn meta(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let read = trial.read(&user).await?;
    for name in ["resourceType", "created", "lastModified", "location"] {
        ensure!(
            read["meta"][name].is_string(),
            "meta.{name} is {}",
            read["meta"][name]
        );
    }
    ensure!(
        read["meta"]["resourceType"] == "User",
        "meta.resourceType is {}",
        read["meta"]["resourceType"]
    );
    Ok(())
}

async fn meta_of_group(trial: &Trial) -> Verdict {
    let group = trial.group(&[]).await?;
    let kind = &trial.read(&group).await?["meta"]["resourceType"];
    ensure!(kind == "Group", "meta.resourceType is {kind}");
    Ok(())
}

async fn content_location(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let answer = trial.get(&user.path).await?.expect(&[200])?;
    if let Some(location) = answer.header("content-location") {
        let of_meta = &answer.json["meta"]["location"];
        ensure!(
            of_meta == location,
            "Content-Location is {location}, meta.location {of_meta}"
        );
    }
    Ok(())
}

async fn times(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let meta = trial.read(&user).await?["meta"].clone();
    let time = |name: &str| {
        meta[name]
            .as_str()
            .and_then(|text| text.parse::<jiff::Timestamp>().ok())
    };
    let (created, modified) = (time("created"), time("lastModified"));
    ensure!(
        created.is_some() && created <= modified,
        "created {created:?}, lastModified {modified:?}"
    );
    let age = created.map(|created| created.duration_until(jiff::Timestamp::now()).abs());
    let day = jiff::SignedDuration::from_hours(24);
    ensure!(
        age.is_some_and(|age| age < day),
        "a user who was just created is from {created:?}"
    );
    Ok(())
}

async fn unknown_attribute(trial: &Trial) -> Verdict {
    let mut document = trial.user_document();
    if let Some(members) = document.as_object_mut() {
        members.insert("shoeSizeOfTheKit".to_owned(), json!(42));
    }
    let answer = trial.post("/Users", &document).await?.expect(&[201, 400])?;
    if answer.status == 201 {
        let id = crate::trial::encode(&answer.id()?);
        let read = trial.get(format!("/Users/{id}")).await?.expect(&[200])?.json;
        ensure!(
            read.get("shoeSizeOfTheKit").is_none(),
            "the unknown attribute was stored"
        );
    }
    Ok(())
}
