//! What was read together with a user, so that it need not be asked for again: on PostgreSQL, each question is a journey.

use std::collections::BTreeMap;

use scim_service::store::{Membership, ResourceId};
use serde::Deserialize;
use serde_json::value::RawValue;

/// The memberships, and the e-mails as text, of users that this transaction has read or written.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    groups: BTreeMap<ResourceId, Vec<Membership>>,
    emails: Option<(ResourceId, Option<String>)>,
}

impl Ahead {
    pub(super) fn note_groups(&mut self, user: &ResourceId, groups: Vec<Membership>) {
        self.groups.insert(user.clone(), groups);
    }

    /// The memberships of all these users, in order of user and group id, if they are known.
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

    /// Somebody's memberships have changed, or the name of a group.
    pub(super) fn forget_groups(&mut self) {
        self.groups.clear();
    }

    pub(super) fn note_emails(&mut self, user: &ResourceId, document: &str) {
        self.emails = Some((user.clone(), emails(document)));
    }

    /// Whether the user is known to have the e-mails that the document has.
    pub(super) fn has_emails_of(&self, user: &ResourceId, document: &str) -> bool {
        self.emails
            .as_ref()
            .is_some_and(|(known, kept)| known == user && *kept == emails(document))
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
    use super::*;

    #[test]
    fn emails_are_compared_as_they_are_written() {
        let user = ResourceId("1".to_owned());
        let mut ahead = Ahead::default();
        ahead.note_emails(&user, r#"{"userName":"a","emails":[{"value":"a@example.com"}]}"#);
        assert!(ahead.has_emails_of(&user, r#"{"emails":[{"value":"a@example.com"}],"title":"x"}"#));
        assert!(!ahead.has_emails_of(&user, r#"{"emails":[{"value":"b@example.com"}]}"#));
        assert!(!ahead.has_emails_of(&user, r#"{"userName":"a"}"#));
        assert!(!ahead.has_emails_of(
            &ResourceId("2".to_owned()),
            r#"{"emails":[{"value":"a@example.com"}]}"#
        ));
    }
}
