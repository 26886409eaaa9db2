//! Deleted users, who may be restored. In a store that does not keep deleted users, [`account`] does not return them; the rules
//! about restoring then do not apply.
//!
//! [`account`]: crate::store::Transaction::account

use serde_json::json;

use super::breach::{Breach, Verdict, same, stale, taken};
use super::sample::{at, delta, draft, matching, quoted, user};
use super::subject::Subject;
use crate::store::{Account, AccountState, Departure, Kind, ResourceId, StoreError, Version};

/// The next user or group inherits nothing of a deleted one: neither id nor memberships.
pub async fn who_comes_next_is_somebody_else(store: Subject) -> Verdict {
    store.because(
        "a database may reuse the key of a deleted row: a leftover membership would give access to the next user, and a \
         reused id would give one user the identity of another",
    );
    let guides = store.create_group("Tour Guides").await?;
    let gone = store.create_user("bjensen").await?;
    store.add(&guides, &[&gone]).await?;
    store.delete(Kind::User, &gone, 5).await?;
    let next = store.create_user("mallory").await?;
    differs("the ids of two users", &gone, &next)?;
    same("members", store.members(&guides).await?, vec![])?;
    let mut transaction = store.write().await?;
    let groups = transaction.memberships(std::slice::from_ref(&next)).await?;
    same("the groups of the next user", groups, vec![])?;
    drop(transaction);

    store.add(&guides, &[&next]).await?;
    store.delete(Kind::Group, &guides, 6).await?;
    let staff = store.create_group("Staff").await?;
    differs("the ids of two groups", &guides, &staff)?;
    same("members of the next group", store.members(&staff).await?, vec![])
}

fn differs(what: &str, one: &ResourceId, other: &ResourceId) -> Verdict {
    match one == other {
        true => Err(Breach::new(format!("{what} differ"), one)),
        false => Ok(()),
    }
}

/// A deleted user is found only by `account`, and has no memberships.
pub async fn a_deleted_user_is_out_of_sight(store: Subject) -> Verdict {
    store.because("a deleted user has no access, answers 404, and is in no list (RFC 7644 section 3.6)");
    let bjensen =
        user(json!({ "userName": "bjensen", "externalId": "e1", "emails": [{ "value": "b@example.com" }] }));
    let id = store.create(&bjensen).await?.id;
    let guides = store.create_group("Tour Guides").await?;
    store.add(&guides, &[&id]).await?;
    store.delete(Kind::User, &id, 5).await?;

    same("the user", store.get(Kind::User, &id).await?, None)?;
    same("users", store.total(Kind::User).await?, 0)?;
    same("members", store.members(&guides).await?, vec![])?;
    let group = store.get(Kind::Group, &guides).await?.map(|group| group.meta);
    same(
        "the version of a group after its member was deleted",
        group.as_ref().map(|meta| meta.version),
        Some(Version::new(2)),
    )?;
    same(
        "the time of that change",
        group.map(|meta| meta.modified),
        Some(at(5)),
    )?;
    for filter in [
        "userName eq \"bjensen\"".to_owned(),
        "externalId eq \"e1\"".to_owned(),
        "emails.value eq \"b@example.com\"".to_owned(),
        "not (title pr)".to_owned(),
        format!("id eq {}", quoted(id.as_str())),
    ] {
        let found = store
            .list_if_supported(Kind::User, &matching(Kind::User, &filter)?)
            .await?;
        let total = found.map_or(0, |found| found.total);
        same(&format!("users with {filter}"), total, 0)?;
    }
    same(
        "rows when a deleted user is added",
        store.add(&guides, &[&id]).await?,
        0,
    )?;
    let mut transaction = store.write().await?;
    let known = transaction.known_users(&[id.as_str()]).await?;
    same("known users", known.len(), 0)?;
    let account = transaction.account("BJENSEN").await?;
    deleted_or_nobody(account, &id)?;
    for version in [Version::FIRST, Version::new(2)] {
        stale(
            "deleting a deleted user",
            transaction.delete(Kind::User, &id, version, at(6)).await,
        )?;
        let update = transaction
            .update(Kind::User, &id, version, &draft(&bjensen, 6))
            .await;
        stale("updating a deleted user", update)?;
    }
    Ok(())
}

