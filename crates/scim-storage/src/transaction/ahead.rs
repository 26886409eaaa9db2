//! A cache of what was read together with a user, which saves round trips to PostgreSQL.

use std::collections::BTreeMap;

use scim_core::time::Timestamp;
use scim_service::store::{Membership, Record, ResourceId, Version};
use serde::Deserialize;
use serde_json::value::RawValue;

/// The memberships of the users that this transaction has read or written, and the user that it is about to change.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    groups: BTreeMap<ResourceId, Vec<Membership>>,
    user: Option<User>,
}

/// A user as it was read.
#[derive(Debug)]
struct User {
    id: ResourceId,
    version: Version,
    created: Timestamp,
    /// The JSON text of `emails`.
    emails: Option<String>,
}

impl Ahead {
    pub(super) fn note_groups(&mut self, user: &ResourceId, groups: Vec<Membership>) {
        self.groups.insert(user.clone(), groups);
    }

    /// Returns the memberships of all these users, sorted by user and group id; `None` if one is not cached.
    pub(super) fn groups_of(&self, users: &[ResourceId]) -> Option<Vec<Membership>> {
        let mut users: Vec<&ResourceId> = users.iter().collect();
        users.sort();
        users.dedup();
        let mut known = Vec::new();
        for user in users {
            known.extend_from_slice(self.groups.get(user)?);
        }
        Some(known)
    }

    /// Clears the memberships, after a membership or the name of a group has changed.
    pub(super) fn forget_groups(&mut self) {
        self.groups.clear();
    }

    pub(super) fn note_user(&mut self, record: &Record) {
        self.user = Some(User {
            id: record.meta.id.clone(),
            version: record.meta.version,
            created: record.meta.created,
            emails: emails(&record.document),
        });
    }

    /// Returns the time of creation of the user, if it was read at that version and with the same e-mails as `document`.
    pub(super) fn created(&self, user: &ResourceId, version: Version, document: &str) -> Option<Timestamp> {
        let read = self.user.as_ref()?;
        let is_same = read.id == *user && read.version == version && read.emails == emails(document);
        is_same.then_some(read.created)
    }
}

fn emails(document: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Emails<'a> {
        #[serde(borrow)]
        emails: Option<&'a RawValue>,
    }
    let read: Option<Emails<'_>> = serde_json::from_str(document).ok();
    read.and_then(|read| read.emails)
        .map(|emails| emails.get().to_owned())
}

#[cfg(test)]
mod tests {
    use scim_service::store::Meta;

    use super::*;

    #[test]
    fn emails_are_compared_as_they_are_written() {
        let id = ResourceId::new("1");
        let mut ahead = Ahead::default();
        ahead.note_user(&Record {
            meta: Meta {
                id: id.clone(),
                version: Version::new(3),
                created: Timestamp::from_millis(1),
                modified: Timestamp::from_millis(2),
            },
            document: r#"{"userName":"a","emails":[{"value":"a@example.com"}]}"#.to_owned(),
        });
        let created = |version, document| ahead.created(&id, Version::new(version), document).is_some();
        assert!(created(
            3,
            r#"{"emails":[{"value":"a@example.com"}],"title":"x"}"#
        ));
        assert!(!created(2, r#"{"emails":[{"value":"a@example.com"}]}"#));
        assert!(!created(3, r#"{"emails":[{"value":"b@example.com"}]}"#));
        assert!(!created(3, r#"{"userName":"a"}"#));
    }
}
