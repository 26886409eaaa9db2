//! Users of an Entra job.

use serde_json::{Value, json};

use super::{look_up, needs, provision};
use crate::check::{Check, Verdict, attempt, ensure};
use crate::trial::{ENTERPRISE, Trial};

pub(super) const CHECKS: &[Check] = &[
    needs(
        "entra/users/test-connection",
        "Testing the connection filters by a name that is not there, and gets an empty list.",
        "Answer 200 with totalResults 0; decode plus signs as spaces.",
        attempt!(test_connection),
    ),
    needs(
        "entra/users/match",
        "A user is matched by userName in any case, by externalId, and by the value of the work e-mail.",
        "Support the three filters.",
        attempt!(matches),
    ),
    needs(
        "entra/users/create",
        "A user is created from a body that names the extension without carrying it, with meta and empty roles.",
        "Ignore meta, take an empty list for no value, and do not ask for the extension.",
        attempt!(create),
    ),
    needs(
        "entra/users/duplicate",
        "Creating a user again is refused with 409.",
        "Answer 409 with `uniqueness`.",
        attempt!(duplicate),
    ),
    needs(
        "entra/users/update",
        "An update replaces the work e-mail behind a value filter and parts of the name, with capital operations.",
        "Compare `op` without regard to case.",
        attempt!(update),
    ),
    needs(
        "entra/users/disable-as-text",
        "A user is disabled with the text \"False\", and `active` is false afterwards.",
        "Turn text into booleans where the schema has a boolean; do not store the text.",
        attempt!(disable_text),
    ),
    needs(
        "entra/users/disable",
        "A user is disabled with false, and still read and found.",
        "Set `active`; keep the user.",
        attempt!(disable),
    ),
    needs(
        "entra/users/path-creates-value",
        "Adding behind a value filter that matches nothing creates the value, with what the filter says.",
        "Make a value from the eq terms of the filter, and set the sub-attribute.",
        attempt!(creates_value),
    ),
    needs(
        "entra/users/keys-are-paths",
        "Dotted keys and keys with a URN in a value without a path change what they name.",
        "Take such keys for paths; never store them as names.",
        attempt!(key_paths),
    ),
    needs(
        "entra/users/manager",
        "A manager is set from bare text and from an object, and removed with an empty value.",
        "Turn bare text into {\"value\": …}; take an empty value for removal.",
        attempt!(manager),
    ),
    needs(
        "entra/users/roles-primary-as-text",
        "The filter roles[primary eq \"True\"] compares text with a boolean, and sets a role.",
        "Turn the text in the filter into a boolean.",
        attempt!(roles),
    ),
    needs(
        "entra/users/many-operations",
        "Many additions to a bare user are all there afterwards, one value for each type.",
        "Let the operations on one type of a value find the value that the first one made.",
        attempt!(verbose),
    ),
    needs(
        "entra/users/same-attribute-thrice",
        "Of several operations on one attribute in one request, the last one counts.",
        "Apply the operations in order.",
        attempt!(thrice),
    ),
    needs(
        "entra/users/delete",
        "A user is deleted with 204, then not there; a second deletion is answered with 404.",
        "Answer 204, then 404.",
        attempt!(delete),
    ),
    needs(
        "entra/users/reprovision",
        "A user who was disabled and is created again comes back as the same user.",
        "Activate the user who is there in place of refusing the creation.",
        attempt!(reprovision),
    ),
];

async fn test_connection(trial: &Trial) -> Verdict {
    let found = look_up(trial, &trial.unique("00000000-0000-guid")).await?;
    ensure!(found.total()? == 0, "the test finds {:?}", found.ids()?);
    Ok(())
}

async fn matches(trial: &Trial) -> Verdict {
    let user = provision(trial).await?;
    let email = user.sent["emails"][0]["value"].as_str().unwrap_or_default();
    let external = user.sent["externalId"].as_str().unwrap_or_default();
    for filter in [
        format!("userName eq \"{}\"", user.name()),
        format!("userName eq \"{}\"", user.name().to_uppercase()),
        format!("externalId eq \"{external}\""),
        format!("emails[type eq \"work\"].value eq \"{email}\""),
    ] {
        let found = trial.find("/Users", &filter).await?;
        ensure!(
            found.ids()? == [user.id.clone()],
            "`{filter}` finds {:?}",
            found.ids()?
        );
    }
    Ok(())
}

