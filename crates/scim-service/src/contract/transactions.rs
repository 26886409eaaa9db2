//! Transactions: all or nothing.

use std::sync::mpsc;
use std::time::Duration;

use serde_json::json;

use super::breach::{Breach, Verdict, holds, same};
use super::sample::{at, delta, draft, ids, matching, user};
use super::subject::Subject;
use crate::store::{Kind, Version};

/// A dropped transaction leaves resources, members, totals and names unchanged.
pub async fn what_is_not_committed_leaves_no_trace(store: Subject) -> Verdict {
    store.because("a request that fails halfway is sent again: leftovers would make it fail");
    let guides = store.create_group("Tour Guides").await?;
    let here = store.create_user("here").await?;
    store.add(&guides, &[&here]).await?;
    let mut transaction = store.write().await?;
    let gone = user(json!({ "userName": "gone" }));
    let id = transaction.insert(Kind::User, &draft(&gone, 1)).await?.id;
    let join = delta(|delta| delta.replace([id.as_str().to_owned()]));
    transaction.change_members(&guides, &join).await?;
    transaction
        .delete(Kind::Group, &guides, Version::FIRST, at(2))
        .await?;
    transaction
        .delete(Kind::User, &here, Version::FIRST, at(2))
        .await?;
    drop(transaction);
    same(
        "the user of the dropped transaction",
        store.get(Kind::User, &id).await?,
        None,
    )?;
    same("users", store.total(Kind::User).await?, 1)?;
    same("groups", store.total(Kind::Group).await?, 1)?;
    same("members", store.member_ids(&guides).await?, vec![here])?;
    // the name is free
    store.create_user("gone").await?;
    store.delete(Kind::Group, &guides, 3).await?;
    same("users", store.total(Kind::User).await?, 2)?;
    same("groups", store.total(Kind::Group).await?, 0)
}

/// Others see the changes of a transaction after the commit, and not before.
pub async fn nobody_sees_what_is_not_committed(store: Subject) -> Verdict {
    store.because(
        "an identity provider that reads half of a change acts on it, although the change may still be rolled back",
    );
    let here = store.create_user("here").await?;
    let guides = store.create_group("Tour Guides").await?;
    let mut transaction = store.write().await?;
    let renamed = user(json!({ "userName": "renamed" }));
    transaction
        .update(Kind::User, &here, Version::FIRST, &draft(&renamed, 2))
        .await?;
    let fresh = user(json!({ "userName": "fresh" }));
    let fresh = transaction.insert(Kind::User, &draft(&fresh, 2)).await?.id;
    let join = delta(|delta| delta.add([here.as_str().to_owned()]));
    transaction.change_members(&guides, &join).await?;

    let before = store.there(Kind::User, &here).await?;
    same("the version of the user", before.meta.version, Version::FIRST)?;
    same("the uncommitted user", store.get(Kind::User, &fresh).await?, None)?;
    same("users", store.total(Kind::User).await?, 1)?;
    same("members", store.members(&guides).await?, vec![])?;
    let by_name = matching(Kind::User, "userName eq \"renamed\"")?;
    same(
        "users with the uncommitted name",
        store.list(Kind::User, &by_name).await?.total,
        0,
    )?;

    transaction.commit().await?;
    let after = store.there(Kind::User, &here).await?;
    same(
        "the version after the commit",
        after.meta.version,
        Version::new(2),
    )?;
    same("users after the commit", store.total(Kind::User).await?, 2)?;
    same(
        "members after the commit",
        store.member_ids(&guides).await?,
        vec![here],
    )
}

