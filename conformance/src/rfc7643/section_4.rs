//! Users, groups and the enterprise extension (RFC 7643 section 4).

use serde_json::{Value, json};

use crate::check::{Check, Verdict, attempt, ensure};
use crate::feature::Feature;
use crate::trial::{ENTERPRISE, Trial, USER};

const GROUPS: &[Feature] = &[Feature::Groups];

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7643/4.1.1/user-name-unique-in-any-case",
        "Two names that differ only in case are the same userName.",
        "Hold the folded userName unique.",
        attempt!(unique_case),
    ),
    Check::must(
        "rfc7643/4.1.1/user-name-is-kept",
        "userName is returned in the case in which it was sent.",
        "Keep the name beside its folded key.",
        attempt!(kept_case),
    ),
    Check::must(
        "rfc7643/4.1.1/password-is-never-returned",
        "A password is never returned, by no operation.",
        "Leave `password` out of every answer; if it is kept, then hashed.",
        attempt!(password),
    ),
    Check::must(
        "rfc7643/4.1/attributes-round-trip",
        "The attributes of a user that the server's schema has are stored and returned.",
        "Store what the schema has, or take it out of the schema.",
        attempt!(round_trip),
    ),
    Check::should(
        "rfc7643/4.1.2/groups",
        "A user names in `groups` the groups that it is a member of.",
        "Work `groups` out from memberships whenever a user is read.",
        attempt!(groups),
    )
    .when(GROUPS),
    Check::must(
        "rfc7643/4.1.2/groups-follow",
        "A user who is no longer a member of a group does not name it in `groups`.",
        "Work `groups` out from memberships whenever a user is read.",
        attempt!(groups_follow),
    )
    .when(&[Feature::Groups, Feature::Patch]),
    Check::must(
        "rfc7643/4.1.2/groups-after-deletion",
        "A user does not name a group in `groups` that was deleted.",
        "Work `groups` out from memberships whenever a user is read.",
        attempt!(groups_deleted),
    )
    .when(GROUPS),
    Check::must(
        "rfc7643/4.2/member-value",
        "A member has the id of the user as its value.",
        "Return the id in `value` of each member.",
        attempt!(member),
    )
    .when(GROUPS),
    Check::must(
        "rfc7643/4.2/member-ref",
        "`$ref` of a member, where there is one, is the URI of the user.",
        "Write the location of the user in `$ref`, or leave it out.",
        attempt!(member_ref),
    )
    .when(GROUPS),
    Check::must(
        "rfc7643/4.3/extension-round-trip",
        "Values of the enterprise extension are stored and returned below its URN.",
        "Keep the object of the extension under its URN.",
        attempt!(extension),
    )
    .when(&[Feature::Enterprise]),
    Check::must(
        "rfc7643/4.3/manager",
        "manager is an object with the id of the manager as value.",
        "Store manager as a complex attribute.",
        attempt!(manager),
    )
    .when(&[Feature::Enterprise]),
];

async fn unique_case(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let mut document = trial.user_document();
    if let Some(members) = document.as_object_mut() {
        members.insert("userName".to_owned(), json!(user.name().to_uppercase()));
    }
    trial
        .post("/Users", &document)
        .await?
        .expect_error(&[409], Some("uniqueness"))?;
    Ok(())
}

async fn kept_case(trial: &Trial) -> Verdict {
    let name = format!("{}@Conformance.Example", trial.unique("MixedCase"));
    let user = trial.user_with(json!({ "userName": name })).await?;
    let read = trial.read(&user).await?;
    ensure!(
        read["userName"] == name.as_str(),
        "userName is {} where {name} was sent",
        read["userName"]
    );
    Ok(())
}

async fn password(trial: &Trial) -> Verdict {
    let user = trial
        .user_with(json!({ "password": "kit-Secret-1mz050nq" }))
        .await?;
    let put = trial.put(&user.path, &user.sent).await?;
    let asked = trial
        .list(&user.path, &[("attributes", "password,userName")])
        .await?;
    for answer in [user.answer.clone(), put, trial.get(&user.path).await?, asked] {
        let leaks = answer.json.get("password").is_some() || answer.text.contains("kit-Secret");
        ensure!(!leaks, "the answer to {} has the password", answer.asked);
    }
    Ok(())
}

