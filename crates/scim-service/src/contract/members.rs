//! Members of groups.

use scim_core::membership::MembershipDelta;
use serde_json::json;

use super::breach::{Breach, Verdict, same, stale};
use super::sample::{at, condition_on_members, delta, draft, nobody, user};
use super::subject::Subject;
use crate::store::{Kind, Membership, ResourceId, StoreError, Version};

const DELTAS: &str = "identity providers send changes, and send them again if a response gets lost: the version of the \
     group must move exactly if a row changed";

async fn four(store: &Subject) -> Verdict<[ResourceId; 4]> {
    Ok([
        store.create_user("a").await?,
        store.create_user("b").await?,
        store.create_user("c").await?,
        store.create_user("d").await?,
    ])
}

fn in_order<const N: usize>(ids: [&ResourceId; N]) -> Vec<ResourceId> {
    let mut ids = ids.map(Clone::clone).to_vec();
    ids.sort();
    ids
}

/// Adding and removing is idempotent, and returns the number of changed rows.
pub async fn rows_that_changed_are_counted_and_no_others(store: Subject) -> Verdict {
    store.because(DELTAS);
    let group = store.create_group("Tour Guides").await?;
    let [a, b, c, d] = four(&store).await?;
    same("rows when two users join", store.add(&group, &[&a, &b]).await?, 2)?;
    same(
        "rows when both are members already",
        store.add(&group, &[&a, &b]).await?,
        0,
    )?;
    same(
        "rows when one of two is new",
        store.add(&group, &[&b, &c]).await?,
        1,
    )?;
    same("members", store.member_ids(&group).await?, in_order([&a, &b, &c]))?;
    let leave = delta(|delta| {
        delta.remove([
            a.as_str().to_owned(),
            d.as_str().to_owned(),
            "nobody".to_owned(),
            nobody().into_string(),
        ])
    });
    same(
        "rows when one member leaves",
        store.change_members(&group, &leave).await?,
        1,
    )?;
    same(
        "rows when the same user leaves again",
        store.change_members(&group, &leave).await?,
        0,
    )?;
    let both = delta(|delta| {
        delta.add([a.as_str().to_owned()]);
        delta.remove([c.as_str().to_owned()]);
    });
    same(
        "rows when one joins and one leaves",
        store.change_members(&group, &both).await?,
        2,
    )?;
    same(
        "rows of an empty delta",
        store.change_members(&group, &delta(|_| ())).await?,
        0,
    )?;
    same("members", store.member_ids(&group).await?, in_order([&a, &b]))?;
    let rows = store.change_members(&nobody(), &both).await?;
    same("rows for a group that does not exist", rows, 0)?;
    let record = store.there(Kind::Group, &group).await?;
    same(
        "the version, which only `touch` moves",
        record.meta.version,
        Version::FIRST,
    )
}

/// A replacement leaves exactly the new members, and does not count rows that stay.
pub async fn replacing_members_leaves_exactly_those(store: Subject) -> Verdict {
    store.because(DELTAS);
    let group = store.create_group("Tour Guides").await?;
    let other = store.create_group("Staff").await?;
    let [a, b, c, d] = four(&store).await?;
    store.add(&other, &[&a, &b]).await?;
    let replace = |ids: [&ResourceId; 2]| delta(|delta| delta.replace(ids.map(|id| id.as_str().to_owned())));
    same("rows", store.change_members(&group, &replace([&a, &b])).await?, 2)?;
    same(
        "rows when one of two members stays",
        store.change_members(&group, &replace([&b, &c])).await?,
        2,
    )?;
    same(
        "rows when the members stay the same",
        store.change_members(&group, &replace([&b, &c])).await?,
        0,
    )?;
    same("members", store.member_ids(&group).await?, in_order([&b, &c]))?;
    let and_more = delta(|delta| {
        delta.replace([c.as_str().to_owned()]);
        delta.add([d.as_str().to_owned()]);
    });
    same("rows", store.change_members(&group, &and_more).await?, 2)?;
    let clear = delta(|delta| delta.clear());
    same(
        "rows when the group is cleared",
        store.change_members(&group, &clear).await?,
        2,
    )?;
    same(
        "rows when an empty group is cleared",
        store.change_members(&group, &clear).await?,
        0,
    )?;
    same("members", store.members(&group).await?, vec![])?;
    same(
        "members of another group",
        store.member_ids(&other).await?,
        in_order([&a, &b]),
    )
}

