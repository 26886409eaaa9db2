//! Pages that start at a position. They do not apply to a store that does not [seek](crate::store::Store::seeks).

use std::collections::VecDeque;

use scim_core::position::{Position, PositionKey, Seek};
use scim_core::query::{Selection, SortOrder};
use serde_json::{Value, json};

use super::breach::{Breach, Verdict, same};
use super::sample::{ids, matching, page, sorted, user};
use super::subject::Subject;
use crate::store::{Kind, More, Page, ResourceId};

const WHY: &str = "clients use cursors (RFC 9865) to read long lists that change in between: a user missing from the pages \
     is created again, or loses access";

/// The maximum number of pages of a list.
const ENOUGH: usize = 100;

async fn settle(store: &Subject) -> Verdict {
    let users: Vec<Value> = (0..30)
        .map(|number: u32| {
            let name = format!("u{}", 99 - number);
            match number % 4 {
                0 => json!({ "userName": name, "title": format!("t{}", number % 3), "active": number < 15 }),
                1 => json!({ "userName": name, "title": "\u{1f600}", "name": { "givenName": "g" } }),
                2 => {
                    json!({ "userName": name, "emails": [{ "value": "e", "primary": true }], "active": true })
                }
                _ => json!({ "userName": name, "title": "" }),
            }
        })
        .collect();
    for attributes in users {
        store.create(&user(attributes)).await?;
    }
    Ok(())
}

/// All orders, and a condition.
fn selections() -> Verdict<Vec<(String, Selection)>> {
    let mut selections = vec![("no order".to_owned(), page(0, 0))];
    selections.push((
        "a condition".to_owned(),
        matching(Kind::User, "userName co \"9\" or active eq true")?,
    ));
    for by in [
        "userName",
        "id",
        "title",
        "active",
        "emails.value",
        "name.givenName",
        "meta.created",
    ] {
        for order in [SortOrder::Ascending, SortOrder::Descending] {
            selections.push((format!("{order:?} by {by}"), sorted(by, order)?));
        }
    }
    Ok(selections)
}

async fn at(store: &Subject, selection: &Selection, limit: u32, seek: Seek) -> Verdict<Page> {
    let selection = Selection {
        seek: Some(seek),
        offset: 0,
        limit,
        ..selection.clone()
    };
    let page = store.list(Kind::User, &selection).await?;
    same(
        "the number of positions",
        page.positions.len(),
        page.records.len(),
    )?;
    Ok(page)
}

/// Reads the pages one after the other from the beginning, and calls `between` after each.
async fn forward(
    store: &Subject,
    selection: &Selection,
    limit: u32,
    mut between: impl AsyncFnMut() -> Verdict,
) -> Verdict<(Vec<ResourceId>, Option<Position>)> {
    let (mut seen, mut seek, mut last) = (Vec::new(), Seek::Start, None);
    for _ in 0..ENOUGH {
        let page = at(store, selection, limit, seek).await?;
        seen.extend(ids(&page));
        last = page.positions.last().cloned().or(last);
        match (&last, page.more) {
            (Some(position), More::Yes) => seek = Seek::After(position.clone()),
            _ => return Ok((seen, last)),
        }
        between().await?;
    }
    Err(Breach::new("the list ends", seen.len()))
}

