//! Makes a directory match a list of people: creates those who are missing, changes those who differ, deactivates those who are
//! not on the list, and makes exactly the people of the list the members of a group.
//!
//! ```sh
//! printf 'bjensen@example.com,Barbara,Jensen\njsmith@example.com,John,Smith\n' > people.csv
//! SCIM_URL=http://127.0.0.1:8080/v1/scim/v2/okta SCIM_TOKEN=scim_… \
//!     cargo run -p scim-client --example sync -- people.csv "Tour Guides"
//! ```
//!
//! A line is `userName,givenName,familyName`. Run again, it changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use futures_util::TryStreamExt;
use scim_client::resource::group::Group;
use scim_client::resource::user::User;
use scim_client::resource::value::{Email, Name};
use scim_client::{Filter, PatchOp, Query, ScimClient};

/// The members that one PATCH adds or removes. A server limits the operations of a PATCH, and removing takes one for each member.
const AT_ONCE: usize = 100;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().context("name a file of people")?;
    let group = arguments.next().context("name a group")?;
    let client = ScimClient::builder(std::env::var("SCIM_URL").context("set SCIM_URL")?)
        .bearer(std::env::var("SCIM_TOKEN").context("set SCIM_TOKEN")?)
        .build()?;
    let people = people(&std::fs::read_to_string(file)?)?;
    let present = converge(&client, people).await?;
    fill(&client, &group, &present).await
}

/// The people of a list, by `userName` in lower case, as servers ignore its case.
fn people(list: &str) -> anyhow::Result<BTreeMap<String, User>> {
    let lines = list.lines().filter(|line| !line.trim().is_empty());
    let person = |line: &str| {
        let mut fields = line.splitn(3, ',').map(str::trim);
        let (Some(user_name), Some(given), Some(family)) = (fields.next(), fields.next(), fields.next())
        else {
            anyhow::bail!("`{line}` is not `userName,givenName,familyName`");
        };
        let person = User::new(user_name)
            .name(Name::new(given, family))
            .email(Email::work(user_name).primary(true))
            .active(true);
        Ok((user_name.to_lowercase(), person))
    };
    lines.map(person).collect()
}

/// Makes the active users of the directory those of the list, and returns their ids.
async fn converge(
    client: &ScimClient,
    mut people: BTreeMap<String, User>,
) -> anyhow::Result<BTreeSet<String>> {
    let users = client.users();
    let mut present = BTreeSet::new();
    let mut stored = users.stream(Query::new().attributes(["userName", "name", "active"]));
    while let Some(user) = stored.try_next().await? {
        let mut patch = PatchOp::new();
        match people.remove(&user.user_name.to_lowercase()) {
            Some(wanted) => {
                present.insert(user.id().to_owned());
                if wanted.name != user.name {
                    patch = patch.replace("name", &wanted.name);
                }
                if user.active != Some(true) {
                    patch = patch.replace("active", true);
                }
            }
            None if user.active != Some(false) => patch = patch.replace("active", false),
            None => {}
        }
        if !patch.is_empty() {
            users.patch(user.id(), &patch).await?;
        }
    }
    for person in people.into_values() {
        present.insert(users.create(&person).await?.id().to_owned());
    }
    Ok(present)
}

/// Makes these the members of the group. Only differences are sent.
async fn fill(client: &ScimClient, name: &str, present: &BTreeSet<String>) -> anyhow::Result<()> {
    let groups = client.groups();
    let group = match groups.find(Filter::eq("displayName", name)).await? {
        Some(group) => group,
        None => groups.create(&Group::new(name)).await?,
    };
    let members: BTreeSet<String> = group.member_ids().map(str::to_owned).collect();
    let missing: Vec<&String> = present.difference(&members).collect();
    let surplus: Vec<&String> = members.difference(present).collect();
    let added = missing
        .chunks(AT_ONCE)
        .map(|ids| PatchOp::new().add_members(ids.iter().copied()));
    let removed = surplus
        .chunks(AT_ONCE)
        .map(|ids| PatchOp::new().remove_members(ids.iter().copied()));
    for patch in added.chain(removed) {
        groups
            .patch(group.id(), &patch)
            .excluded_attributes(["members"])
            .await?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_directory_becomes_that_of_the_list() {
        let server = support::Server::start().await;
        let client = server.client();
        let first = "bjensen,Barbara,Jensen\n\njsmith,John,Smith\n";
        let second = "BJensen,Babs,Jensen\nmpepper,May,Pepper\n";
        let mut rounds = Vec::new();
        for list in [first, second, second] {
            let present = converge(&client, people(list).unwrap()).await.unwrap();
            fill(&client, "Tour Guides", &present).await.unwrap();
            let users: Vec<_> = client.users().stream(Query::new()).try_collect().await.unwrap();
            let mut active: Vec<&str> = users
                .iter()
                .filter(|user| user.active == Some(true))
                .map(|user| user.id())
                .collect();
            active.sort_unstable();
            assert_eq!(active, Vec::from_iter(&present));
            let guides = client
                .groups()
                .find(Filter::eq("displayName", "Tour Guides"))
                .await
                .unwrap()
                .unwrap();
            let mut members: Vec<&str> = guides.member_ids().collect();
            members.sort_unstable();
            assert_eq!(members, active);
            let mut versions: Vec<String> = users
                .iter()
                .filter_map(|user| Some(user.version()?.to_owned()))
                .collect();
            versions.extend(guides.version().map(str::to_owned));
            rounds.push(versions);
        }
        assert_eq!(rounds[1].len(), 4);
        assert_eq!(rounds[1], rounds[2], "nothing to do, and yet something was done");
        assert!(people("only-a-name").is_err());
    }

    #[tokio::test]
    async fn more_people_leave_than_one_request_may_name() {
        let server = support::Server::start_with(|config| config.limits.patch_operations = AT_ONCE).await;
        let client = server.client();
        let list: String = (0..150).map(|number| format!("u{number},U,{number}\n")).collect();
        for (list, members) in [(&*list, 150), ("", 0)] {
            let present = converge(&client, people(list).unwrap()).await.unwrap();
            fill(&client, "Tour Guides", &present).await.unwrap();
            let guides = client
                .groups()
                .find(Filter::eq("displayName", "Tour Guides"))
                .await
                .unwrap();
            assert_eq!(guides.unwrap().member_ids().count(), members);
        }
    }
}
