//! ServiceProviderConfig (RFC 7643 section 5).

use crate::check::{Check, Verdict, attempt, ensure};
use crate::trial::Trial;

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7643/5/features",
        "ServiceProviderConfig says of patch, bulk, filter, changePassword, sort and etag whether they are supported.",
        "Give each of the six with `supported` true or false.",
        attempt!(features),
    ),
    Check::must(
        "rfc7643/5/schema",
        "ServiceProviderConfig names its schema.",
        "Put the URN of ServiceProviderConfig in `schemas`.",
        attempt!(schema),
    ),
    Check::must(
        "rfc7643/5/limits",
        "bulk says maxOperations and maxPayloadSize, filter says maxResults, all as integers.",
        "Give the three numbers, also when the feature is not supported.",
        attempt!(limits),
    ),
    Check::must(
        "rfc7643/5/authentication-schemes",
        "authenticationSchemes is a list of schemes with type, name and description.",
        "Describe how clients sign in.",
        attempt!(schemes),
    ),
];

async fn features(trial: &Trial) -> Verdict {
    let config = trial.get("/ServiceProviderConfig").await?.expect(&[200])?.json;
    for name in ["patch", "bulk", "filter", "changePassword", "sort", "etag"] {
        let supported = &config[name]["supported"];
        ensure!(supported.is_boolean(), "{name}.supported is {supported}");
    }
    Ok(())
}

async fn schema(trial: &Trial) -> Verdict {
    let config = trial.get("/ServiceProviderConfig").await?.expect(&[200])?.json;
    let expected = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
    let schemas = &config["schemas"];
    ensure!(
        schemas
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one == expected)),
        "schemas is {schemas}"
    );
    Ok(())
}

async fn limits(trial: &Trial) -> Verdict {
    let config = trial.get("/ServiceProviderConfig").await?.expect(&[200])?.json;
    for pointer in [
        "/bulk/maxOperations",
        "/bulk/maxPayloadSize",
        "/filter/maxResults",
    ] {
        let number = config.pointer(pointer);
        ensure!(
            number.is_some_and(serde_json::Value::is_u64),
            "{pointer} is {number:?}"
        );
    }
    Ok(())
}

async fn schemes(trial: &Trial) -> Verdict {
    let config = trial.get("/ServiceProviderConfig").await?.expect(&[200])?.json;
    let Some(schemes) = config["authenticationSchemes"].as_array() else {
        return Err(crate::check::violation(format!(
            "authenticationSchemes is {}",
            config["authenticationSchemes"]
        )));
    };
    for scheme in schemes {
        for name in ["type", "name", "description"] {
            ensure!(scheme[name].is_string(), "{name} of a scheme is {}", scheme[name]);
        }
    }
    Ok(())
}
