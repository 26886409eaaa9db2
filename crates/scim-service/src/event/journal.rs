//! The changes of a transaction, collected until its commit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use scim_core::resource::Resource;

use super::Event;
use super::entry::{Entry, Was};
use super::team::{MembersAdded, MembersRemoved};
use crate::connection::ConnectionKey;
use crate::store::{Departure, Kind, MemberChanges, ResourceId, Version};

/// Collects the changes of a transaction, and turns them into events at its end. Changes that revert each other raise none.
#[derive(Default)]
pub(super) struct Journal {
    users: BTreeMap<ResourceId, Entry>,
    teams: BTreeMap<ResourceId, Entry>,
    members: BTreeMap<ResourceId, Members>,
    /// Resources of custom types.
    others: BTreeMap<(Kind, ResourceId), Entry>,
}

/// The users that joined and left a Team.
#[derive(Default)]
struct Members {
    came: BTreeSet<ResourceId>,
    went: BTreeSet<ResourceId>,
    /// Name and version of the Team, if the Team itself has no [`Entry`].
    team: Option<(String, Version)>,
}

impl Journal {
    /// Whether the resource has an entry, so that its state before the transaction is known.
    pub(super) fn knows(&self, kind: Kind, id: &ResourceId) -> bool {
        match kind {
            Kind::User => self.users.contains_key(id),
            Kind::Group => self.teams.contains_key(id),
            Kind::Other(_) => self.others.contains_key(&(kind, id.clone())),
        }
    }

    /// Notes the new state of a resource. `was` counts only if the resource has no entry yet.
    pub(super) fn note(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        was: Was,
        now: Option<Arc<Resource>>,
        version: Version,
    ) {
        match self.entry(kind, id) {
            Some(entry) => {
                entry.now = now;
                entry.version = version;
            }
            None => {
                let (id, entry) = (id.clone(), Entry { was, now, version });
                drop(match kind {
                    Kind::User => self.users.insert(id, entry),
                    Kind::Group => self.teams.insert(id, entry),
                    Kind::Other(_) => self.others.insert((kind, id), entry),
                });
            }
        }
    }

    /// Notes the new version of a Team that has an entry.
    pub(super) fn move_to(&mut self, team: &ResourceId, version: Version) {
        if let Some(entry) = self.teams.get_mut(team) {
            entry.version = version;
        }
    }

    /// Notes that a resource that has an entry was deleted.
    pub(super) fn end(&mut self, kind: Kind, id: &ResourceId) {
        if let Some(entry) = self.entry(kind, id) {
            entry.now = None;
        }
    }

    /// Notes the users that joined and left a Team.
    pub(super) fn note_members(&mut self, team: &ResourceId, changes: MemberChanges) {
        if changes.rows() > 0 {
            let members = self.members.entry(team.clone()).or_default();
            for user in changes.left {
                members.leave(user);
            }
            for user in changes.joined {
                members.join(user);
            }
        }
    }

    /// Notes the Teams that a deleted user left.
    pub(super) fn note_departures(&mut self, user: &ResourceId, departures: Vec<Departure>) {
        for Departure { group, name, version } in departures {
            let members = self.members.entry(group).or_default();
            members.leave(user.clone());
            members.team = Some((name, version));
        }
    }

    /// Returns the events in the order that [the module](super) documents.
    pub(super) fn into_events(self, connection: &ConnectionKey) -> Vec<Event> {
        let [added, removed] = of_members(connection, self.members, &self.teams);
        let [users, no_users] = of_entries(self.users, |id, entry| entry.of_user(connection, id));
        let [teams, no_teams] = of_entries(self.teams, |id, entry| entry.of_team(connection, id));
        let [others, no_others] = of_entries(self.others, |(kind, id), entry| {
            entry.of_other(connection, kind, id)
        });
        [
            users, teams, others, added, removed, no_others, no_teams, no_users,
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn entry(&mut self, kind: Kind, id: &ResourceId) -> Option<&mut Entry> {
        match kind {
            Kind::User => self.users.get_mut(id),
            Kind::Group => self.teams.get_mut(id),
            Kind::Other(_) => self.others.get_mut(&(kind, id.clone())),
        }
    }
}

impl Members {
    fn join(&mut self, user: ResourceId) {
        if !self.went.remove(&user) {
            self.came.insert(user);
        }
    }

    fn leave(&mut self, user: ResourceId) {
        if !self.came.remove(&user) {
            self.went.insert(user);
        }
    }
}

/// The events of resources that are there after the transaction, and of those that are not.
fn of_entries<K>(entries: BTreeMap<K, Entry>, event: impl Fn(K, Entry) -> Option<Event>) -> [Vec<Event>; 2] {
    let (there, gone): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(_, entry)| entry.now.is_some());
    [there, gone].map(|entries| {
        let events = entries.into_iter().filter_map(|(key, entry)| event(key, entry));
        events.collect()
    })
}

/// The events of users that joined Teams, and of those that left.
fn of_members(
    connection: &ConnectionKey,
    members: BTreeMap<ResourceId, Members>,
    teams: &BTreeMap<ResourceId, Entry>,
) -> [Vec<Event>; 2] {
    let [mut added, mut removed] = [Vec::new(), Vec::new()];
    for (id, Members { came, went, team }) in members {
        let of_entry = teams.get(&id).map(Entry::name_and_version);
        let Some((team_name, resource_version)) = of_entry.or(team) else {
            continue;
        };
        if !came.is_empty() {
            added.push(Event::MembersAdded(MembersAdded {
                connection: connection.clone(),
                id: id.clone(),
                resource_version,
                team_name: team_name.clone(),
                users: came.into_iter().collect(),
            }));
        }
        if !went.is_empty() {
            removed.push(Event::MembersRemoved(MembersRemoved {
                connection: connection.clone(),
                id,
                resource_version,
                team_name,
                users: went.into_iter().collect(),
            }));
        }
    }
    [added, removed]
}