async fn create(trial: &Trial) -> Verdict {
    let user = provision(trial).await?;
    let read = trial.read(&user).await?;
    for name in ["userName", "externalId", "name", "active"] {
        ensure!(
            read[name] == user.sent[name],
            "{name} is {} where {} was sent",
            read[name],
            user.sent[name]
        );
    }
    Ok(())
}

async fn duplicate(trial: &Trial) -> Verdict {
    let user = provision(trial).await?;
    trial
        .post("/Users", &user.sent)
        .await?
        .expect_error(&[409], None)?;
    Ok(())
}

async fn update(trial: &Trial) -> Verdict {
    let user = provision(trial).await?;
    let operations = json!([
        { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "updatedEmail@microsoft.com" },
        { "op": "Replace", "path": "name.familyName", "value": "updatedFamilyName" },
        { "op": "Add", "path": "nickName", "value": "Babs" }
    ]);
    let now = trial.change(&user, operations).await?;
    ensure!(
        now["emails"][0]["value"] == "updatedEmail@microsoft.com",
        "the e-mails are {}",
        now["emails"]
    );
    ensure!(
        now["name"]["familyName"] == "updatedFamilyName",
        "name is {}",
        now["name"]
    );
    ensure!(now["name"]["givenName"] == "givenName", "name is {}", now["name"]);
    ensure!(now["nickName"] == "Babs", "nickName is {}", now["nickName"]);
    Ok(())
}

async fn disable_text(trial: &Trial) -> Verdict {
    let user = provision(trial).await?;
    for (text, active) in [("False", false), ("True", true)] {
        let now = trial
            .change(
                &user,
                json!([{ "op": "Replace", "path": "active", "value": text }]),
            )
            .await?;
        ensure!(
            now["active"] == active,
            "active is {} after \"{text}\"",
            now["active"]
        );
    }
    Ok(())
}

async fn disable(trial: &Trial) -> Verdict {
    let user = provision(trial).await?;
    let now = trial
        .change(
            &user,
            json!([{ "op": "replace", "path": "active", "value": false }]),
        )
        .await?;
    ensure!(now["active"] == false, "active is {}", now["active"]);
    let found = look_up(trial, user.name()).await?;
    ensure!(
        found.ids()? == [user.id.clone()],
        "the look-up finds {:?}",
        found.ids()?
    );
    Ok(())
}

/// The value of that type.
fn of_type<'a>(user: &'a Value, attribute: &str, kind: &str) -> Vec<&'a Value> {
    user[attribute]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|one| one["type"] == kind)
        .collect()
}

async fn creates_value(trial: &Trial) -> Verdict {
    let user = provision(trial).await?;
    let operations = json!([
        { "op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+1 555 0100" },
        { "op": "Add", "path": "addresses[type eq \"work\"].country", "value": "US" }
    ]);
    let now = trial.change(&user, operations).await?;
    let phones = of_type(&now, "phoneNumbers", "mobile");
    ensure!(
        phones.len() == 1 && phones.iter().all(|one| one["value"] == "+1 555 0100"),
        "phoneNumbers is {}",
        now["phoneNumbers"]
    );
    let addresses = of_type(&now, "addresses", "work");
    ensure!(
        addresses.len() == 1 && addresses.iter().all(|one| one["country"] == "US"),
        "addresses is {}",
        now["addresses"]
    );
    ensure!(
        now["emails"].as_array().map(Vec::len) == Some(1),
        "the e-mails became {}",
        now["emails"]
    );
    Ok(())
}

async fn key_paths(trial: &Trial) -> Verdict {
    let user = provision(trial).await?;
    let number = format!("{ENTERPRISE}:employeeNumber");
    let value = json!({ "displayName": "Bjfe", "name.givenName": "Kkom", "name.familyName": "Unua", number.as_str(): "Aklq" });
    let operations = json!([
        { "op": "replace", "path": "emails[type eq \"work\"].value", "value": "keys@testuser.com" },
        { "op": "replace", "value": value }
    ]);
    let now = trial.change(&user, operations).await?;
    ensure!(
        now["name"]["givenName"] == "Kkom" && now["name"]["familyName"] == "Unua",
        "name is {}",
        now["name"]
    );
    ensure!(
        now[ENTERPRISE]["employeeNumber"] == "Aklq",
        "the extension is {}",
        now[ENTERPRISE]
    );
    ensure!(
        now.get("name.givenName").is_none(),
        "an attribute called `name.givenName` was stored"
    );
    Ok(())
}

