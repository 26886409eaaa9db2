//! What is kept is what was given.

use serde_json::json;

use super::breach::{Verdict, same};
use super::sample::{at, draft, matching, nobody, user};
use super::subject::Subject;
use crate::store::{Kind, ResourceId, Version};

/// A new resource is at its first version, and its document is the one that was given.
pub async fn what_is_kept_is_read_back_as_it_was(store: Subject) -> Verdict {
    store
        .because("what a client reads is what it wrote: Okta sends back what it read, and Entra ID compares");
    let bjensen = user(json!({
        "userName": "bjensen", "externalId": "701984", "active": true, "name": { "familyName": "Jensen" },
    }));
    let meta = store.create(&bjensen).await?;
    same(
        "version, creation and change",
        (meta.version, meta.created, meta.modified),
        (Version::FIRST, at(1), at(1)),
    )?;
    let record = store.there(Kind::User, &meta.id).await?;
    same("what the store knows", &record.meta, &meta)?;
    same("the document", &record.document, &bjensen.to_document())?;
    let page = store
        .list(Kind::User, &matching(Kind::User, "userName eq \"bjensen\"")?)
        .await?;
    same("the same in a list", page.records, vec![record])
}

/// Text of any script, of any length, with characters that SQL, JSON and patterns treat specially.
pub async fn any_text_is_kept(store: Subject) -> Verdict {
    store.because("names are of all languages, and a store that mends or cuts them changes who somebody is");
    let texts = [
        "'; DROP TABLE users; --".to_owned(),
        "\"\\/\u{8}\u{c}\n\r\t\u{1}\u{7f}".to_owned(),
        "%_*?[]{}$.a".to_owned(),
        "e\u{301} \u{e9} \u{df} \u{130}\u{131}".to_owned(),
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{10ffff}\u{ffff}\u{feff}".to_owned(),
        "\u{202e}\u{645}\u{631}\u{62d}\u{628}\u{627}".to_owned(),
        "  white  space  ".to_owned(),
        String::new(),
        "\u{4e2d}".repeat(100_000),
    ];
    for (number, text) in texts.into_iter().enumerate() {
        let odd = user(json!({
            "userName": format!("u{number}{}", text.chars().take(50).collect::<String>()),
            "displayName": text.chars().take(50).collect::<String>(), "title": text, "externalId": text.chars().take(50).collect::<String>(),
            "emails": [{ "value": text.chars().take(50).collect::<String>(), "display": text }, { "value": "second", "type": "home" }],
        }));
        let id = store.create(&odd).await?.id;
        let record = store.there(Kind::User, &id).await?;
        same("the document", record.document, odd.to_document())?;
    }
    Ok(())
}

/// After an update nothing is left of what was there before, in the document and in what is found.
pub async fn an_update_replaces_everything(store: Subject) -> Verdict {
    store.because("whoever is looked up by an address they no longer have is taken for somebody else");
    let before = user(json!({
        "userName": "bjensen", "externalId": "e1", "emails": [{ "value": "B@example.com", "type": "work" }],
    }));
    let id = store.create(&before).await?.id;
    let after =
        user(json!({ "userName": "babs", "emails": [{ "value": "babs@example.com" }], "active": false }));
    let mut transaction = store.write().await?;
    let meta = transaction
        .update(Kind::User, &id, Version::FIRST, &draft(&after, 7))
        .await?;
    transaction.commit().await?;
    same(
        "version, creation and change",
        (meta.version, meta.created, meta.modified),
        (Version::new(2), at(1), at(7)),
    )?;
    let record = store.there(Kind::User, &id).await?;
    same(
        "what is there",
        (record.meta, record.document),
        (meta, after.to_document()),
    )?;
    for (filter, found) in [
        ("userName eq \"BABS\"", 1),
        ("userName eq \"bjensen\"", 0),
        ("externalId eq \"e1\"", 0),
        ("emails.value eq \"babs@EXAMPLE.com\"", 1),
        ("emails.value eq \"b@example.com\"", 0),
        ("emails.type eq \"work\"", 0),
        ("active eq false", 1),
    ] {
        let Some(page) = store
            .list_if_supported(Kind::User, &matching(Kind::User, filter)?)
            .await?
        else {
            continue;
        };
        same(&format!("users with {filter}"), page.total, found)?;
    }
    store.create_user("bjensen").await?;
    Ok(())
}

/// An id that the store never gave is of nobody, whatever it looks like, and so is one of the other kind.
pub async fn an_unknown_id_is_nothing(store: Subject) -> Verdict {
    store.because("clients ask for whatever they were told; that is a 404 and not a failure of the store");
    let id = store.create_user("bjensen").await?;
    for text in [
        "",
        "bjensen",
        "00919288221112222",
        "'",
        "\u{1f600}",
        "%",
        nobody().as_str(),
        &"x".repeat(5_000),
        // what only looks like an id that is one
        &format!("0{id}"),
        &format!(" {id}"),
        &format!("{id} "),
        &format!("+{id}"),
        &format!("{id}.0"),
    ] {
        let id = ResourceId::new(text);
        for kind in [Kind::User, Kind::Group] {
            same("a resource of an unknown id", store.get(kind, &id).await?, None)?;
        }
        let mut transaction = store.write().await?;
        let known = transaction.known_users(&[text]).await?;
        same("known users", known.len(), 0)?;
        let groups = std::slice::from_ref(&id);
        same("members", transaction.members(groups).await?, vec![])?;
        same("memberships", transaction.memberships(groups).await?, vec![])?;
    }
    same(
        "a group with the id of a user",
        store.get(Kind::Group, &id).await?,
        None,
    )
}
