//! Who is in which group.

use scim_core::membership::MembershipDelta;
use serde_json::json;

use super::breach::{Breach, Verdict, same, stale};
use super::sample::{at, condition_on_members, delta, draft, nobody, user};
use super::subject::Subject;
use crate::store::{Kind, Membership, ResourceId, StoreError, Version};

const DELTAS: &str = "identity providers send what changes, and send it again when an answer is lost; the version of the group \
     moves when a row changed, and not otherwise";

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

/// Adding and removing is idempotent, and says how many rows it took.
pub async fn rows_that_changed_are_counted_and_no_others(store: Subject) -> Verdict {
    store.because(DELTAS);
    let group = store.create_group("Tour Guides").await?;
    let [a, b, c, d] = four(&store).await?;
    same("rows of two who join", store.add(&group, &[&a, &b]).await?, 2)?;
    same(
        "rows of two who are there",
        store.add(&group, &[&a, &b]).await?,
        0,
    )?;
    same("rows of one new of two", store.add(&group, &[&b, &c]).await?, 1)?;
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
        "rows of one who leaves",
        store.change_members(&group, &leave).await?,
        1,
    )?;
    same(
        "rows of one who has left",
        store.change_members(&group, &leave).await?,
        0,
    )?;
    let both = delta(|delta| {
        delta.add([a.as_str().to_owned()]);
        delta.remove([c.as_str().to_owned()]);
    });
    same(
        "rows of one in, one out",
        store.change_members(&group, &both).await?,
        2,
    )?;
    same(
        "rows of nothing",
        store.change_members(&group, &delta(|_| ())).await?,
        0,
    )?;
    same("members", store.member_ids(&group).await?, in_order([&a, &b]))?;
    let rows = store.change_members(&nobody(), &both).await?;
    same("rows of a group that is not there", rows, 0)?;
    let record = store.there(Kind::Group, &group).await?;
    same(
        "the version, which only touching moves",
        record.meta.version,
        Version::FIRST,
    )
}

/// After a replacement exactly those are members, and rows that stay are not counted.
pub async fn replacing_members_leaves_exactly_those(store: Subject) -> Verdict {
    store.because(DELTAS);
    let group = store.create_group("Tour Guides").await?;
    let other = store.create_group("Staff").await?;
    let [a, b, c, d] = four(&store).await?;
    store.add(&other, &[&a, &b]).await?;
    let replace = |ids: [&ResourceId; 2]| delta(|delta| delta.replace(ids.map(|id| id.as_str().to_owned())));
    same("rows", store.change_members(&group, &replace([&a, &b])).await?, 2)?;
    same(
        "rows of one of two who stays",
        store.change_members(&group, &replace([&b, &c])).await?,
        2,
    )?;
    same(
        "rows of the same again",
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
        "rows of an emptied group",
        store.change_members(&group, &clear).await?,
        2,
    )?;
    same(
        "rows of an empty one",
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

/// Whoever asks is told who came and who went, and nobody else is named.
pub async fn those_who_came_and_went_are_told(store: Subject) -> Verdict {
    store.because(
        "an application gives and takes access by what it is told, and is not told again of those who are members already",
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
    same("two who join", told, (in_order([&a, &b]), none()))?;
    same("two who are there", step(add([&a, &b])).await?, (none(), none()))?;
    same(
        "one new of two",
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
        "one who leaves",
        step(leave.clone()).await?,
        (none(), in_order([&a])),
    )?;
    same("one who has left", step(leave).await?, (none(), none()))?;
    let both = delta(|delta| {
        delta.add([a.as_str().to_owned(), b.as_str().to_owned()]);
        delta.remove([c.as_str().to_owned()]);
    });
    same(
        "one in, one out",
        step(both).await?,
        (in_order([&a]), in_order([&c])),
    )?;
    let replace = delta(|delta| delta.replace([b.as_str().to_owned(), d.as_str().to_owned()]));
    let told = step(replace.clone()).await?;
    same("who is replaced", told, (in_order([&d]), in_order([&a])))?;
    same("the same again", step(replace).await?, (none(), none()))?;
    let told = step(delta(|delta| delta.clear())).await?;
    same("an emptied group", told, (none(), in_order([&b, &d])))?;
    same("members", store.members(&group).await?, vec![])?;
    let mut transaction = store.write().await?;
    let nowhere = transaction
        .change_members_and_tell(&nobody(), &add([&a, &b]))
        .await?;
    same("a group that is not there", nowhere.rows(), 0)
}

/// Memberships come in order of ids, each with the name of its other side.
pub async fn memberships_come_in_order_and_with_names(store: Subject) -> Verdict {
    store.because(
        "pages of groups are put together from one such list, and two readings of a group must not differ",
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

/// With a condition, only the members come who meet it.
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

/// Ten thousand join, leave and are replaced in one change each.
pub async fn ten_thousand_members_change_at_once(store: Subject) -> Verdict {
    store.because(
        "a full push of a large group is one request (as many as 50,000 members); databases limit how many parameters a \
         statement has",
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
    same("rows of all", store.change_members(&group, &all).await?, 10_000)?;
    let half = delta(|delta| delta.replace(everyone.iter().take(5_000).cloned()));
    same(
        "rows of the half that goes",
        store.change_members(&group, &half).await?,
        5_000,
    )?;
    let again = delta(|delta| delta.add(everyone.iter().cloned()));
    same(
        "rows of the half that comes",
        store.change_members(&group, &again).await?,
        5_000,
    )?;
    same("members", store.members(&group).await?.len(), 10_000)?;
    let ids: Vec<&str> = everyone.iter().map(String::as_str).collect();
    let known = store.write().await?.known_users(&ids).await?;
    same("known users", known.len(), 10_000)?;
    let leave = delta(|delta| delta.remove(everyone.iter().cloned()));
    same(
        "rows of all who leave",
        store.change_members(&group, &leave).await?,
        10_000,
    )
}

/// Of members whom eight add to one group at the same time, none is lost.
pub async fn eight_who_add_members_lose_none(store: Subject) -> Verdict {
    store.because("Entra ID sends parallel changes of one group: a list that is read, changed and written loses members");
    let group = store.create_group("Everyone").await?;
    let tasks: Vec<_> = (0..8)
        .map(|task| tokio::spawn(join_ten(store.clone(), group.clone(), task)))
        .collect();
    for task in tasks {
        let ended = task
            .await
            .map_err(|error| Breach::new("no writer panics", error))?;
        same("rows of those who join one by one", ended?, vec![1; 10])?;
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
    stale("touching a version before", behind)
}

async fn join_ten(store: Subject, group: ResourceId, task: usize) -> Result<Vec<u64>, StoreError> {
    let mut rows = Vec::new();
    for number in 0..10 {
        let user = store.create_user(&format!("user{task}-{number}")).await?;
        let mut transaction = store.write().await?;
        let record = transaction.get(Kind::Group, &group).await?;
        let version = record.map_or(Version::new(0), |record| record.meta.version);
        let join = delta(|delta| delta.add([user.into_string()]));
        rows.push(transaction.change_members(&group, &join).await?);
        transaction.touch(Kind::Group, &group, version, at(2)).await?;
        transaction.commit().await?;
    }
    Ok(rows)
}
