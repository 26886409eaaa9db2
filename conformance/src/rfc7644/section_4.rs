//! Discovery (RFC 7644 section 4).

use crate::check::{Check, Verdict, attempt, ensure};
use crate::trial::{Trial, USER, encode};

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7644/4/endpoints",
        "/ServiceProviderConfig, /ResourceTypes and /Schemas are answered with 200.",
        "Serve the three discovery endpoints.",
        attempt!(endpoints),
    ),
    Check::must(
        "rfc7644/4/lists",
        "/ResourceTypes and /Schemas answer with a ListResponse of everything there is.",
        "Answer with a ListResponse, also when there is one entry.",
        attempt!(lists),
    ),
    Check::should(
        "rfc7644/4/no-filter",
        "A filter on a discovery endpoint is refused with 403.",
        "Answer 403 when `filter` is given to a discovery endpoint.",
        attempt!(no_filter),
    ),
    Check::must(
        "rfc7644/4/one-schema",
        "A schema is read at /Schemas and its URN.",
        "Serve /Schemas/{urn}; the URN is the id.",
        attempt!(one_schema),
    ),
    Check::must(
        "rfc7644/4/one-resource-type",
        "A resource type is read at /ResourceTypes and its name.",
        "Serve /ResourceTypes/{name}.",
        attempt!(one_type),
    ),
    Check::must(
        "rfc7644/4/unknown-schema",
        "A schema that does not exist is answered with 404.",
        "Answer 404 with an Error document.",
        attempt!(unknown_schema),
    ),
    Check::must(
        "rfc7644/4/paging-is-ignored",
        "Paging, sorting and attributes in the query of a discovery endpoint make no difference.",
        "Ignore query parameters other than filter on discovery endpoints.",
        attempt!(paging),
    ),
];

async fn endpoints(trial: &Trial) -> Verdict {
    for path in ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"] {
        let answer = trial.get(path).await?.expect(&[200])?;
        ensure!(answer.json.is_object(), "the body of {path} is not a JSON object");
    }
    Ok(())
}

async fn lists(trial: &Trial) -> Verdict {
    for path in ["/ResourceTypes", "/Schemas"] {
        let answer = trial.get(path).await?.expect(&[200])?;
        let (total, found) = (answer.total()?, answer.resources()?.len() as u64);
        ensure!(
            total == found && found > 0,
            "{path} has {found} entries, totalResults is {total}"
        );
    }
    Ok(())
}

async fn no_filter(trial: &Trial) -> Verdict {
    for path in ["/ResourceTypes", "/Schemas", "/ServiceProviderConfig"] {
        trial
            .list(path, &[("filter", "name eq \"User\"")])
            .await?
            .expect_error(&[403], None)?;
    }
    Ok(())
}

async fn one_schema(trial: &Trial) -> Verdict {
    let answer = trial
        .get(format!("/Schemas/{}", encode(USER)))
        .await?
        .expect(&[200])?;
    ensure!(answer.json["id"] == USER, "id is {}", answer.json["id"]);
    let plain = trial.get(format!("/Schemas/{USER}")).await?.expect(&[200])?;
    ensure!(plain.json["id"] == USER, "id is {}", plain.json["id"]);
    Ok(())
}

async fn one_type(trial: &Trial) -> Verdict {
    let all = trial.get("/ResourceTypes").await?.expect(&[200])?;
    for kind in all.resources()? {
        let name = kind["id"].as_str().or(kind["name"].as_str()).unwrap_or_default();
        let one = trial
            .get(format!("/ResourceTypes/{}", encode(name)))
            .await?
            .expect(&[200])?;
        ensure!(one.json["name"] == kind["name"], "name is {}", one.json["name"]);
    }
    Ok(())
}

async fn unknown_schema(trial: &Trial) -> Verdict {
    trial
        .get("/Schemas/urn:example:kit:Robot")
        .await?
        .expect_error(&[404], None)?;
    Ok(())
}

async fn paging(trial: &Trial) -> Verdict {
    let all = trial.get("/Schemas").await?.expect(&[200])?;
    let paged = trial
        .list("/Schemas", &[("startIndex", "2"), ("count", "1")])
        .await?
        .expect(&[200])?;
    let (all, paged) = (all.resources()?.len(), paged.resources()?.len());
    ensure!(all == paged, "{paged} of {all} schemas with count=1");
    Ok(())
}
