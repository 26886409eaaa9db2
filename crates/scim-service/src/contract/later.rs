//! Transactions that end before they last.

use std::time::Duration;

use serde_json::json;

use super::breach::{Breach, Verdict, holds, same};
use super::sample::{delta, draft, user};
use super::subject::Subject;
use crate::store::{Durable, Kind, ResourceId};

/// How long a store may take to make something last without being asked for it again.
const PATIENCE: Duration = Duration::from_secs(10);

async fn creates_later(store: &Subject, user_name: &str) -> Verdict<(ResourceId, Durable)> {
    let mut transaction = store.write().await?;
    let user = user(json!({ "userName": user_name }));
    let meta = transaction.insert(Kind::User, &draft(&user, 1)).await?;
    Ok((meta.id, transaction.commit_later().await?))
}

/// Transactions that are begun to write see what was committed before, though it need not last yet; in the end all of it does,
/// except what was not committed.
pub async fn later_transactions_build_on_one_that_is_yet_to_last(store: Subject) -> Verdict {
    store.because(
        "the operations of a bulk refer to what those before them created, and share the wait for the disk",
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

/// Nobody need wait for a transaction to last.
pub async fn what_is_not_awaited_lasts_all_the_same(store: Subject) -> Verdict {
    store.because("a client that goes away in the middle of a request leaves behind what was done, whole");
    let (id, durable) = creates_later(&store, "alone").await?;
    drop(durable);
    let start = std::time::Instant::now();
    while store.get(Kind::User, &id).await?.is_none() {
        if start.elapsed() > PATIENCE {
            return Err(Breach::new("the user is there", "nothing"));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// Who commits and waits is not held up by somebody who will wait later.
pub async fn others_commit_meanwhile(store: Subject) -> Verdict {
    store.because("a bulk must not hold up the requests of others");
    let (first, durable) = creates_later(&store, "first").await?;
    let second = tokio::time::timeout(PATIENCE, store.create_user("second")).await;
    let second = second.map_err(|_| Breach::new("the second user is created", "nothing happens"))??;
    store.there(Kind::User, &second).await?;
    durable.await?;
    store.there(Kind::User, &first).await?;
    same("users", store.total(Kind::User).await?, 2)
}
