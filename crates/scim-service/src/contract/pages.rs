//! Pages and totals.

use serde_json::json;

use super::breach::{Breach, Verdict, holds, same};
use super::sample::{draft, ids, matching, page, user};
use super::subject::Subject;
use crate::store::{Kind, ResourceId};
use scim_core::query::Selection;

const STABLE: &str = "identity providers read pages one after the other: a user missing from the pages is created again, \
     or loses access";

async fn numbered(store: &Subject, many: usize, prefix: &str) -> Verdict<Vec<ResourceId>> {
    let mut transaction = store.write().await?;
    let mut created = Vec::new();
    for number in 0..many {
        // names descend while ids ascend
        let name = format!("{prefix}{}", 99 - number);
        let user = user(json!({ "userName": name, "title": "Guide" }));
        created.push(transaction.insert(Kind::User, &draft(&user, 1)).await?.id);
    }
    transaction.commit().await?;
    Ok(created)
}

/// The pages make up the list in the order of creation, without gaps and repetitions.
pub async fn pages_partition_the_list(store: Subject) -> Verdict {
    store.because(STABLE);
    let all = numbered(&store, 25, "u").await?;
    for size in [1, 7, 10, 25, 26] {
        let mut seen = Vec::new();
        for offset in (0..25).step_by(size) {
            let limit = u32::try_from(size).unwrap_or(u32::MAX);
            let offset = u64::try_from(offset).unwrap_or(u64::MAX);
            seen.extend(ids(&store.list(Kind::User, &page(offset, limit)).await?));
        }
        same(&format!("pages of {size}"), &seen, &all)?;
    }
    let fourth = all.get(3).ok_or_else(|| Breach::new("25 users", &all))?;
    store.delete(Kind::User, fourth, 2).await?;
    let rest: Vec<ResourceId> = all.iter().filter(|id| *id != fourth).cloned().collect();
    same(
        "the list without the fourth",
        ids(&store.list(Kind::User, &page(0, 100)).await?),
        rest,
    )
}

/// A user who existed when the first page was read is on exactly one page, although others are created in between.
pub async fn pages_stay_while_others_insert(store: Subject) -> Verdict {
    store.because(STABLE);
    let all = numbered(&store, 20, "u").await?;
    for condition in [None, Some("title eq \"guide\"")] {
        let mut seen = Vec::new();
        for offset in [0, 5, 10, 15] {
            let selection = match condition {
                Some(filter) => Selection {
                    offset,
                    limit: 5,
                    ..matching(Kind::User, filter)?
                },
                None => page(offset, 5),
            };
            let Some(page) = store.list_if_supported(Kind::User, &selection).await? else {
                return Ok(());
            };
            seen.extend(ids(&page));
            let prefix = format!("a{}-{offset}-", condition.is_some());
            numbered(&store, 3, &prefix).await?;
        }
        same(&format!("pages with {condition:?}"), &seen, &all)?;
    }
    Ok(())
}

/// The total is that of the whole list, on any page, and changes as resources are created and deleted.
pub async fn totals_are_those_of_the_whole_list(store: Subject) -> Verdict {
    store.because(
        "Okta reads until it has `totalResults` resources, and Entra ID requests an empty page to learn the total",
    );
    let all = numbered(&store, 25, "u").await?;
    for (offset, limit, read) in [
        (0, 0, 0),
        (25, 10, 0),
        (u64::MAX, 10, 0),
        (0, 25, 25),
        (24, 1, 1),
        (20, 10, 5),
    ] {
        let page = store.list(Kind::User, &page(offset, limit)).await?;
        same(
            &format!("total and page size from offset {offset}, limit {limit}"),
            (page.total, page.records.len()),
            (25, read),
        )?;
    }
    for (number, id) in all.iter().take(3).enumerate() {
        store.delete(Kind::User, id, 2).await?;
        let left = 24 - u64::try_from(number).unwrap_or(0);
        same("the total after a deletion", store.total(Kind::User).await?, left)?;
    }
    same("groups", store.total(Kind::Group).await?, 0)?;
    let group = store.create_group("Tour Guides").await?;
    same("groups", store.total(Kind::Group).await?, 1)?;
    store.delete(Kind::Group, &group, 2).await?;
    same("groups", store.total(Kind::Group).await?, 0)
}

/// With a condition, the total is the number of matching resources, on any page.
pub async fn totals_with_a_condition_do_not_depend_on_the_page(store: Subject) -> Verdict {
    store.because(
        "`totalResults` is the number of all results of the query, not of a page (RFC 7644 section 3.4.2)",
    );
    numbered(&store, 12, "u").await?;
    store.create_user("other").await?;
    for (offset, limit, read) in [
        (0, 0, 0),
        (0, 5, 5),
        (10, 5, 2),
        (12, 5, 0),
        (99, 5, 0),
        (0, 12, 12),
        (0, 13, 12),
    ] {
        let selection = Selection {
            offset,
            limit,
            ..matching(Kind::User, "title eq \"guide\"")?
        };
        let Some(page) = store.list_if_supported(Kind::User, &selection).await? else {
            return Ok(());
        };
        same(
            &format!("total and page size from offset {offset}, limit {limit}"),
            (page.total, page.records.len()),
            (12, read),
        )?;
    }
    let nobody = store
        .list(Kind::User, &matching(Kind::User, "title eq \"x\"")?)
        .await?;
    holds(
        "a condition without matches returns an empty page and a total of 0",
        nobody.total == 0 && nobody.records.is_empty(),
    )
}
