//! Transactions that are committed before they are durable.

use std::time::Duration;

use serde_json::json;

use super::breach::{Breach, Verdict, holds, same};
use super::sample::{delta, draft, user};
use super::subject::Subject;
use crate::store::{Durable, Kind, ResourceId};

/// The time in which a transaction must become durable without another call.
const PATIENCE: Duration = Duration::from_secs(10);

async fn creates_later(store: &Subject, user_name: &str) -> Verdict<(ResourceId, Durable)> {
    let mut transaction = store.write().await?;
    let user = user(json!({ "userName": user_name }));
    let meta = transaction.insert(Kind::User, &draft(&user, 1)).await?;
    Ok((meta.id, transaction.commit_later().await?))
}

/// Write transactions see what was committed before, durable or not. In the end, all of it is durable, except what was not
/// committed.
pub async fn later_transactions_build_on_one_that_is_yet_to_last(store: Subject) -> Verdict {
    store.because(
        "operations of a bulk request refer to resources that earlier ones created, and share the wait for the disk",
    );
    let guides = store.create_group("Tour Guides").await?;
    let mut waiting = Vec::new();
    let mut ids = Vec::new();
    for number in 0..20 {
        let (id, durable) = creates_later(&store, &format!("user{number}")).await?;
        waiting.push(durable);
        let mut transaction = store.write().await?;
        let known = transaction.known_users(&[id.as_str()]).await?;
        holds("the new user is known", known.contains(id.as_str()))?;
        let join = delta(|delta| delta.add([id.as_str().to_owned()]));
        transaction.change_members(&guides, &join).await?;
        if number % 2 == 0 {
            waiting.push(transaction.commit_later().await?);
            ids.push(id);
        }
    }
    for durable in waiting {
        durable.await?;
    }
    same("users", store.total(Kind::User).await?, 20)?;
    let mut members = store.member_ids(&guides).await?;
    members.sort();
    ids.sort();
    same("members", members, ids)
}

/// A transaction becomes durable even if its `Durable` is dropped.
pub async fn what_is_not_awaited_lasts_all_the_same(store: Subject) -> Verdict {
    store.because("if a client disconnects in the middle of a request, what was committed stays, completely");
    let (id, durable) = creates_later(&store, "alone").await?;
    drop(durable);
    let start = std::time::Instant::now();
    while store.get(Kind::User, &id).await?.is_none() {
        if start.elapsed() > PATIENCE {
            return Err(Breach::new("the user exists", "none"));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// A commit does not wait for a `Durable` that another caller has not awaited yet.
pub async fn others_commit_meanwhile(store: Subject) -> Verdict {
    store.because("a bulk request must not hold up other requests");
    let (first, durable) = creates_later(&store, "first").await?;
    let second = tokio::time::timeout(PATIENCE, store.create_user("second")).await;
    let second = second.map_err(|_| Breach::new("the second user is created", "a timeout"))??;
    store.there(Kind::User, &second).await?;
    durable.await?;
    store.there(Kind::User, &first).await?;
    same("users", store.total(Kind::User).await?, 2)
}