async fn manager(trial: &Trial) -> Verdict {
    let (user, boss) = (provision(trial).await?, provision(trial).await?);
    let path = format!("{ENTERPRISE}:manager");
    for value in [json!(boss.id), json!({ "value": boss.id })] {
        let now = trial
            .change(&user, json!([{ "op": "Add", "path": path, "value": value }]))
            .await?;
        let manager = &now[ENTERPRISE]["manager"];
        ensure!(manager["value"] == boss.id.as_str(), "manager is {manager}");
        let now = trial
            .change(
                &user,
                json!([{ "op": "replace", "path": path, "value": { "value": "" } }]),
            )
            .await?;
        let manager = &now[ENTERPRISE]["manager"];
        ensure!(
            manager["value"].as_str().is_none_or(str::is_empty),
            "the removed manager is {manager}"
        );
    }
    Ok(())
}

async fn roles(trial: &Trial) -> Verdict {
    let user = provision(trial).await?;
    let operations = json!([
        { "op": "Add", "path": "roles[primary eq \"True\"].value", "value": "Admin" },
        { "op": "Add", "path": "roles[primary eq \"True\"].display", "value": "Administrator" }
    ]);
    let now = trial.change(&user, operations).await?;
    let roles = now["roles"].as_array().cloned().unwrap_or_default();
    let fits = |role: &Value| {
        role["value"] == "Admin" && role["display"] == "Administrator" && role["primary"] == true
    };
    ensure!(
        roles.len() == 1 && roles.iter().all(fits),
        "roles is {}",
        now["roles"]
    );
    Ok(())
}

async fn verbose(trial: &Trial) -> Verdict {
    let user = provision(trial).await?;
    let mut operations = Vec::new();
    for (path, value) in [
        ("title", "Title"),
        ("phoneNumbers[type eq \"work\"].value", "1"),
        ("phoneNumbers[type eq \"mobile\"].value", "2"),
        ("phoneNumbers[type eq \"fax\"].value", "3"),
        ("addresses[type eq \"work\"].formatted", "All of it"),
        ("addresses[type eq \"work\"].locality", "Town"),
        ("addresses[type eq \"work\"].postalCode", "12345"),
    ] {
        operations.push(json!({ "op": "Add", "path": path, "value": value }));
    }
    let now = trial.change(&user, json!(operations)).await?;
    let phones = now["phoneNumbers"].as_array().map_or(0, Vec::len);
    ensure!(
        phones == 3,
        "there are {phones} phone numbers: {}",
        now["phoneNumbers"]
    );
    let addresses = of_type(&now, "addresses", "work");
    let fits = |one: &&Value| one["locality"] == "Town" && one["postalCode"] == "12345";
    ensure!(
        addresses.len() == 1 && addresses.iter().all(fits),
        "addresses is {}",
        now["addresses"]
    );
    Ok(())
}

async fn thrice(trial: &Trial) -> Verdict {
    let user = provision(trial).await?;
    let operations = json!([
        { "op": "remove", "path": "displayName" },
        { "op": "add", "path": "displayName", "value": "First" },
        { "op": "replace", "path": "displayName", "value": "Last" }
    ]);
    let now = trial.change(&user, operations).await?;
    ensure!(
        now["displayName"] == "Last",
        "displayName is {}",
        now["displayName"]
    );
    Ok(())
}

async fn delete(trial: &Trial) -> Verdict {
    let user = provision(trial).await?;
    trial.delete(&user.path).await?.expect(&[204])?;
    trial.get(&user.path).await?.expect(&[404])?;
    trial.delete(&user.path).await?.expect(&[404])?;
    Ok(())
}

async fn reprovision(trial: &Trial) -> Verdict {
    let user = provision(trial).await?;
    trial
        .change(
            &user,
            json!([{ "op": "Replace", "path": "active", "value": "False" }]),
        )
        .await?;
    let answer = trial.post("/Users", &user.sent).await?.expect(&[201, 200])?;
    ensure!(
        answer.json["id"] == user.id.as_str(),
        "the user came back as {}",
        answer.json["id"]
    );
    ensure!(
        answer.json["active"] == true,
        "active is {}",
        answer.json["active"]
    );
    Ok(())
}
