//! Creating resources (RFC 7644 section 3.3).

use serde_json::{Value, json};

use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::http::Request;
use crate::subject::Profile;
use crate::trial::{GROUP, Trial, USER, ids_of};

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.3/created",
        "A new resource is answered with 201 and its representation.",
        "Answer 201 with the resource as it was stored, with its id.",
        attempt!(created),
    ),
    Check::must(
        "rfc7644/3.3/location",
        "The answer to a creation names the URI of the resource in Location, the same as `meta.location`.",
        "Send Location with the URI that `meta.location` has.",
        attempt!(location),
    ),
    Check::should(
        "rfc7644/3.3/location-is-here",
        "The Location of a new resource is below the base URL that the client used.",
        "Work out the public URL behind a proxy, or have it configured.",
        attempt!(location_is_here),
    ),
    Check::must(
        "rfc7644/3.3/location-resolves",
        "The resource is read at its Location.",
        "Make `meta.location` a URI that answers GET.",
        attempt!(location_resolves),
    ),
    Check::must(
        "rfc7644/3.3/duplicate",
        "A second user with the same userName is refused with 409 and `uniqueness`.",
        "Check userName in the same transaction that inserts it; answer 409 with `uniqueness`.",
        attempt!(duplicate),
    ),
    Check::must(
        "rfc7644/3.3/parallel-duplicates",
        "Of several users with one userName that are created at the same time, one is created.",
        "Have the database hold userName unique; a look before the insert is too early.",
        attempt!(parallel_duplicates),
    ),
    Check::must(
        "rfc7644/3.3/missing-required",
        "A user without userName is refused with 400 and, if there is a scimType, `invalidValue`.",
        "Refuse a resource without its required attributes.",
        attempt!(missing_required),
    ),
    Check::must(
        "rfc7644/3.3/group-without-name",
        "A group without displayName is refused with 400.",
        "Refuse a resource without its required attributes.",
        attempt!(group_without_name),
    )
    .when(&[Feature::Groups]),
    Check::must(
        "rfc7644/3.3/broken-json",
        "A body that is not JSON is refused with 400 and, if there is a scimType, `invalidSyntax`.",
        "Answer a parse error with an Error document, not with a page of the web framework.",
        attempt!(broken_json),
    ),
    Check::must(
        "rfc7644/3.3/read-only-ignored",
        "Read-only attributes in a creation are ignored: the server gives its own id and meta.",
        "Drop `id`, `meta` and `groups` from what the client sent.",
        attempt!(read_only),
    ),
    Check::must(
        "rfc7644/3.3/group-with-members",
        "A group that is created with members has them.",
        "Store the members of a creation.",
        attempt!(group_with_members),
    )
    .when(&[Feature::Groups]),
    Check::must(
        "rfc7644/3.3/wrong-type",
        "A value of the wrong type is refused with 400, not stored and no server error.",
        "Check each value against the type in its schema.",
        attempt!(wrong_type),
    ),
    Check::must(
        "rfc7644/3.3/array-body",
        "A body that is JSON but no object is refused with 400.",
        "Check the shape of the body before its members are used.",
        attempt!(array_body),
    ),
    Check::must(
        "rfc7644/3.3/unknown-schema-alone",
        "A resource whose `schemas` does not name the schema of its endpoint is refused with 400.",
        "Ask for the base schema of the resource type in `schemas`.",
        attempt!(unknown_schema),
    )
    .only(&[Profile::Standard]),
];

async fn created(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let answer = &user.answer.json;
    for name in ["userName", "displayName", "name", "active", "externalId"] {
        ensure!(
            answer[name] == user.sent[name],
            "{name} is {} where {} was sent",
            answer[name],
            user.sent[name]
        );
    }
    ensure!(
        answer["emails"][0]["value"] == user.sent["emails"][0]["value"],
        "emails is {}",
        answer["emails"]
    );
    let kept = trial.read(&user).await?;
    ensure!(
        kept["userName"] == user.sent["userName"],
        "userName is read as {}",
        kept["userName"]
    );
    Ok(())
}

async fn location(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let Some(location) = user.answer.header("location") else {
        return Err(crate::check::violation("there is no Location"));
    };
    let of_meta = &user.answer.json["meta"]["location"];
    ensure!(
        of_meta == location,
        "Location is {location}, meta.location {of_meta}"
    );
    Ok(())
}

