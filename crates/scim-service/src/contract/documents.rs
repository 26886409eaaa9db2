//! Resources are read back as they were written.

use serde_json::json;

use super::breach::{Verdict, same};
use super::sample::{at, draft, matching, nobody, user};
use super::subject::Subject;
use crate::store::{Kind, ResourceId, Version};

/// A new resource is at its first version, and its document is unchanged.
pub async fn what_is_kept_is_read_back_as_it_was(store: Subject) -> Verdict {
    store.because(
        "clients rely on reading what they wrote: Okta sends back what it read, and Entra ID compares",
    );
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
    same("the metadata", &record.meta, &meta)?;
    same("the document", &record.document, &bjensen.to_document())?;
    let page = store
        .list(Kind::User, &matching(Kind::User, "userName eq \"bjensen\"")?)
        .await?;
    same("the list", page.records, vec![record])
}

/// Text of any script and length is stored, including characters that are special in SQL, JSON and patterns.
pub async fn any_text_is_kept(store: Subject) -> Verdict {
    store.because(
        "names come in all languages: a store that normalizes or truncates them changes people's identities",
    );
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

/// After an update, nothing of the old resource is left, neither in the document nor in searches.
pub async fn an_update_replaces_everything(store: Subject) -> Verdict {
    store.because("a user who is found by an old address is taken for somebody else");
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
        "the record",
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

/// An id that the store did not assign is unknown, whatever it looks like, and so is an id of another kind.
pub async fn an_unknown_id_is_nothing(store: Subject) -> Verdict {
    store.because("clients send any id that they have: the response is 404, not a failure of the store");
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
        // similar to an id that exists
        &format!("0{id}"),
        &format!(" {id}"),
        &format!("{id} "),
        &format!("+{id}"),
        &format!("{id}.0"),
    ] {
        let id = ResourceId::new(text);
        for kind in [Kind::User, Kind::Group] {
            same("a resource with an unknown id", store.get(kind, &id).await?, None)?;
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
