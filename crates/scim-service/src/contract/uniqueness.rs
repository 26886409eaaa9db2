//! Unique names.

use scim_core::time::Timestamp;
use serde_json::json;

use super::breach::{Breach, Verdict, same, taken};
use super::sample::{draft, group, matching, quoted, unique, user};
use super::subject::Subject;
use crate::store::{FreeNames, Kind, StoreError, Version};

/// A `userName` is taken in any case, width or composition of its letters.
pub async fn a_user_name_is_taken_in_every_spelling(store: Subject) -> Verdict {
    store.because(
        "`userName` is not caseExact (RFC 7643 section 4.1.1): identity providers look up one spelling, create another \
         one, and must learn of the existing account",
    );
    for (first, second) in [
        ("bjensen@example.com", "BJensen@Example.COM"),
        ("\u{c9}milie", "e\u{301}milie"),
        ("stra\u{df}e", "STRASSE"),
        ("\u{ff21}da", "ada"),
        (
            "\u{3a3}\u{3af}\u{3c3}\u{3c5}\u{3c6}\u{3bf}\u{3c2}",
            "\u{3a3}\u{38a}\u{3a3}\u{3a5}\u{3a6}\u{39f}\u{3a3}",
        ),
        ("smile\u{1f600}", "SMILE\u{1f600}"),
        ("bob smith", "Bob Smith"),
    ] {
        let id = store.create_user(first).await?;
        let again = store.create_user(second).await;
        taken(&format!("`{second}` beside `{first}`"), "userName", again)?;
        let filter = format!("userName eq {}", quoted(second));
        let found = store.list(Kind::User, &matching(Kind::User, &filter)?).await?;
        same(
            &format!("users with {filter}, if `{first}` exists"),
            found.total,
            1,
        )?;
        let mut transaction = store.read().await?;
        let account = transaction.account(second).await?;
        same(
            "the account of the other spelling",
            account.map(|account| account.id),
            Some(id),
        )?;
    }
    let other = store.create_user("other").await?;
    let shouted = user(json!({ "userName": "STRASSE" }));
    let mut transaction = store.write().await?;
    let result = transaction
        .update(Kind::User, &other, Version::FIRST, &draft(&shouted, 2))
        .await;
    taken("renaming to a name that is taken", "userName", result)?;
    drop(transaction);
    let own = user(json!({ "userName": "OTHER" }));
    let mut transaction = store.write().await?;
    transaction
        .update(Kind::User, &other, Version::FIRST, &draft(&own, 2))
        .await?;
    Ok(transaction.commit().await?)
}

/// `insert_users` creates the users whose names are free, and returns `None` at the place of the others.
pub async fn of_many_new_users_those_are_kept_whose_names_are_free(store: Subject) -> Verdict {
    store.because(
        "a bulk request creates its users together: a taken name must neither prevent the others nor go unreported",
    );
    store.create_user("present").await?;
    let former = store.create_user("former").await?;
    let mut transaction = store.write().await?;
    transaction
        .delete(Kind::User, &former, Version::FIRST, Timestamp::from_millis(2))
        .await?;
    transaction.commit().await?;
    let names = ["first", "PRESENT", "Former", "second", "First", "third"];
    let users = names.map(|name| {
        user(json!({ "userName": name, "emails": [{ "value": format!("{name}@example.com") }] }))
    });
    // in a store that does not keep deleted users, their names are free
    let kept = store.read().await?.account("former").await?.is_some();
    for (free, expected) in [
        (FreeNames::Unknown, [true, false, !kept, true, false, true]),
        (FreeNames::OfDeleted, [true, false, true, true, false, true]),
    ] {
        let drafts: Vec<_> = users.iter().map(|user| draft(user, 3)).collect();
        let mut transaction = store.write().await?;
        let kept = transaction.insert_users(&drafts, free).await?;
        let were_kept: Vec<bool> = kept.iter().map(Option::is_some).collect();
        same(
            &format!("which of {names:?} are created, {free:?}"),
            were_kept,
            expected.to_vec(),
        )?;
        for (name, meta) in names.iter().zip(&kept) {
            let Some(meta) = meta else { continue };
            same("the version of a new user", meta.version, Version::FIRST)?;
            let found = transaction.account(name).await?;
            same(
                "the id under the name",
                found.map(|account| account.id),
                Some(meta.id.clone()),
            )?;
        }
        // rolled back for the next round
        drop(transaction);
    }
    let drafts: Vec<_> = users.iter().map(|user| draft(user, 3)).collect();
    let mut transaction = store.write().await?;
    transaction.insert_users(&drafts, FreeNames::OfDeleted).await?;
    transaction.commit().await?;
    same("users", store.total(Kind::User).await?, 5)?;
    let filter = "emails.value eq \"second@example.com\"";
    let selection = matching(Kind::User, filter)?;
    match store.list_if_supported(Kind::User, &selection).await? {
        Some(found) => same(&format!("users with {filter}"), found.total, 1),
        None => Ok(()),
    }
}