/// `change_members_and_tell` returns exactly the users who joined and left.
pub async fn those_who_came_and_went_are_told(store: Subject) -> Verdict {
    store.because(
        "applications grant and revoke access by these lists: each must name exactly the users whose membership changed",
    );
    let group = store.create_group("Tour Guides").await?;
    let [a, b, c, d] = four(&store).await?;
    let step = async |delta: MembershipDelta| -> Verdict<_> {
        let mut transaction = store.write().await?;
        transaction.get(Kind::Group, &group).await?;
        let mut changes = transaction.change_members_and_tell(&group, &delta).await?;
        transaction.commit().await?;
        changes.joined.sort();
        changes.left.sort();
        Ok((changes.joined, changes.left))
    };
    let none = || Vec::<ResourceId>::new();
    let add = |ids: [&ResourceId; 2]| delta(|delta| delta.add(ids.map(|id| id.as_str().to_owned())));
    let told = step(add([&a, &b])).await?;
    same("two users join", told, (in_order([&a, &b]), none()))?;
    same(
        "both are members already",
        step(add([&a, &b])).await?,
        (none(), none()),
    )?;
    same(
        "one of two is new",
        step(add([&b, &c])).await?,
        (in_order([&c]), none()),
    )?;
    let leave = delta(|delta| {
        delta.remove([
            a.as_str().to_owned(),
            d.as_str().to_owned(),
            "nobody".to_owned(),
            nobody().into_string(),
        ])
    });
    same(
        "one member leaves",
        step(leave.clone()).await?,
        (none(), in_order([&a])),
    )?;
    same("the same user leaves again", step(leave).await?, (none(), none()))?;
    let both = delta(|delta| {
        delta.add([a.as_str().to_owned(), b.as_str().to_owned()]);
        delta.remove([c.as_str().to_owned()]);
    });
    same(
        "one joins and one leaves",
        step(both).await?,
        (in_order([&a]), in_order([&c])),
    )?;
    let replace = delta(|delta| delta.replace([b.as_str().to_owned(), d.as_str().to_owned()]));
    let told = step(replace.clone()).await?;
    same("the members are replaced", told, (in_order([&d]), in_order([&a])))?;
    same(
        "the members stay the same",
        step(replace).await?,
        (none(), none()),
    )?;
    let told = step(delta(|delta| delta.clear())).await?;
    same("the group is cleared", told, (none(), in_order([&b, &d])))?;
    same("members", store.members(&group).await?, vec![])?;
    let mut transaction = store.write().await?;
    let nowhere = transaction
        .change_members_and_tell(&nobody(), &add([&a, &b]))
        .await?;
    same("a group that does not exist", nowhere.rows(), 0)
}

/// Memberships are ordered by ids, and each has the name of its other side.
pub async fn memberships_come_in_order_and_with_names(store: Subject) -> Verdict {
    store.because(
        "one such list is split into the groups of a page, and reading a group twice must give the same result",
    );
    let guides = store.create_group("Tour Guides").await?;
    let staff = store.create_group("Staff").await?;
    let named = user(json!({ "userName": "bjensen", "displayName": "Babs Jensen" }));
    let named = store.create(&named).await?.id;
    let unnamed = user(json!({ "userName": "JSmith", "displayName": "" }));
    let unnamed = store.create(&unnamed).await?.id;
    store.add(&staff, &[&named]).await?;
    store.add(&guides, &[&unnamed, &named]).await?;
    let membership = |group: &ResourceId, user: &ResourceId, display: &str| Membership {
        group: group.clone(),
        user: user.clone(),
        display: display.to_owned(),
    };
    let mut of_groups = vec![
        membership(&guides, &named, "Babs Jensen"),
        membership(&guides, &unnamed, "JSmith"),
        membership(&staff, &named, "Babs Jensen"),
    ];
    of_groups.sort_by_key(|one| (one.group.clone(), one.user.clone()));
    let mut of_users = vec![
        membership(&guides, &named, "Tour Guides"),
        membership(&staff, &named, "Staff"),
        membership(&guides, &unnamed, "Tour Guides"),
    ];
    of_users.sort_by_key(|one| (one.user.clone(), one.group.clone()));
    let mut transaction = store.read().await?;
    let members = transaction.members(&[staff.clone(), guides.clone()]).await?;
    same("members", members, of_groups)?;
    let groups = transaction.memberships(&[unnamed.clone(), named.clone()]).await?;
    same("groups", groups, of_users)?;
    same("members of no groups", transaction.members(&[]).await?, vec![])?;
    same("groups of no users", transaction.memberships(&[]).await?, vec![])
}

