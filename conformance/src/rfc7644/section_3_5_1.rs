//! Replacing resources (RFC 7644 section 3.5.1).

use serde_json::{Value, json};

use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::trial::{Trial, ids_of};

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/3.5.1/replaces",
        "PUT stores the values that it carries and answers 200 with the resource.",
        "Store the document and answer with what is kept.",
        attempt!(replaces),
    ),
    Check::must(
        "rfc7644/3.5.1/stores-all",
        "PUT stores every attribute that it carries, `externalId` and sub-attributes included.",
        "Write the whole document, not a list of chosen attributes.",
        attempt!(stores_all),
    ),
    Check::should(
        "rfc7644/3.5.1/clears",
        "An attribute that PUT leaves out loses its value.",
        "Take the document for the whole of what a client may write.",
        attempt!(clears),
    ),
    Check::must(
        "rfc7644/3.5.1/read-only-ignored",
        "Read-only attributes in PUT are ignored: what GET answered can be sent back.",
        "Drop `id`, `meta` and `groups` from what the client sent.",
        attempt!(read_only),
    ),
    Check::must(
        "rfc7644/3.5.1/creates-nothing",
        "PUT of an id that is not there does not create a resource.",
        "Answer 404.",
        attempt!(unknown),
    ),
    Check::must(
        "rfc7644/3.5.1/missing-required",
        "PUT without a required attribute is refused with 400.",
        "Ask for required attributes in PUT as in POST.",
        attempt!(missing_required),
    ),
    Check::must(
        "rfc7644/3.5.1/conflict",
        "Taking the userName of another user by PUT is refused with 409 and `uniqueness`.",
        "Check uniqueness for every write, not only for POST.",
        attempt!(conflict),
    ),
    Check::must(
        "rfc7644/3.5.1/own-name",
        "PUT with the userName that the user has, if only in another case, is no conflict.",
        "Leave the resource itself out when uniqueness is checked.",
        attempt!(own_name),
    ),
    Check::must(
        "rfc7644/3.5.1/members",
        "PUT of a group leaves exactly the members that it carries.",
        "Work out who comes and who goes from the list.",
        attempt!(members),
    )
    .when(&[Feature::Groups]),
    Check::must(
        "rfc7644/3.5.1/no-members",
        "PUT of a group with an empty list of members empties it.",
        "Take an empty list for no members.",
        attempt!(no_members),
    )
    .when(&[Feature::Groups]),
    Check::must(
        "rfc7644/3.5.1/deactivates",
        "`active` is set by PUT, and the user stays readable.",
        "Store `active` of a PUT; an inactive user is still read.",
        attempt!(deactivates),
    ),
    Check::must(
        "rfc7644/3.5.1/meta",
        "PUT keeps `meta.created` and the id.",
        "Keep what the server gave to the resource when it was created.",
        attempt!(meta),
    ),
];

/// What was sent with other values in it.
fn with(base: &Value, more: Value) -> Value {
    let mut document = base.clone();
    if let (Some(into), Value::Object(from)) = (document.as_object_mut(), more) {
        into.extend(from);
    }
    document
}

async fn replaces(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let document = with(&user.sent, json!({ "displayName": "After", "nickName": "Kitty" }));
    let answer = trial.put(&user.path, &document).await?.expect(&[200])?;
    ensure!(
        answer.json["displayName"] == "After",
        "the answer shows {}",
        answer.json["displayName"]
    );
    let now = trial.read(&user).await?;
    ensure!(
        now["displayName"] == "After" && now["nickName"] == "Kitty",
        "the user is {now}"
    );
    Ok(())
}

async fn stores_all(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let word = trial.unique("another");
    let document = with(
        &user.sent,
        json!({
            "userName": format!("{word}@conformance.example"),
            "externalId": word,
            "name": { "givenName": "Another", "familyName": "Name" },
            "displayName": "Another Name",
            "title": "Cook",
            "emails": [{ "value": format!("{word}@conformance.example"), "type": "work", "primary": true }]
        }),
    );
    trial.put(&user.path, &document).await?.expect(&[200])?;
    let now = trial.read(&user).await?;
    for pointer in [
        "/userName",
        "/externalId",
        "/name/givenName",
        "/name/familyName",
        "/displayName",
        "/title",
        "/emails/0/value",
        "/emails/0/type",
    ] {
        let (sent, kept) = (document.pointer(pointer), now.pointer(pointer));
        ensure!(
            sent == kept,
            "{} is {} where PUT carried {}",
            pointer.trim_start_matches('/').replace('/', "."),
            kept.unwrap_or(&Value::Null),
            sent.unwrap_or(&Value::Null)
        );
    }
    Ok(())
}