/// A transaction reads its own changes.
pub async fn a_transaction_sees_its_own_changes(store: Subject) -> Verdict {
    store.because("operations read what they respond with in the transaction that wrote it");
    let guides = store.create_group("Tour Guides").await?;
    let mut transaction = store.write().await?;
    let fresh = user(json!({ "userName": "fresh" }));
    let meta = transaction.insert(Kind::User, &draft(&fresh, 2)).await?;
    let read = transaction.get(Kind::User, &meta.id).await?;
    same(
        "the inserted user",
        read.map(|record| record.meta),
        Some(meta.clone()),
    )?;
    let page = transaction
        .list(Kind::User, &matching(Kind::User, "userName eq \"FRESH\"")?)
        .await?;
    same("the list", ids(&page), vec![meta.id.clone()])?;
    let known = transaction.known_users(&[meta.id.as_str()]).await?;
    holds("the new user is known", known.contains(meta.id.as_str()))?;
    let join = delta(|delta| delta.add([meta.id.as_str().to_owned()]));
    same("rows", transaction.change_members(&guides, &join).await?, 1)?;
    let members = transaction.members(std::slice::from_ref(&guides)).await?;
    same("members", members.len(), 1)?;
    let groups = transaction.memberships(std::slice::from_ref(&meta.id)).await?;
    same("groups of the user", groups.len(), 1)?;
    transaction
        .delete(Kind::User, &meta.id, meta.version, at(3))
        .await?;
    same(
        "the deleted user",
        transaction.get(Kind::User, &meta.id).await?,
        None,
    )?;
    Ok(transaction.commit().await?)
}

/// A transaction that waits for another writer does not block its thread: other tasks run, and in the end all writers succeed.
pub async fn who_waits_to_write_holds_up_nobody(store: Subject) -> Verdict {
    store.because(
        "a server has few threads: if waiting writers block all of them, the writer that they wait for cannot continue, \
         and the server deadlocks",
    );
    let here = store.create_user("here").await?;
    let mut transaction = store.write().await?;
    let renamed = user(json!({ "userName": "renamed" }));
    transaction
        .update(Kind::User, &here, Version::FIRST, &draft(&renamed, 2))
        .await?;
    // more than there are threads
    let waiting: Vec<_> = (0..16)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { store.create_user(&format!("waiting {number}")).await })
        })
        .collect();
    // by the clock of this thread: if all others are blocked, the timers of the runtime do not run
    std::thread::sleep(Duration::from_millis(50));
    let (runs, ran) = mpsc::channel();
    tokio::spawn(async move { runs.send(()) });
    holds(
        "another task runs within 2 seconds while sixteen wait to write",
        ran.recv_timeout(Duration::from_secs(2)).is_ok(),
    )?;
    transaction.commit().await?;
    for task in waiting {
        let created = task
            .await
            .map_err(|error| Breach::new("each of the sixteen users is created", error))?;
        created?;
    }
    same("users", store.total(Kind::User).await?, 17)
}

/// A read transaction rejects every change.
pub async fn a_reading_transaction_cannot_write(store: Subject) -> Verdict {
    store.because(
        "read transactions may run on a replica, or beside a writer: their changes would get lost or conflict",
    );
    let here = store.create_user("here").await?;
    let guides = store.create_group("Tour Guides").await?;
    let gone = store.create_user("gone").await?;
    store.delete(Kind::User, &gone, 2).await?;
    let other = user(json!({ "userName": "other" }));
    let first = Version::FIRST;
    let mut refused = Vec::new();
    let mut transaction = store.read().await?;
    refused.push(transaction.insert(Kind::User, &draft(&other, 1)).await.is_err());
    drop(transaction);
    let mut transaction = store.read().await?;
    refused.push(
        transaction
            .update(Kind::User, &here, first, &draft(&other, 1))
            .await
            .is_err(),
    );
    drop(transaction);
    let mut transaction = store.read().await?;
    refused.push(transaction.touch(Kind::User, &here, first, at(2)).await.is_err());
    drop(transaction);
    let mut transaction = store.read().await?;
    refused.push(transaction.delete(Kind::User, &here, first, at(2)).await.is_err());
    drop(transaction);
    let mut transaction = store.read().await?;
    refused.push(transaction.restore(&gone, &draft(&other, 2)).await.is_err());
    drop(transaction);
    let mut transaction = store.read().await?;
    let join = delta(|delta| delta.add([here.as_str().to_owned()]));
    refused.push(transaction.change_members(&guides, &join).await.is_err());
    drop(transaction);
    same(
        "whether insert, update, touch, delete, restore and change_members fail",
        refused,
        vec![true; 6],
    )?;
    same("users", store.total(Kind::User).await?, 1)?;
    let record = store.there(Kind::User, &here).await?;
    same("the version of the user", record.meta.version, first)?;
    same("members", store.members(&guides).await?, vec![])
}