/// Names that only look alike, or that a collation considers equal, are different.
pub async fn different_names_are_different(store: Subject) -> Verdict {
    store.because(
        "two people whose names a database considers equal would share an account: compare by `scim_core::text::fold`, not \
         by a collation or a pattern",
    );
    let names = [
        // dotted and dotless: `fold` is independent of the language
        "istanbul",
        "\u{131}stanbul",
        "\u{130}stanbul",
        "resume",
        "r\u{e9}sum\u{e9}",
        "\u{1f600}",
        "\u{1f601}",
        "a%",
        "a_",
        "ab",
        "a\\",
        "a'",
        "a\"",
        "a b",
        "a",
        "\u{430}",
        "a-",
        "a.",
        "a\u{200b}",
    ];
    for name in names {
        store.create_user(name).await?;
    }
    for name in names {
        let filter = format!("userName eq {}", quoted(name));
        let found = store.list(Kind::User, &matching(Kind::User, &filter)?).await?;
        same(&format!("users with {filter}"), found.total, 1)?;
    }
    Ok(())
}

/// Of sixteen writers that create a user with the same name at the same time, one succeeds; for the others, the name is taken.
pub async fn one_of_sixteen_gets_the_name(store: Subject) -> Verdict {
    store.because(
        "identity providers send requests in parallel and retry: a store that looks up the name before it inserts creates \
         two accounts for one person",
    );
    let names = ["\u{c9}milie", "e\u{301}MILIE"];
    let attempts = names.into_iter().cycle().take(16).map(|name| {
        let store = store.clone();
        async move { store.create_user(name).await }
    });
    race(attempts, "userName").await?;
    same("users", store.total(Kind::User).await?, 1)?;
    let found = store
        .list(Kind::User, &matching(Kind::User, "userName eq \"\u{e9}milie\"")?)
        .await?;
    same("users with that name", found.total, 1)
}

/// The names of groups are unique only among drafts that demand it.
pub async fn group_names_are_unique_where_that_is_asked_for(store: Subject) -> Verdict {
    store.because(
        "Okta and Entra ID find a group by its `displayName` and must not find two; standard SCIM allows two, so the draft \
         decides",
    );
    let guides = group(json!({ "displayName": "Tour Guides" }));
    let shouted = group(json!({ "displayName": "TOUR GUIDES" }));
    store.create(&guides).await?;
    let second = store.create(&shouted).await?.id;
    let own = store.keep(unique(&guides, 1)).await?;
    taken(
        "a second group with the name",
        "displayName",
        store.keep(unique(&shouted, 1)).await,
    )?;
    let mut transaction = store.write().await?;
    let renamed = transaction
        .update(Kind::Group, &second, Version::FIRST, &unique(&shouted, 2))
        .await;
    taken("an update to a name that is taken", "displayName", renamed)?;
    drop(transaction);
    let mut transaction = store.write().await?;
    transaction
        .update(Kind::Group, &own.id, own.version, &unique(&shouted, 2))
        .await?;
    transaction.commit().await?;
    store.delete(Kind::Group, &own.id, 3).await?;
    store.keep(unique(&guides, 4)).await?;
    same("groups", store.total(Kind::Group).await?, 3)
}

/// Of sixteen writers that create a group with the same unique name at the same time, one succeeds.
pub async fn one_of_sixteen_groups_gets_the_name(store: Subject) -> Verdict {
    store.because(
        "groups are pushed in parallel: two groups with one name would each get half of the members",
    );
    let attempts = (0..16).map(|number| {
        let store = store.clone();
        async move {
            let name = if number % 2 == 0 {
                "Tour Guides"
            } else {
                "tour guides"
            };
            store
                .keep(unique(&group(json!({ "displayName": name })), 1))
                .await
        }
    });
    race(attempts, "displayName").await?;
    same("groups", store.total(Kind::Group).await?, 1)
}

async fn race<T: Send + 'static>(
    attempts: impl Iterator<Item = impl Future<Output = Result<T, StoreError>> + Send + 'static>,
    attribute: &'static str,
) -> Verdict {
    let tasks: Vec<_> = attempts.map(tokio::spawn).collect();
    let mut winners = 0;
    for task in tasks {
        let ended = task
            .await
            .map_err(|error| Breach::new("no attempt panics", error))?;
        match ended {
            Ok(_) => winners += 1,
            Err(StoreError::NotUnique(named)) if named == attribute => {}
            Err(error) => {
                return Err(Breach::new(
                    format!("the attempt fails with `NotUnique(\"{attribute}\")`"),
                    error,
                ));
            }
        }
    }
    same("how many of sixteen succeed", winners, 1)
}
