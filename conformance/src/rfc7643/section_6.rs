//! ResourceType (RFC 7643 section 6).

use crate::check::{Check, Verdict, attempt, ensure};
use crate::trial::{Trial, USER};

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7643/6/required",
        "Each resource type has a name, an endpoint and a schema.",
        "Give name, endpoint and schema of each type.",
        attempt!(required),
    ),
    Check::must(
        "rfc7643/6/endpoints-answer",
        "The endpoint of each resource type answers queries.",
        "List only types that are served.",
        attempt!(endpoints),
    ),
    Check::must(
        "rfc7643/6/user",
        "The resource type of users has the User schema.",
        "List the type `User` with the User schema at /Users.",
        attempt!(user),
    ),
    Check::must(
        "rfc7643/6/schemas-are-there",
        "Each schema that a resource type names is in /Schemas.",
        "Serve the schemas and extensions of every type in /Schemas.",
        attempt!(schemas),
    ),
];

async fn required(trial: &Trial) -> Verdict {
    let types = trial.get("/ResourceTypes").await?.expect(&[200])?;
    for kind in types.resources()? {
        for name in ["name", "endpoint", "schema"] {
            ensure!(
                kind[name].is_string(),
                "{name} of a resource type is {}",
                kind[name]
            );
        }
        for extension in kind["schemaExtensions"].as_array().into_iter().flatten() {
            ensure!(
                extension["schema"].is_string(),
                "schema of an extension is {}",
                extension["schema"]
            );
            ensure!(
                extension["required"].is_boolean(),
                "required of an extension is {}",
                extension["required"]
            );
        }
    }
    Ok(())
}

async fn endpoints(trial: &Trial) -> Verdict {
    let types = trial.get("/ResourceTypes").await?.expect(&[200])?;
    for kind in types.resources()? {
        let endpoint = kind["endpoint"].as_str().unwrap_or_default();
        let relative = endpoint
            .strip_prefix(trial.subject.base_url())
            .unwrap_or(endpoint);
        let path = format!("/{}?count=1", relative.trim_start_matches('/'));
        trial.get(path).await?.expect(&[200])?.resources()?;
    }
    Ok(())
}

async fn user(trial: &Trial) -> Verdict {
    let types = trial.get("/ResourceTypes").await?.expect(&[200])?;
    let user = types.resources()?.iter().find(|kind| kind["name"] == "User");
    let schema = user.map(|kind| &kind["schema"]);
    ensure!(
        schema.is_some_and(|schema| schema == USER),
        "the schema of the type User is {schema:?}"
    );
    Ok(())
}

async fn schemas(trial: &Trial) -> Verdict {
    let types = trial.get("/ResourceTypes").await?.expect(&[200])?;
    let schemas = trial.get("/Schemas").await?.expect(&[200])?;
    let known: Vec<_> = schemas.resources()?.iter().map(|schema| &schema["id"]).collect();
    for kind in types.resources()? {
        let extensions = kind["schemaExtensions"].as_array().into_iter().flatten();
        for urn in extensions
            .map(|extension| &extension["schema"])
            .chain([&kind["schema"]])
        {
            ensure!(known.contains(&urn), "{urn} is not in /Schemas");
        }
    }
    Ok(())
}
