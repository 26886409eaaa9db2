//! Connections are tenants.

use serde_json::json;

use super::breach::{Verdict, same, stale};
use super::sample::{at, draft, ids, matching, quoted, user};
use super::subject::Subject;
use crate::store::{Kind, Version};

const WHY: &str =
    "a connection is a tenant: no other connection may read or change what its identity provider pushes";

/// Nothing of one connection can be read through another: not by id, list, filter or name.
pub async fn a_connection_sees_nothing_of_another(okta: Subject) -> Verdict {
    okta.because(WHY);
    let azure = okta.seen_by("azure")?;
    same("users of an empty connection", azure.total(Kind::User).await?, 0)?;
    let theirs = okta.create_user("bjensen").await?;
    let group = okta.create_group("Tour Guides").await?;
    okta.add(&group, &[&theirs]).await?;

    same(
        "the other connection's user",
        azure.get(Kind::User, &theirs).await?,
        None,
    )?;
    same(
        "the other connection's group",
        azure.get(Kind::Group, &group).await?,
        None,
    )?;
    same("users listed", azure.total(Kind::User).await?, 0)?;
    same("groups listed", azure.total(Kind::Group).await?, 0)?;
    for filter in [
        "userName eq \"bjensen\"".to_owned(),
        "userName pr".to_owned(),
        format!("id eq {}", quoted(theirs.as_str())),
        format!("groups eq {}", quoted(group.as_str())),
    ] {
        let found = azure
            .list_if_supported(Kind::User, &matching(Kind::User, &filter)?)
            .await?;
        same(&filter, ids(&found.unwrap_or_default()), vec![])?;
    }
    let filter = format!("members eq {}", quoted(theirs.as_str()));
    let found = azure
        .list_if_supported(Kind::Group, &matching(Kind::Group, &filter)?)
        .await?;
    same(&filter, ids(&found.unwrap_or_default()), vec![])?;
    same(
        "the members of the other connection's group",
        azure.members(&group).await?,
        vec![],
    )?;
    let mut transaction = azure.write().await?;
    same(
        "the account of the name",
        transaction.account("bjensen").await?,
        None,
    )?;
    let known = transaction.known_users(&[theirs.as_str()]).await?;
    same("known users of the other connection", known.len(), 0)?;
    let memberships = transaction.memberships(std::slice::from_ref(&theirs)).await?;
    same("the groups of the other connection's user", memberships, vec![])
}

/// Nothing of one connection can be changed through another, and no membership crosses connections.
pub async fn a_connection_changes_nothing_of_another(okta: Subject) -> Verdict {
    okta.because(WHY);
    let azure = okta.seen_by("azure")?;
    let theirs = okta.create_user("bjensen").await?;
    let group = okta.create_group("Tour Guides").await?;
    okta.add(&group, &[&theirs]).await?;
    let ours = azure.create_user("bjensen").await?;
    let our_group = azure.create_group("Tour Guides").await?;

    same(
        "rows when their group gets our user",
        azure.add(&group, &[&ours]).await?,
        0,
    )?;
    same(
        "rows when our group gets their user",
        azure.add(&our_group, &[&theirs]).await?,
        0,
    )?;
    let mut transaction = azure.write().await?;
    let mine = user(json!({ "userName": "mine" }));
    let result = transaction
        .update(Kind::User, &theirs, Version::FIRST, &draft(&mine, 1))
        .await;
    stale("an update of the other connection's user", result)?;
    let result = transaction
        .touch(Kind::Group, &group, Version::FIRST, at(1))
        .await;
    stale("touching the other connection's group", result)?;
    for (kind, id) in [(Kind::User, &theirs), (Kind::Group, &group)] {
        let result = transaction.delete(kind, id, Version::FIRST, at(1)).await;
        stale("deleting a resource of the other connection", result)?;
    }
    transaction.commit().await?;
    let mut clear = scim_core::membership::MembershipDelta::default();
    clear.clear();
    let rows = azure.change_members(&group, &clear).await?;
    same("rows when the other connection's group is cleared", rows, 0)?;
    same(
        "the members of their group",
        okta.member_ids(&group).await?,
        vec![theirs],
    )
}

/// A `userName` of one connection is free in another.
pub async fn connections_share_no_names(okta: Subject) -> Verdict {
    okta.because(
        "names are unique per connection: otherwise one tenant could discover, and block, the names of another",
    );
    let azure = okta.seen_by("azure")?;
    okta.create_user("bjensen").await?;
    let deleted = okta.create_user("jsmith").await?;
    okta.delete(Kind::User, &deleted, 2).await?;
    azure.create_user("BJENSEN").await?;
    azure.create_user("jsmith").await?;
    same("users of the first connection", okta.total(Kind::User).await?, 1)?;
    same(
        "users of the second connection",
        azure.total(Kind::User).await?,
        2,
    )
}