/// With a condition, only matching members are returned.
pub async fn members_can_be_chosen_by_a_condition(store: Subject) -> Verdict {
    store.because("a PATCH with `members[value eq \"…\"]` must find the member without reading all of them");
    let guides = store.create_group("Tour Guides").await?;
    let named = user(json!({ "userName": "bjensen", "displayName": "Babs" }));
    let named = store.create(&named).await?.id;
    let unnamed = store.create_user("JSmith").await?;
    store.add(&guides, &[&named, &unnamed]).await?;
    for (filter, expected) in [
        (format!("value eq \"{named}\""), vec![&named]),
        ("display eq \"jsmith\"".to_owned(), vec![&unnamed]),
        ("not (display eq \"jsmith\")".to_owned(), vec![&named]),
        ("type ne \"user\"".to_owned(), vec![]),
        (format!("value eq \"{}\"", nobody()), vec![]),
    ] {
        let condition = condition_on_members(&filter)?;
        let found = store
            .read()
            .await?
            .members_matching(std::slice::from_ref(&guides), &condition)
            .await?;
        let found: Vec<_> = found.iter().map(|member| &member.user).collect();
        same(&format!("members with {filter}"), found, expected)?;
    }
    Ok(())
}

/// Ten thousand users join, leave and are replaced in one change each.
pub async fn ten_thousand_members_change_at_once(store: Subject) -> Verdict {
    store.because(
        "a large group is pushed in one request (up to 50,000 members), and databases limit the parameters of a statement",
    );
    let group = store.create_group("Everyone").await?;
    let mut transaction = store.write().await?;
    let mut everyone = Vec::new();
    for number in 0..10_000 {
        let user = user(json!({ "userName": format!("user{number}") }));
        everyone.push(
            transaction
                .insert(Kind::User, &draft(&user, 1))
                .await?
                .id
                .into_string(),
        );
    }
    transaction.commit().await?;
    same("users", store.total(Kind::User).await?, 10_000)?;
    let all = delta(|delta| delta.replace(everyone.iter().cloned()));
    same(
        "rows when all join",
        store.change_members(&group, &all).await?,
        10_000,
    )?;
    let half = delta(|delta| delta.replace(everyone.iter().take(5_000).cloned()));
    same(
        "rows when half of them leave",
        store.change_members(&group, &half).await?,
        5_000,
    )?;
    let again = delta(|delta| delta.add(everyone.iter().cloned()));
    same(
        "rows when that half joins again",
        store.change_members(&group, &again).await?,
        5_000,
    )?;
    same("members", store.members(&group).await?.len(), 10_000)?;
    let ids: Vec<&str> = everyone.iter().map(String::as_str).collect();
    let known = store.write().await?.known_users(&ids).await?;
    same("known users", known.len(), 10_000)?;
    let leave = delta(|delta| delta.remove(everyone.iter().cloned()));
    same(
        "rows when all leave",
        store.change_members(&group, &leave).await?,
        10_000,
    )
}

/// If eight writers add members to one group at the same time, none gets lost.
pub async fn eight_who_add_members_lose_none(store: Subject) -> Verdict {
    store.because(
        "Entra ID changes one group in parallel: a list that is read, changed and written back loses members",
    );
    let group = store.create_group("Everyone").await?;
    let tasks: Vec<_> = (0..8)
        .map(|task| tokio::spawn(join_ten(store.clone(), group.clone(), task)))
        .collect();
    for task in tasks {
        let ended = task
            .await
            .map_err(|error| Breach::new("no writer panics", error))?;
        same("rows when users join one by one", ended?, vec![1; 10])?;
    }
    same("members", store.members(&group).await?.len(), 80)?;
    let record = store.there(Kind::Group, &group).await?;
    same(
        "the version after 80 changes",
        record.meta.version,
        Version::new(81),
    )?;
    let mut transaction = store.write().await?;
    let behind = transaction
        .touch(Kind::Group, &group, Version::new(80), at(2))
        .await;
    stale("touching an old version", behind)
}

async fn join_ten(store: Subject, group: ResourceId, task: usize) -> Result<Vec<u64>, StoreError> {
    let mut rows = Vec::new();
    for number in 0..10 {
        let user = store.create_user(&format!("user{task}-{number}")).await?;
        // a store may notice a conflict instead of waiting: the service tries again, too
        rows.push(loop {
            match join(&store, &group, &user).await {
                Err(StoreError::Stale) => tokio::task::yield_now().await,
                joined => break joined?,
            }
        });
    }
    Ok(rows)
}

async fn join(store: &Subject, group: &ResourceId, user: &ResourceId) -> Result<u64, StoreError> {
    let mut transaction = store.write().await?;
    let record = transaction.get(Kind::Group, group).await?;
    let version = record.map_or(Version::new(0), |record| record.meta.version);
    let join = delta(|delta| delta.add([user.as_str().to_owned()]));
    let rows = transaction.change_members(group, &join).await?;
    transaction.touch(Kind::Group, group, version, at(2)).await?;
    transaction.commit().await?;
    Ok(rows)
}
