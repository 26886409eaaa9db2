//! Versions: no writer overwrites a change that it has not seen.

use serde_json::json;

use super::breach::{Breach, Verdict, same, stale};
use super::sample::{at, draft, group, kind_of, nobody, user};
use super::subject::Subject;
use crate::store::{Kind, StoreError, Version};

/// A write at another version than the current one changes nothing.
pub async fn a_stale_version_changes_nothing(store: Subject) -> Verdict {
    store.because("the write itself must enforce If-Match (RFC 7644 section 3.14): a check before it would be too early");
    for resource in [
        user(json!({ "userName": "bjensen" })),
        group(json!({ "displayName": "Tour Guides" })),
    ] {
        let kind = kind_of(&resource);
        let kept = store.create(&resource).await?;
        let absent = nobody();
        let mut transaction = store.write().await?;
        for (id, version) in [
            (&kept.id, Version::new(2)),
            (&kept.id, Version::new(0)),
            (&absent, Version::FIRST),
        ] {
            let updated = transaction.update(kind, id, version, &draft(&resource, 2)).await;
            stale("an update", updated)?;
            stale("touching", transaction.touch(kind, id, version, at(2)).await)?;
            stale("deleting", transaction.delete(kind, id, version, at(2)).await)?;
        }
        transaction.commit().await?;
        same("the metadata", store.there(kind, &kept.id).await?.meta, kept)?;
    }
    Ok(())
}

/// Of eight writers that update a resource from the same version, one succeeds, and the others are stale.
pub async fn one_of_eight_writers_with_one_version_wins(store: Subject) -> Verdict {
    store.because(
        "if two administrators change a user at once, the second one must learn of the first change instead of undoing it",
    );
    // a race that is lost once in a while is not seen in one round
    for round in 0..8 {
        one_of_eight_wins(&store, &format!("bjensen{round}")).await?;
    }
    Ok(())
}

/// One round, with a new user.
async fn one_of_eight_wins(store: &Subject, user_name: &str) -> Verdict {
    let id = store.create_user(user_name).await?;
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let (store, id, user_name) = (store.clone(), id.clone(), user_name.to_owned());
            tokio::spawn(async move {
                let changed = user(json!({ "userName": user_name, "title": format!("title {number}") }));
                let mut transaction = store.write().await?;
                let meta = transaction
                    .update(Kind::User, &id, Version::FIRST, &draft(&changed, 2))
                    .await?;
                transaction.commit().await?;
                Ok::<_, StoreError>((meta, changed.to_document()))
            })
        })
        .collect();
    let mut winners = Vec::new();
    for task in tasks {
        match task
            .await
            .map_err(|error| Breach::new("no writer panics", error))?
        {
            Ok(winner) => winners.push(winner),
            Err(error) => stale("the update of a later writer", Err::<(), _>(error))?,
        }
    }
    let record = store.there(Kind::User, &id).await?;
    same("the version", record.meta.version, Version::new(2))?;
    same(
        "the writer that succeeded, and the record",
        winners,
        vec![(record.meta, record.document)],
    )
}

/// `touch` changes only the version and the time.
pub async fn touching_moves_the_version_alone(store: Subject) -> Verdict {
    store.because(
        "members are not part of the document, but a client that has read the group must see that it changed",
    );
    for resource in [
        user(json!({ "userName": "bjensen", "title": "Guide" })),
        group(json!({ "displayName": "Tour Guides", "externalId": "e1" })),
    ] {
        let kind = kind_of(&resource);
        let kept = store.create(&resource).await?;
        let mut transaction = store.write().await?;
        let touched = transaction.touch(kind, &kept.id, Version::FIRST, at(9)).await?;
        let again = transaction.touch(kind, &kept.id, Version::new(2), at(10)).await?;
        transaction.commit().await?;
        same(
            "version, creation and change after touching",
            (touched.version, touched.created, touched.modified),
            (Version::new(2), at(1), at(9)),
        )?;
        let record = store.there(kind, &kept.id).await?;
        same("the metadata", record.meta, again)?;
        same("the document", record.document, resource.to_document())?;
    }
    Ok(())
}
