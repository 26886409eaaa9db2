//! Attributes (RFC 7643 section 2).

use serde_json::{Value, json};

use crate::check::{Check, Verdict, attempt, ensure};
use crate::subject::Profile;
use crate::trial::{Trial, encode};

pub(super) const CHECKS: &[Check] = &[
    Check::must(
        "rfc7643/2.1/names-in-any-case",
        "Names of attributes are taken in any case.",
        "Look names up without regard to case, and store them as the schema writes them.",
        attempt!(any_case),
    ),
    Check::must(
        "rfc7643/2.3.1/unicode",
        "Text is kept as it was sent, in every script and with characters beyond the first 65,536.",
        "Take and store UTF-8 from end to end; MySQL needs utf8mb4 for it.",
        attempt!(unicode),
    ),
    Check::should(
        "rfc7643/2.3.1/long-text",
        "A text is kept whole, or the request is refused: it is not cut silently.",
        "Answer 400 with `invalidValue` to a text that is too long to be stored.",
        attempt!(long_text),
    ),
    Check::must(
        "rfc7643/2.3.2/boolean",
        "A boolean is returned as JSON true or false, never as text.",
        "Store booleans as booleans, also when a client sent \"True\".",
        attempt!(boolean),
    ),
    Check::must(
        "rfc7643/2.3.2/boolean-as-text",
        "Text in place of a boolean is refused.",
        "Answer 400 with `invalidValue`.",
        attempt!(boolean_text),
    )
    .only(&[Profile::Standard]),
    Check::must(
        "rfc7643/2.3.5/date-time",
        "Times are written as xsd:dateTime, with a time zone.",
        "Write RFC 3339, such as 2008-01-23T04:56:22Z.",
        attempt!(date_time),
    ),
    Check::must(
        "rfc7643/2.4/one-primary",
        "No more than one value of an attribute is primary.",
        "Keep `primary` of one value and set the others to false, or refuse the request.",
        attempt!(one_primary),
    ),
    Check::must(
        "rfc7643/2.4/multi-valued-is-array",
        "A multi-valued attribute is returned as an array, also with one value.",
        "Never unwrap a list of one.",
        attempt!(array),
    ),
    Check::should(
        "rfc7643/2.4/same-value-once",
        "A pair of type and value is returned once.",
        "Drop values that are the same in type and value.",
        attempt!(same_value),
    ),
    Check::must(
        "rfc7643/2.5/null-is-unassigned",
        "null and an empty list in a request mean that the attribute has no value.",
        "Take null and [] for not there; do not refuse them.",
        attempt!(null),
    ),
    Check::may(
        "rfc7643/2.5/no-null-in-answers",
        "An attribute without a value is left out of answers: some clients stumble over null.",
        "Leave out what has no value.",
        attempt!(no_null),
    ),
];

async fn any_case(trial: &Trial) -> Verdict {
    let mut document = trial.user_document();
    if let Some(members) = document.as_object_mut() {
        let name = members.remove("userName").unwrap_or_default();
        members.insert("USERNAME".to_owned(), name);
        members.insert("nickname".to_owned(), json!("Kitty"));
    }
    let name = document["USERNAME"].clone();
    let user = trial.make("/Users", document).await?;
    let read = trial.read(&user).await?;
    ensure!(read["userName"] == name, "userName is {}", read["userName"]);
    ensure!(read["nickName"] == "Kitty", "nickName is {}", read["nickName"]);
    Ok(())
}

async fn unicode(trial: &Trial) -> Verdict {
    let text = "Zoë Ångström, Ελένη, Юлия, 山田太郎, 👩🏽‍🚀";
    let user = trial.user_with(json!({ "displayName": text })).await?;
    let read = trial.read(&user).await?;
    ensure!(
        read["displayName"] == text,
        "displayName is {} where \"{text}\" was sent",
        read["displayName"]
    );
    Ok(())
}