async fn round_trip(trial: &Trial) -> Verdict {
    let full = json!({
        "nickName": "Kitty",
        "profileUrl": "https://conformance.example/kitty",
        "title": "Engineer",
        "userType": "Employee",
        "preferredLanguage": "en-US",
        "locale": "en-US",
        "timezone": "America/Los_Angeles",
        "name": { "familyName": "Conformance", "givenName": "Kit", "middleName": "J", "honorificPrefix": "Dr.", "honorificSuffix": "III", "formatted": "Dr. Kit" },
        "phoneNumbers": [{ "type": "work", "value": "tel:+1-201-555-0123" }],
        "addresses": [{ "type": "work", "streetAddress": "100 Universal City Plaza", "locality": "Hollywood", "region": "CA", "postalCode": "91608", "country": "US" }],
        "ims": [{ "type": "xmpp", "value": "kit@conformance.example" }],
        "photos": [{ "type": "photo", "value": "https://conformance.example/kit.png" }],
        "roles": [{ "value": "reader" }],
        "entitlements": [{ "value": "printing" }]
    });
    let user = trial.user_with(full.clone()).await?;
    let read = trial.read(&user).await?;
    let schema = trial.features.schemas.iter().find(|schema| schema["id"] == USER);
    let known = schema.and_then(|schema| schema["attributes"].as_array());
    for (name, sent) in full.as_object().into_iter().flatten() {
        let is_known = known.is_none_or(|all| all.iter().any(|one| one["name"] == name.as_str()));
        if is_known {
            let missing = missing_in(&read[name], sent);
            ensure!(
                missing.is_none(),
                "{name} is {} where {sent} was sent",
                read[name]
            );
        }
    }
    Ok(())
}

/// What was sent and is not there; more may be there.
fn missing_in<'a>(read: &Value, sent: &'a Value) -> Option<&'a Value> {
    match (read, sent) {
        (Value::Object(read), Value::Object(members)) => members
            .iter()
            .find_map(|(name, value)| missing_in(read.get(name).unwrap_or(&Value::Null), value)),
        (Value::Array(read), Value::Array(values)) => values
            .iter()
            .find(|value| !read.iter().any(|one| missing_in(one, value).is_none())),
        _ => (read != sent).then_some(sent),
    }
}

async fn groups(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[&user]).await?;
    let groups = trial.read(&user).await?["groups"].clone();
    let named = groups
        .as_array()
        .is_some_and(|all| all.iter().any(|one| one["value"] == group.id.as_str()));
    ensure!(named, "groups is {groups}, the user is a member of {}", group.id);
    Ok(())
}

async fn groups_follow(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[&user]).await?;
    let path = format!("members[value eq \"{}\"]", user.id);
    trial
        .change(&group, json!([{ "op": "remove", "path": path }]))
        .await?;
    let groups = trial.read(&user).await?["groups"].clone();
    ensure!(
        groups.as_array().is_none_or(Vec::is_empty),
        "groups is still {groups}"
    );
    Ok(())
}

async fn groups_deleted(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[&user]).await?;
    trial.delete(&group.path).await?.expect(&[204])?;
    let groups = trial.read(&user).await?["groups"].clone();
    ensure!(
        groups.as_array().is_none_or(Vec::is_empty),
        "groups is still {groups}"
    );
    Ok(())
}

async fn member(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[&user]).await?;
    let members = trial.members(&group).await?;
    ensure!(
        members == [user.id.clone()],
        "the members are {members:?}, the user is {}",
        user.id
    );
    Ok(())
}

async fn member_ref(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let group = trial.group(&[&user]).await?;
    let read = trial.read(&group).await?;
    if let Some(reference) = read["members"][0]["$ref"].as_str() {
        ensure!(
            reference.ends_with(&user.path),
            "$ref is {reference}, the user is at {}",
            user.path
        );
    }
    Ok(())
}

async fn extension(trial: &Trial) -> Verdict {
    let sent = json!({ "employeeNumber": "701984", "costCenter": "4130", "organization": "Universal", "division": "Theme", "department": "Tours" });
    let user = trial
        .user_with(json!({ "schemas": [USER, ENTERPRISE], ENTERPRISE: sent }))
        .await?;
    let read = trial.read(&user).await?;
    let missing = missing_in(&read[ENTERPRISE], &sent);
    ensure!(missing.is_none(), "the extension is {}", read[ENTERPRISE]);
    Ok(())
}

async fn manager(trial: &Trial) -> Verdict {
    let boss = trial.user().await?;
    let sent = json!({ "manager": { "value": boss.id } });
    let user = trial
        .user_with(json!({ "schemas": [USER, ENTERPRISE], ENTERPRISE: sent }))
        .await?;
    let manager = trial.read(&user).await?[ENTERPRISE]["manager"].clone();
    ensure!(manager["value"] == boss.id.as_str(), "manager is {manager}");
    Ok(())
}