/// `delete_user_and_tell` returns the groups that the user left.
pub async fn the_groups_that_a_deleted_user_left_are_told(store: Subject) -> Verdict {
    store.because("applications revoke the access that came from the groups");
    let [a, b] = [store.create_user("a").await?, store.create_user("b").await?];
    let guides = store.create_group("Tour Guides").await?;
    let staff = store.create_group("Staff").await?;
    let others = store.create_group("Others").await?;
    store.add(&guides, &[&a, &b]).await?;
    store.add(&staff, &[&a]).await?;
    store.add(&others, &[&b]).await?;
    let versions = async || -> Verdict<[Version; 3]> {
        let of = async |id| -> Verdict<Version> { Ok(store.there(Kind::Group, id).await?.meta.version) };
        Ok([of(&guides).await?, of(&staff).await?, of(&others).await?])
    };
    let [.., before] = versions().await?;
    let mut transaction = store.write().await?;
    let behind = transaction.delete_user_and_tell(&a, Version::new(7), at(5)).await;
    stale("deleting at another version", behind)?;
    drop(transaction);
    let mut transaction = store.write().await?;
    let mut told = transaction
        .delete_user_and_tell(&a, Version::FIRST, at(5))
        .await?;
    transaction.commit().await?;
    told.sort_by_key(|departure| departure.group.clone());
    let after = versions().await?;
    let [of_guides, of_staff, of_others] = after;
    let mut expected = vec![
        departure(&guides, "Tour Guides", of_guides),
        departure(&staff, "Staff", of_staff),
    ];
    expected.sort_by_key(|departure| departure.group.clone());
    same("the groups that the user left", told, expected)?;
    same("the version of another group", of_others, before)?;
    same("the user", store.get(Kind::User, &a).await?, None)?;
    same("members", store.member_ids(&guides).await?, vec![b])?;
    same("users", store.total(Kind::User).await?, 1)
}

fn departure(group: &ResourceId, name: &str, version: Version) -> Departure {
    Departure {
        group: group.clone(),
        name: name.to_owned(),
        version,
    }
}

/// A restored user has the old id and time of creation, the next version, the attributes of the draft, and no memberships.
pub async fn a_deleted_user_comes_back_under_the_same_id(store: Subject) -> Verdict {
    store.because(
        "identity providers delete users and create them again: the data that an application stores under the id must \
         still belong to them, but old access must not return by itself",
    );
    let before = user(json!({ "userName": "bjensen", "title": "Guide" }));
    let id = store.create(&before).await?.id;
    let guides = store.create_group("Tour Guides").await?;
    store.add(&guides, &[&id]).await?;
    store.delete(Kind::User, &id, 5).await?;
    if deleted_or_nobody(account(&store, "bjensen").await?, &id)?.is_none() {
        store.skip("deleted users who come back");
        return Ok(());
    }
    let after = user(json!({ "userName": "BJensen", "emails": [{ "value": "b@example.com" }] }));
    let mut transaction = store.write().await?;
    let meta = transaction.restore(&id, &draft(&after, 9)).await?;
    same(
        "id, version, creation and change",
        (&meta.id, meta.version, meta.created, meta.modified),
        (&id, Version::new(3), at(1), at(9)),
    )?;
    let again = transaction.restore(&id, &draft(&after, 9)).await;
    stale("restoring a user who is not deleted", again)?;
    transaction.commit().await?;
    let record = store.there(Kind::User, &id).await?;
    same(
        "the record",
        (record.meta, record.document),
        (meta, after.to_document()),
    )?;
    same("users", store.total(Kind::User).await?, 1)?;
    for (filter, expected) in [("emails eq \"B@example.com\"", 1), ("title pr", 0)] {
        let found = store
            .list_if_supported(Kind::User, &matching(Kind::User, filter)?)
            .await?;
        let total = found.map_or(expected, |found| found.total);
        same(&format!("users with {filter}"), total, expected)?;
    }
    same("members", store.members(&guides).await?, vec![])
}

