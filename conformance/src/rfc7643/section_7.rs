//! Schema documents (RFC 7643 section 7).

use serde_json::Value;

use crate::check::{Check, Finding, Verdict, attempt, ensure, violation};
use crate::feature::Feature;
use crate::trial::{GROUP, Trial, USER};

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7643/7/characteristics",
        "The characteristics of each attribute have the types and the values that there are for them.",
        "Write type, mutability, returned and uniqueness in the words of the standard, and the rest as booleans.",
        attempt!(characteristics),
    ),
    Check::must(
        "rfc7643/7/user-name",
        "The schema says that userName is required, unique and not caseExact.",
        "Describe userName as it is: required, uniqueness server, caseExact false.",
        attempt!(user_name),
    ),
    Check::must(
        "rfc7643/7/password",
        "The schema says that a password is never returned and only written.",
        "Describe password with returned never and mutability writeOnly.",
        attempt!(password),
    ),
    Check::must(
        "rfc7643/7/complex-has-sub-attributes",
        "A complex attribute lists its sub-attributes.",
        "Give subAttributes for each attribute of type complex.",
        attempt!(complex),
    ),
    Check::must(
        "rfc7643/7/group",
        "The schema of groups has displayName and members.",
        "Describe displayName and members.",
        attempt!(group),
    )
    .when(&[Feature::Groups]),
    Check::must(
        "rfc7643/7/answers-fit-the-schema",
        "A user has no attribute that its schema does not have.",
        "Describe everything that is returned, or do not return it.",
        attempt!(fits),
    ),
];

const TYPES: &[&str] = &[
    "string",
    "boolean",
    "decimal",
    "integer",
    "dateTime",
    "binary",
    "reference",
    "complex",
];
const MUTABILITY: &[&str] = &["readOnly", "readWrite", "immutable", "writeOnly"];
const RETURNED: &[&str] = &["always", "never", "default", "request"];
const UNIQUENESS: &[&str] = &["none", "server", "global"];

async fn schema(trial: &Trial, urn: &str) -> Result<Value, Finding> {
    let all = trial.get("/Schemas").await?.expect(&[200])?;
    let found = all
        .resources()?
        .iter()
        .find(|schema| schema["id"] == urn)
        .cloned();
    found.ok_or_else(|| violation(format!("{urn} is not in /Schemas")))
}

fn attribute<'a>(schema: &'a Value, name: &str) -> Result<&'a Value, Finding> {
    let all = schema["attributes"].as_array().into_iter().flatten();
    let mut found = all.filter(|one| one["name"] == name);
    found
        .next()
        .ok_or_else(|| violation(format!("{} has no attribute {name}", schema["id"])))
}

async fn characteristics(trial: &Trial) -> Verdict {
    let all = trial.get("/Schemas").await?.expect(&[200])?;
    for schema in all.resources()? {
        for one in schema["attributes"].as_array().into_iter().flatten() {
            judge(one)?;
        }
    }
    Ok(())
}

fn judge(attribute: &Value) -> Verdict {
    let name = attribute["name"].as_str().unwrap_or("?");
    let words = [
        ("type", TYPES),
        ("mutability", MUTABILITY),
        ("returned", RETURNED),
        ("uniqueness", UNIQUENESS),
    ];
    for (characteristic, allowed) in words {
        let value = &attribute[characteristic];
        let fits = value
            .as_str()
            .map_or(value.is_null() && characteristic != "type", |word| {
                allowed.contains(&word)
            });
        ensure!(fits, "{characteristic} of {name} is {value}");
    }
    for characteristic in ["multiValued", "required", "caseExact"] {
        let value = &attribute[characteristic];
        ensure!(
            value.is_boolean() || value.is_null(),
            "{characteristic} of {name} is {value}"
        );
    }
    for sub in attribute["subAttributes"].as_array().into_iter().flatten() {
        judge(sub)?;
    }
    Ok(())
}

async fn user_name(trial: &Trial) -> Verdict {
    let schema = schema(trial, USER).await?;
    let name = attribute(&schema, "userName")?;
    ensure!(name["required"] == true, "required is {}", name["required"]);
    ensure!(
        name["uniqueness"] == "server" || name["uniqueness"] == "global",
        "uniqueness is {}",
        name["uniqueness"]
    );
    ensure!(name["caseExact"] != true, "caseExact is {}", name["caseExact"]);
    Ok(())
}

async fn password(trial: &Trial) -> Verdict {
    let schema = schema(trial, USER).await?;
    let Ok(password) = attribute(&schema, "password") else {
        return Err(Finding::NotJudged("the schema has no password".to_owned()));
    };
    ensure!(
        password["returned"] == "never",
        "returned is {}",
        password["returned"]
    );
    ensure!(
        password["mutability"] == "writeOnly",
        "mutability is {}",
        password["mutability"]
    );
    Ok(())
}

async fn complex(trial: &Trial) -> Verdict {
    let all = trial.get("/Schemas").await?.expect(&[200])?;
    for schema in all.resources()? {
        for one in schema["attributes"].as_array().into_iter().flatten() {
            let has_subs = one["subAttributes"]
                .as_array()
                .is_some_and(|subs| !subs.is_empty());
            ensure!(
                one["type"] != "complex" || has_subs,
                "{} is complex without sub-attributes",
                one["name"]
            );
        }
    }
    Ok(())
}

async fn group(trial: &Trial) -> Verdict {
    let schema = schema(trial, GROUP).await?;
    attribute(&schema, "displayName")?;
    let members = attribute(&schema, "members")?;
    ensure!(
        members["multiValued"] == true,
        "multiValued of members is {}",
        members["multiValued"]
    );
    Ok(())
}

async fn fits(trial: &Trial) -> Verdict {
    let schema = schema(trial, USER).await?;
    let user = trial.user().await?;
    let read = trial.read(&user).await?;
    for (name, _) in read.as_object().into_iter().flatten() {
        let of_every_resource = ["schemas", "id", "externalId", "meta"].contains(&name.as_str());
        if !of_every_resource && !name.contains(':') {
            attribute(&schema, name)?;
        }
    }
    Ok(())
}