/// Forward and backward, in every order, the pages make up the list, without gaps and repetitions.
pub async fn pages_at_positions_partition_the_list(store: Subject) -> Verdict {
    store.because(WHY);
    if !store.seeks() {
        return Ok(());
    }
    settle(&store).await?;
    for (what, selection) in selections()? {
        let whole = Selection {
            limit: 1_000,
            ..selection.clone()
        };
        let all = store.list(Kind::User, &whole).await?;
        for limit in [1, 7, 10, 100] {
            let (seen, last) = forward(&store, &selection, limit, async || Ok(())).await?;
            same(&format!("pages of {limit}, {what}"), &seen, &ids(&all))?;
            let mut backward: Vec<ResourceId> = ids(&all).into_iter().rev().take(1).collect();
            let mut from = last.ok_or_else(|| Breach::new("a last position", &seen))?;
            for _ in 0..ENOUGH {
                let page = at(&store, &selection, limit, Seek::Before(from.clone())).await?;
                same(&format!("the total, {what}"), page.total, all.total)?;
                backward.extend(ids(&page).into_iter().rev());
                match (page.positions.first(), page.more) {
                    (Some(position), More::Yes) => from = position.clone(),
                    _ => break,
                }
            }
            backward.reverse();
            same(
                &format!("pages of {limit} backward, {what}"),
                &backward,
                &ids(&all),
            )?;
        }
        let ends = [(PositionKey::First, all.records.len()), (PositionKey::Last, 0)];
        for (key, expected) in ends.into_iter().filter(|_| selection.sort.is_none()) {
            let behind = Seek::After(Position { value: None, key });
            let page = at(&store, &selection, 100, behind).await?;
            same(
                &format!("resources after an end of the list, {what}"),
                page.records.len(),
                expected,
            )?;
        }
    }
    Ok(())
}

/// A user who exists all the time is on exactly one page, although others come and go between two pages.
pub async fn nobody_is_missed_or_met_twice_while_others_come_and_go(store: Subject) -> Verdict {
    store.because(WHY);
    if !store.seeks() {
        return Ok(());
    }
    settle(&store).await?;
    let (mut round, mut newcomers) = (0, VecDeque::new());
    for (what, selection) in selections()? {
        let whole = Selection {
            limit: 1_000,
            ..selection.clone()
        };
        let before = ids(&store.list(Kind::User, &whole).await?);
        let mut gone = Vec::new();
        let mut pages = 0;
        let (seen, _) = forward(&store, &selection, 4, async || {
            pages += 1;
            if pages > 8 {
                // otherwise the list would never end
                return Ok(());
            }
            round += 1;
            for name in [format!("a{round}"), format!("u95-{round}"), format!("z{round}")] {
                newcomers.push_back(store.create_user(&name).await?);
            }
            // users of earlier rounds are deleted again
            while newcomers.len() > 9
                && let Some(id) = newcomers.pop_front()
            {
                store.delete(Kind::User, &id, 2).await?;
                gone.push(id);
            }
            Ok(())
        })
        .await?;
        let stayed = before.iter().filter(|id| !gone.contains(id));
        let met: Vec<&ResourceId> = seen
            .iter()
            .filter(|id| before.contains(id) && !gone.contains(id))
            .collect();
        same(
            &format!("users who existed all the time, {what}"),
            met,
            stayed.collect::<Vec<_>>(),
        )?;
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        same(&format!("users on two pages, {what}"), seen.len() - once.len(), 0)?;
    }
    Ok(())
}

/// The page after a resource that was deleted in between begins with the resource that followed it.
pub async fn a_position_outlives_its_resource(store: Subject) -> Verdict {
    store.because(WHY);
    if !store.seeks() {
        return Ok(());
    }
    settle(&store).await?;
    for selection in [page(0, 0), sorted("userName", SortOrder::Descending)?] {
        let whole = Selection {
            limit: 1_000,
            ..selection.clone()
        };
        let all = ids(&store.list(Kind::User, &whole).await?);
        let first = at(&store, &selection, 5, Seek::Start).await?;
        let (Some(position), Some(id)) = (first.positions.last(), ids(&first).pop()) else {
            return Err(Breach::new("a page of five", first));
        };
        store.delete(Kind::User, &id, 2).await?;
        let next = at(&store, &selection, 5, Seek::After(position.clone())).await?;
        let expected: Vec<ResourceId> = all.into_iter().skip(5).take(5).collect();
        same("the page after a deleted user", ids(&next), expected)?;
    }
    Ok(())
}