async fn long_text(trial: &Trial) -> Verdict {
    let text = "A long title. ".repeat(25);
    let text = text.trim();
    let mut document = trial.user_document();
    if let Some(members) = document.as_object_mut() {
        members.insert("title".to_owned(), json!(text));
    }
    let answer = trial.post("/Users", &document).await?.expect(&[201, 400, 413])?;
    if answer.status != 201 {
        return Ok(());
    }
    let path = format!("/Users/{}", encode(&answer.id()?));
    let read = trial.get(path).await?.expect(&[200])?;
    let title = read.json["title"].as_str().unwrap_or_default();
    ensure!(
        title == text,
        "{} of {} characters are kept",
        title.chars().count(),
        text.chars().count()
    );
    Ok(())
}

async fn boolean(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let read = trial.read(&user).await?;
    for value in [&read["active"], &read["emails"][0]["primary"]] {
        ensure!(value.is_boolean(), "a boolean is returned as {value}");
    }
    Ok(())
}

async fn boolean_text(trial: &Trial) -> Verdict {
    let mut document = trial.user_document();
    if let Some(members) = document.as_object_mut() {
        members.insert("active".to_owned(), json!("maybe"));
    }
    trial
        .post("/Users", &document)
        .await?
        .expect_error(&[400], None)?;
    Ok(())
}

async fn date_time(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let meta = &trial.read(&user).await?["meta"];
    for name in ["created", "lastModified"] {
        let text = meta[name].as_str().unwrap_or_default();
        ensure!(
            text.parse::<jiff::Timestamp>().is_ok() && text.contains('T'),
            "meta.{name} is {}",
            meta[name]
        );
    }
    Ok(())
}

async fn one_primary(trial: &Trial) -> Verdict {
    let mut document = trial.user_document();
    if let Some(members) = document.as_object_mut() {
        members.insert(
            "emails".to_owned(),
            json!([
                { "type": "work", "value": "work@conformance.example", "primary": true },
                { "type": "home", "value": "home@conformance.example", "primary": true }
            ]),
        );
    }
    let answer = trial.post("/Users", &document).await?.expect(&[201, 400])?;
    let primaries = answer.json["emails"].as_array().into_iter().flatten();
    let primaries = primaries.filter(|email| email["primary"] == true).count();
    ensure!(
        primaries <= 1,
        "{primaries} e-mails are primary: {}",
        answer.json["emails"]
    );
    Ok(())
}

async fn array(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let read = trial.read(&user).await?;
    ensure!(
        read["emails"].is_array() && read["schemas"].is_array(),
        "emails is {}",
        read["emails"]
    );
    Ok(())
}

async fn same_value(trial: &Trial) -> Verdict {
    let email = json!({ "type": "work", "value": "twice@conformance.example" });
    let user = trial.user_with(json!({ "emails": [email, email] })).await?;
    let emails = trial.read(&user).await?["emails"].clone();
    ensure!(
        emails.as_array().map(Vec::len) == Some(1),
        "the e-mail that was sent twice is {emails}"
    );
    Ok(())
}

async fn null(trial: &Trial) -> Verdict {
    let user = trial
        .user_with(json!({ "nickName": null, "phoneNumbers": [] }))
        .await?;
    let read = trial.read(&user).await?;
    ensure!(read["nickName"].is_null(), "nickName is {}", read["nickName"]);
    let phones = read["phoneNumbers"].as_array().is_none_or(Vec::is_empty);
    ensure!(phones, "phoneNumbers is {}", read["phoneNumbers"]);
    Ok(())
}

async fn no_null(trial: &Trial) -> Verdict {
    let user = trial.user().await?;
    let read = trial.read(&user).await?;
    let null = read
        .as_object()
        .into_iter()
        .flatten()
        .find(|(_, value)| value == &&Value::Null);
    ensure!(null.is_none(), "{} is null", null.map_or("", |(name, _)| name));
    Ok(())
}
