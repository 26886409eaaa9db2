//! What every Okta app does.

use serde_json::json;

use super::{assign, look_up, needs, user_document};
use crate::check::{Check, Finding, Verdict, attempt, ensure};
use crate::http::Request;
use crate::trial::Trial;

pub(super) const CHECKS: &[Check] = &[
    needs(
        "okta/common/test-connector",
        "Testing the connector lists two users and all groups, with numbers as JSON integers.",
        "Answer both lists with 200 and a ListResponse.",
        attempt!(test_connector),
    ),
    needs(
        "okta/common/look-up-miss",
        "Looking for a user who is not there is answered with 200 and no resource.",
        "Answer totalResults 0, not 404.",
        attempt!(miss),
    ),
    needs(
        "okta/common/create",
        "A new user is created from a body with `groups` and `password`, and answered whole, without the password.",
        "Ignore `groups`, never return the password, and answer 201 with the user and its id.",
        attempt!(create),
    ),
    needs(
        "okta/common/create-duplicate",
        "Creating a user who is there and active is refused with 409 and an Error document.",
        "Answer 409; Okta shows `detail` to the administrator.",
        attempt!(duplicate),
    ),
    needs(
        "okta/common/match-existing",
        "A user who is there is found by userName in any case, active or not.",
        "Compare userName folded, and do not hide inactive users.",
        attempt!(existing),
    ),
    needs(
        "okta/common/put-what-get-answered",
        "A profile update is a PUT of what GET answered with other values: id, meta and groups come back.",
        "Ignore read-only attributes of a PUT.",
        attempt!(profile_update),
    ),
    needs(
        "okta/common/bad-credentials",
        "Wrong credentials are answered with 401 and an Error document with detail and status \"401\".",
        "Answer 401 as SCIM does; Okta shows the detail.",
        attempt!(bad_credentials),
    ),
    needs(
        "okta/common/unknown-id",
        "An id that is not known is answered with 404, status \"404\" and detail.",
        "Answer 404 as SCIM does.",
        attempt!(unknown_id),
    ),
    needs(
        "okta/common/import",
        "An import reads pages of 100 until totalResults, and finds each user once.",
        "Order lists by something unique; count all matches.",
        attempt!(import),
    ),
    needs(
        "okta/common/compressed",
        "An answer may be compressed, as Okta accepts, and says so.",
        "Send Content-Encoding with compressed answers.",
        attempt!(compressed),
    ),
    needs(
        "okta/common/reprovision",
        "A user who was deactivated and is assigned again comes back as the same user.",
        "Activate the user who is there in place of refusing the creation.",
        attempt!(reprovision),
    ),
];

async fn test_connector(trial: &Trial) -> Verdict {
    for path in ["/Users?startIndex=1&count=2", "/Groups?startIndex=1&count=100"] {
        let answer = trial.get(path).await?.expect(&[200])?;
        for name in ["totalResults", "startIndex", "itemsPerPage"] {
            ensure!(
                answer.json[name].is_u64(),
                "{name} of {path} is {}",
                answer.json[name]
            );
        }
        answer.resources()?;
    }
    Ok(())
}

async fn miss(trial: &Trial) -> Verdict {
    let found = look_up(trial, &format!("{}@okta.local", trial.unique("nobody"))).await?;
    ensure!(found.total()? == 0, "the look-up finds {:?}", found.ids()?);
    Ok(())
}

async fn create(trial: &Trial) -> Verdict {
    let user = assign(trial).await?;
    ensure!(
        !user.answer.text.contains("1mz050nq"),
        "the answer has the password"
    );
    ensure!(
        user.answer.json["userName"] == user.name(),
        "userName is {}",
        user.answer.json["userName"]
    );
    ensure!(
        user.answer.json["active"] == true,
        "active is {}",
        user.answer.json["active"]
    );
    let found = look_up(trial, user.name()).await?;
    ensure!(
        found.ids()? == [user.id.clone()],
        "the look-up finds {:?}",
        found.ids()?
    );
    Ok(())
}

