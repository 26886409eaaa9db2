//! The order of lists.

use scim_core::query::{Selection, SortOrder};
use serde_json::{Value, json};

use super::breach::{Verdict, same};
use super::sample::{ids, sorted, user};
use super::subject::Subject;
use crate::store::{Kind, ResourceId};

const WHY: &str = "RFC 7644 section 3.4.2.3 defines the order of lists, and pages of a list without a total order have \
     gaps";

async fn create(store: &Subject, users: &[Value]) -> Verdict<Vec<ResourceId>> {
    let mut created = Vec::new();
    for attributes in users {
        created.push(store.create(&user(attributes.clone())).await?.id);
    }
    Ok(created)
}

/// Checks the order of users, each given by its index in the order of creation.
async fn comes(
    store: &Subject,
    users: &[ResourceId],
    by: &str,
    order: SortOrder,
    expected: &[usize],
) -> Verdict {
    let Some(found) = store.list_if_supported(Kind::User, &sorted(by, order)?).await? else {
        return Ok(());
    };
    let found = ids(&found);
    let places: Vec<usize> = found
        .iter()
        .filter_map(|id| users.iter().position(|user| user == id))
        .collect();
    same(&format!("{order:?} by {by}"), places.as_slice(), expected)
}

/// Resources without a value come last in ascending order, and first in descending order.
pub async fn resources_without_a_value_come_last_then_first(store: Subject) -> Verdict {
    store.because(WHY);
    let users = create(
        &store,
        &[
            json!({ "userName": "d", "title": "b" }),
            json!({ "userName": "C" }),
            json!({ "userName": "b", "title": "A" }),
            json!({ "userName": "A", "title": "c" }),
            json!({ "userName": "e", "title": null }),
        ],
    )
    .await?;
    comes(&store, &users, "userName", SortOrder::Ascending, &[3, 2, 1, 0, 4]).await?;
    comes(
        &store,
        &users,
        "userName",
        SortOrder::Descending,
        &[4, 0, 1, 2, 3],
    )
    .await?;
    comes(&store, &users, "title", SortOrder::Ascending, &[2, 0, 3, 1, 4]).await?;
    comes(&store, &users, "title", SortOrder::Descending, &[1, 4, 3, 0, 2]).await
}

/// Ties are ordered by creation, which is the order of ids, in both directions.
pub async fn ties_are_ordered_by_creation(store: Subject) -> Verdict {
    store.because(WHY);
    let users = create(
        &store,
        &[
            json!({ "userName": "d", "title": "\u{c9}", "active": true }),
            json!({ "userName": "c", "title": "e\u{301}", "active": false }),
            json!({ "userName": "b", "title": "e", "active": true }),
            json!({ "userName": "a", "title": "\u{e9}" }),
        ],
    )
    .await?;
    comes(&store, &users, "title", SortOrder::Ascending, &[2, 0, 1, 3]).await?;
    comes(&store, &users, "title", SortOrder::Descending, &[0, 1, 3, 2]).await?;
    comes(
        &store,
        &users,
        "meta.created",
        SortOrder::Descending,
        &[0, 1, 2, 3],
    )
    .await?;
    comes(&store, &users, "active", SortOrder::Ascending, &[1, 0, 2, 3]).await?;
    comes(&store, &users, "id", SortOrder::Ascending, &[0, 1, 2, 3]).await?;
    comes(&store, &users, "id", SortOrder::Descending, &[3, 2, 1, 0]).await
}

/// A multi-valued attribute is sorted by its primary value, or else by its first.
pub async fn a_list_counts_by_its_primary_value_or_its_first(store: Subject) -> Verdict {
    store.because(WHY);
    let users = create(
        &store,
        &[
            json!({ "userName": "a", "emails": [{ "value": "z" }, { "value": "B", "primary": true }] }),
            json!({ "userName": "b", "emails": [{ "value": "c" }, { "value": "a", "primary": false }] }),
            json!({ "userName": "c", "emails": [{ "value": "A", "primary": true }, { "value": "z" }] }),
            json!({ "userName": "d" }),
            json!({ "userName": "e", "emails": [{ "value": "a" }, { "type": "work", "primary": true }] }),
        ],
    )
    .await?;
    comes(
        &store,
        &users,
        "emails.value",
        SortOrder::Ascending,
        &[2, 0, 1, 3, 4],
    )
    .await?;
    // a value without `primary` is not primary
    comes(
        &store,
        &users,
        "emails.primary",
        SortOrder::Ascending,
        &[1, 0, 2, 4, 3],
    )
    .await
}

/// In every order, each resource is on exactly one page.
pub async fn no_order_loses_anybody(store: Subject) -> Verdict {
    store.because(WHY);
    let users: Vec<Value> = (0..30)
        .map(|number| match number % 3 {
            0 => json!({ "userName": format!("u{number}"), "title": "t", "active": number % 2 == 0 }),
            1 => json!({ "userName": format!("u{number}"), "name": { "givenName": "g" } }),
            _ => json!({ "userName": format!("u{number}"), "emails": [{ "value": "e", "primary": true }] }),
        })
        .collect();
    let mut users = create(&store, &users).await?;
    users.sort();
    for by in [
        "userName",
        "title",
        "active",
        "emails.value",
        "name.givenName",
        "meta.lastModified",
    ] {
        for order in [SortOrder::Ascending, SortOrder::Descending] {
            if store
                .list_if_supported(Kind::User, &sorted(by, order)?)
                .await?
                .is_none()
            {
                continue;
            }
            let mut seen = Vec::new();
            for offset in [0, 7, 14, 21, 28] {
                let selection = Selection {
                    offset,
                    limit: 7,
                    ..sorted(by, order)?
                };
                seen.extend(ids(&store.list(Kind::User, &selection).await?));
            }
            seen.sort();
            same(&format!("all pages, {order:?} by {by}"), &seen, &users)?;
        }
    }
    Ok(())
}