async fn location_is_here(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let location = user.answer.header("location").unwrap_or_default();
    let expected = format!("{}{}", trial.subject.base_url(), user.path);
    ensure!(
        location == expected,
        "Location is {location}, the resource is at {expected}"
    );
    Ok(())
}

async fn location_resolves(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let location = user
        .answer
        .header("location")
        .or(user.answer.json["meta"]["location"].as_str());
    let location = location.unwrap_or_default().to_owned();
    ensure!(
        !location.is_empty(),
        "there is neither Location nor meta.location"
    );
    let url = trial.subject.resolve(&location);
    ensure!(
        trial.subject.is_here(&url),
        "Location is on another server: {location}"
    );
    let found = trial.get(url).await?.expect(&[200])?;
    ensure!(
        found.json["id"] == user.id.as_str(),
        "at {location} is {}",
        found.json["id"]
    );
    Ok(())
}

async fn duplicate(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let again = trial.post("/Users", &user.sent).await?;
    again.expect_error(&[409], Some("uniqueness"))?;
    Ok(())
}

async fn parallel_duplicates(trial: &Trial) -> Verdict {
    let document = trial.user_document();
    let answers = futures_util::future::try_join_all((0..4).map(|_| trial.post("/Users", &document))).await?;
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    ensure!(
        created == 1,
        "four creations at the same time were answered with {statuses:?}"
    );
    Ok(())
}

async fn missing_required(trial: &Trial) -> Verdict {
    let mut document = trial.user_document();
    document.as_object_mut().map(|members| members.remove("userName"));
    let answer = trial
        .post("/Users", &document)
        .await?
        .expect_error(&[400], None)?;
    let kind = &answer.json["scimType"];
    ensure!(
        kind.is_null() || kind == "invalidValue" || kind == "invalidSyntax",
        "scimType is {kind}"
    );
    Ok(())
}

async fn group_without_name(trial: &Trial) -> Verdict {
    trial
        .post("/Groups", &json!({ "schemas": [GROUP] }))
        .await?
        .expect_error(&[400], None)?;
    Ok(())
}

async fn broken_json(trial: &Trial) -> Verdict {
    let request = Request::post("/Users", &Value::Null).text("{\"schemas\": [");
    let answer = trial.send(request).await?.expect_error(&[400], None)?;
    let kind = &answer.json["scimType"];
    ensure!(kind.is_null() || kind == "invalidSyntax", "scimType is {kind}");
    Ok(())
}

async fn read_only(trial: &Trial) -> Verdict {
    let meta = json!({ "resourceType": "Robot", "created": "2001-01-01T00:00:00Z", "location": "https://else.example/1" });
    let user = trial
        .user_with(json!({ "id": "chosen-by-the-client", "meta": meta, "groups": [] }))
        .await?;
    ensure!(
        user.id != "chosen-by-the-client",
        "the id that the client sent was taken"
    );
    let meta = &user.answer.json["meta"];
    ensure!(
        meta["resourceType"] == "User",
        "meta.resourceType is {}",
        meta["resourceType"]
    );
    ensure!(
        meta["created"] != "2001-01-01T00:00:00Z",
        "meta.created is what the client sent"
    );
    ensure!(
        meta["location"] != "https://else.example/1",
        "meta.location is what the client sent"
    );
    Ok(())
}

async fn group_with_members(trial: &Trial) -> Verdict {
    let (first, second) = (trial.user().await?, trial.user().await?);
    let group = trial.group(&[&first, &second]).await?;
    let members = trial.members(&group).await?;
    ensure!(
        members == ids_of(&[&first, &second]),
        "the members are {members:?}"
    );
    Ok(())
}

async fn wrong_type(trial: &Trial) -> Verdict {
    let mut document = trial.user_document();
    if let Some(members) = document.as_object_mut() {
        members.insert("name".to_owned(), json!(["no", "object"]));
    }
    trial
        .post("/Users", &document)
        .await?
        .expect_error(&[400], None)?;
    Ok(())
}

async fn array_body(trial: &Trial) -> Verdict {
    trial
        .post("/Users", &json!(["userName"]))
        .await?
        .expect_error(&[400], None)?;
    Ok(())
}

async fn unknown_schema(trial: &Trial) -> Verdict {
    let mut document = trial.user_document();
    if let Some(members) = document.as_object_mut() {
        members.insert("schemas".to_owned(), json!([USER.replace("User", "Robot")]));
    }
    trial
        .post("/Users", &document)
        .await?
        .expect_error(&[400], None)?;
    Ok(())
}