async fn duplicate(trial: &Trial) -> Verdict {
    let user = assign(trial).await?;
    let answer = trial
        .post("/Users", &user.sent)
        .await?
        .expect_error(&[409], None)?;
    ensure!(
        answer.json["status"] == "409",
        "status is {}",
        answer.json["status"]
    );
    ensure!(
        answer.json["detail"].is_string(),
        "detail is {}",
        answer.json["detail"]
    );
    Ok(())
}

async fn existing(trial: &Trial) -> Verdict {
    let user = assign(trial).await?;
    for active in [true, false] {
        let document = super::merged(trial, &user, json!({ "active": active })).await?;
        trial.put(&user.path, &document).await?.expect(&[200])?;
        let found = look_up(trial, &user.name().to_uppercase()).await?;
        ensure!(
            found.ids()? == [user.id.clone()],
            "with active {active} the look-up finds {:?}",
            found.ids()?
        );
    }
    Ok(())
}

async fn profile_update(trial: &Trial) -> Verdict {
    let user = assign(trial).await?;
    let name = json!({ "givenName": "Another", "familyName": "Name" });
    let document = super::merged(
        trial,
        &user,
        json!({ "name": name, "title": "Chief", "groups": [] }),
    )
    .await?;
    let answer = trial.put(&user.path, &document).await?.expect(&[200])?;
    ensure!(
        answer.json["id"] == user.id.as_str(),
        "id is {}",
        answer.json["id"]
    );
    let now = trial.read(&user).await?;
    ensure!(
        now["name"]["givenName"] == "Another" && now["title"] == "Chief",
        "the user is {now}"
    );
    Ok(())
}

async fn bad_credentials(trial: &Trial) -> Verdict {
    if !trial.subject.signs_in() {
        return Err(Finding::NotJudged("no credentials were given".to_owned()));
    }
    let request = Request::get("/Users?startIndex=1&count=2").header("authorization", "non-token");
    let answer = trial
        .send(request)
        .await?
        .unless_throttled()?
        .expect_error(&[401], None)?;
    ensure!(
        answer.json["status"] == "401",
        "status is {}",
        answer.json["status"]
    );
    ensure!(
        answer.json["detail"]
            .as_str()
            .is_some_and(|text| !text.is_empty()),
        "there is no detail"
    );
    Ok(())
}

async fn unknown_id(trial: &Trial) -> Verdict {
    let answer = trial
        .get("/Users/00919288221112222")
        .await?
        .expect_error(&[404], None)?;
    ensure!(
        answer.json["status"] == "404",
        "status is {}",
        answer.json["status"]
    );
    ensure!(
        answer.json["detail"]
            .as_str()
            .is_some_and(|text| !text.is_empty()),
        "there is no detail"
    );
    Ok(())
}

async fn import(trial: &Trial) -> Verdict {
    let (first, second) = (assign(trial).await?, assign(trial).await?);
    let mut seen = Vec::new();
    let mut start = 1;
    // a live server may have very many: this looks until both were seen, or at 100 pages
    for _ in 0..100 {
        let answer = trial
            .get(format!("/Users?startIndex={start}&count=100"))
            .await?
            .expect(&[200])?;
        seen.extend(answer.ids()?);
        start += 100;
        if start > answer.total()? {
            for user in [&first, &second] {
                let times = seen.iter().filter(|id| **id == user.id).count();
                ensure!(times == 1, "the import finds {} {times} times", user.name());
            }
            return Ok(());
        }
    }
    Err(Finding::NotJudged(
        "the server has more than 10,000 users".to_owned(),
    ))
}

async fn compressed(trial: &Trial) -> Verdict {
    assign(trial).await?;
    let answer = trial.get("/Users?startIndex=1&count=100").await?.expect(&[200])?;
    answer.resources()?;
    Ok(())
}

async fn reprovision(trial: &Trial) -> Verdict {
    let user = assign(trial).await?;
    let document = super::merged(trial, &user, json!({ "active": false })).await?;
    trial.put(&user.path, &document).await?.expect(&[200])?;
    let mut again = user_document("x");
    for name in ["userName", "externalId", "emails"] {
        again[name].clone_from(&user.sent[name]);
    }
    let answer = trial.post("/Users", &again).await?.expect(&[201, 200])?;
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