async fn clears(trial: &Trial) -> Verdict {
    let user = trial
        .user_with(json!({ "nickName": "Kitty", "title": "Engineer" }))
        .await?;
    let document = with(&trial.user_document(), json!({ "userName": user.name() }));
    trial.put(&user.path, &document).await?.expect(&[200])?;
    let now = trial.read(&user).await?;
    ensure!(
        now["nickName"].is_null() && now["title"].is_null(),
        "nickName and title are still {now}"
    );
    Ok(())
}

async fn read_only(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let mut document = trial.read(&user).await?;
    if let Some(members) = document.as_object_mut() {
        members.insert("id".to_owned(), json!("another"));
        members.insert("groups".to_owned(), json!([{ "value": "a-group" }]));
        members.insert("displayName".to_owned(), json!("After"));
    }
    trial.put(&user.path, &document).await?.expect(&[200])?;
    let now = trial.read(&user).await?;
    ensure!(now["id"] == user.id.as_str(), "id became {}", now["id"]);
    ensure!(
        now["displayName"] == "After",
        "displayName is {}",
        now["displayName"]
    );
    ensure!(
        now["groups"].as_array().is_none_or(Vec::is_empty),
        "groups became {}",
        now["groups"]
    );
    Ok(())
}

async fn unknown(trial: &Trial) -> Verdict {
    let path = format!("/Users/{}", trial.unique("nobody"));
    trial
        .put(&path, &trial.user_document())
        .await?
        .expect_error(&[404], None)?;
    trial.get(&path).await?.expect(&[404])?;
    Ok(())
}

async fn missing_required(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let mut document = user.sent.clone();
    document.as_object_mut().map(|members| members.remove("userName"));
    trial
        .put(&user.path, &document)
        .await?
        .expect_error(&[400], None)?;
    Ok(())
}

async fn conflict(trial: &Trial) -> Verdict {
    let (user, other) = (trial.user().await?, trial.user().await?);
    let document = with(&user.sent, json!({ "userName": other.name() }));
    trial
        .put(&user.path, &document)
        .await?
        .expect_error(&[409], Some("uniqueness"))?;
    Ok(())
}

async fn own_name(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let document = with(&user.sent, json!({ "userName": user.name().to_uppercase() }));
    trial.put(&user.path, &document).await?.expect(&[200])?;
    Ok(())
}

async fn members(trial: &Trial) -> Verdict {
    let users = (trial.user().await?, trial.user().await?, trial.user().await?);
    let group = trial.group(&[&users.0, &users.1]).await?;
    let document = with(
        &group.sent,
        json!({ "members": [users.1.member(), users.2.member()] }),
    );
    trial.put(&group.path, &document).await?.expect(&[200])?;
    let members = trial.members(&group).await?;
    ensure!(
        members == ids_of(&[&users.1, &users.2]),
        "the members are {members:?}"
    );
    Ok(())
}

async fn no_members(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[&user]).await?;
    trial
        .put(&group.path, &with(&group.sent, json!({ "members": [] })))
        .await?
        .expect(&[200])?;
    let members = trial.members(&group).await?;
    ensure!(members.is_empty(), "the members are {members:?}");
    Ok(())
}

async fn deactivates(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let answer = trial
        .put(&user.path, &with(&user.sent, json!({ "active": false })))
        .await?
        .expect(&[200])?;
    ensure!(
        answer.json["active"] == false,
        "the answer shows active {}",
        answer.json["active"]
    );
    let now = trial.read(&user).await?;
    ensure!(now["active"] == false, "active is {}", now["active"]);
    Ok(())
}

async fn meta(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let before = trial.read(&user).await?;
    trial
        .put(&user.path, &with(&user.sent, json!({ "displayName": "After" })))
        .await?
        .expect(&[200])?;
    let after = trial.read(&user).await?;
    ensure!(before["id"] == after["id"], "id became {}", after["id"]);
    let (before, after) = (&before["meta"]["created"], &after["meta"]["created"]);
    ensure!(before == after, "meta.created went from {before} to {after}");
    Ok(())
}
