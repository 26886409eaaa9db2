//! Versions: nobody overwrites what they have not seen.

use serde_json::json;

use super::breach::{Breach, Verdict, same, stale};
use super::sample::{at, draft, group, kind_of, nobody, user};
use super::subject::Subject;
use crate::store::{Kind, StoreError, Version};

/// With another version than the one that is there, nothing is changed.
pub async fn a_stale_version_changes_nothing(store: Subject) -> Verdict {
    store.because("If-Match (RFC 7644 section 3.14) is kept by the write itself: a check before it would come too early");
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
        same("what is there", store.there(kind, &kept.id).await?.meta, kept)?;
    }
    Ok(())
}

/// Of eight who update a resource from one version, one does, and the others are stale.
pub async fn one_of_eight_writers_with_one_version_wins(store: Subject) -> Verdict {
    store.because(
        "two administrators who change one user at once: the second must hear of the first, not undo it",
    );
    let id = store.create_user("bjensen").await?;
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let (store, id) = (store.clone(), id.clone());
            tokio::spawn(async move {
                let changed = user(json!({ "userName": "bjensen", "title": format!("title {number}") }));
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
            Err(error) => stale("the update of one who came too late", Err::<(), _>(error))?,
        }
    }
    let record = store.there(Kind::User, &id).await?;
    same("the version", record.meta.version, Version::new(2))?;
    same(
        "who won, and what is there",
        winners,
        vec![(record.meta, record.document)],
    )
}

/// Touching moves version and time, and nothing else.
pub async fn touching_moves_the_version_alone(store: Subject) -> Verdict {
    store
        .because("members are not part of the document, but whoever read the group must see that it changed");
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
        same("what is there", record.meta, again)?;
        same("the document", record.document, resource.to_document())?;
    }
    Ok(())
}