/// `account` returns the user who exists, or else the one who was deleted last.
pub async fn the_account_of_a_name_is_the_one_that_is_there_or_was_last(store: Subject) -> Verdict {
    store.because("a returning user gets their own account, never that of somebody who had the name before");
    let first = store.create_user("bjensen").await?;
    same(
        "the account",
        account(&store, "BJENSEN").await?,
        Some(of(&first, AccountState::Active)),
    )?;
    store.delete(Kind::User, &first, 500).await?;
    let second = store.create_user("BJensen").await?;
    store.delete(Kind::User, &second, 900).await?;
    let of_second = deleted_or_nobody(account(&store, "bjensen").await?, &second)?;
    let inactive = user(json!({ "userName": "bjensen", "active": false }));
    let third = store.create(&inactive).await?.id;
    same(
        "the account",
        account(&store, "bjensen").await?,
        Some(of(&third, AccountState::Inactive)),
    )?;
    same(
        "the account of an unknown name",
        account(&store, "jsmith").await?,
        None,
    )?;
    if of_second.is_none() {
        store.skip("deleted users who come back");
        return Ok(());
    }
    let mut transaction = store.write().await?;
    let restored = transaction.restore(&second, &draft(&inactive, 901)).await;
    taken("restoring a user whose name is taken", "userName", restored)
}

/// A user who is deleted while another transaction adds a membership has no memberships afterwards.
pub async fn who_is_deleted_while_joining_is_a_member_of_nothing(store: Subject) -> Verdict {
    store.because("a membership of a deleted user would become effective again when the user is restored");
    let guides = store.create_group("Tour Guides").await?;
    for number in 0..20 {
        let id = store.create_user(&format!("user{number}")).await?;
        let joining = tokio::spawn(join(store.clone(), guides.clone(), id.clone()));
        let leaving = tokio::spawn(leave(store.clone(), id.clone()));
        for task in [joining, leaving] {
            let ended = task.await.map_err(|error| Breach::new("no task panics", error))?;
            match ended {
                // either may have to be repeated
                Ok(()) | Err(StoreError::Stale | StoreError::Unavailable(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let is_there = store.get(Kind::User, &id).await?.is_some();
        let members = store.member_ids(&guides).await?;
        let expected = if is_there { members.clone() } else { vec![] };
        same("members after the user was deleted", members, expected)?;
        if is_there {
            store.delete(Kind::User, &id, 9).await?;
        }
    }
    Ok(())
}

async fn join(store: Subject, group: ResourceId, id: ResourceId) -> Result<(), StoreError> {
    let mut transaction = store.write().await?;
    if transaction.known_users(&[id.as_str()]).await?.is_empty() {
        return Ok(());
    }
    let join = delta(|delta| delta.add([id.into_string()]));
    transaction.change_members(&group, &join).await?;
    transaction.commit().await
}

async fn leave(store: Subject, id: ResourceId) -> Result<(), StoreError> {
    let mut transaction = store.write().await?;
    transaction.delete(Kind::User, &id, Version::FIRST, at(5)).await?;
    transaction.commit().await
}

async fn account(store: &Subject, user_name: &str) -> Result<Option<Account>, StoreError> {
    store.read().await?.account(user_name).await
}

/// Checks the account of a deleted user; `None` in a store that does not keep deleted users.
#[track_caller]
fn deleted_or_nobody(account: Option<Account>, id: &ResourceId) -> Verdict<Option<Account>> {
    if account.is_some() {
        same(
            "the account, in a store that keeps deleted users",
            &account,
            &Some(of(id, AccountState::Deleted)),
        )?;
    }
    Ok(account)
}

fn of(id: &ResourceId, state: AccountState) -> Account {
    Account {
        id: id.clone(),
        state,
    }
}
