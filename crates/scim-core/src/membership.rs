//! Changes to the members of a group, as a delta: its size follows the change, never the group.

use std::collections::BTreeSet;

/// What becomes of the members of a group.
///
/// Operations are folded in order, the last word on a member wins: adding and then removing somebody removes them.
///
/// ```
/// use scim_core::membership::MembershipDelta;
///
/// let mut delta = MembershipDelta::default();
/// delta.add(["bjensen".to_owned(), "jsmith".to_owned()]);
/// delta.remove(["bjensen".to_owned()]);
/// assert_eq!(delta.added().collect::<Vec<_>>(), ["jsmith"]);
/// assert_eq!(delta.removed().collect::<Vec<_>>(), ["bjensen"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MembershipDelta {
    replaces: bool,
    added: BTreeSet<String>,
    removed: BTreeSet<String>,
}

impl MembershipDelta {
    /// These become members, if they are not yet.
    pub fn add(&mut self, ids: impl IntoIterator<Item = String>) {
        for id in ids {
            self.removed.remove(&id);
            self.added.insert(id);
        }
    }

    /// These are no longer members, if they were.
    pub fn remove(&mut self, ids: impl IntoIterator<Item = String>) {
        for id in ids {
            self.added.remove(&id);
            if !self.replaces {
                self.removed.insert(id);
            }
        }
    }

    /// Nobody is a member.
    pub fn clear(&mut self) {
        *self = Self {
            replaces: true,
            ..Self::default()
        };
    }

    /// Exactly these are members.
    pub fn replace(&mut self, ids: impl IntoIterator<Item = String>) {
        self.clear();
        self.add(ids);
    }

    /// Whether those who were members before are not, unless they are in [`added`](Self::added).
    #[must_use]
    pub fn replaces(&self) -> bool {
        self.replaces
    }

    /// Those who are members afterwards, in order of their ids.
    pub fn added(&self) -> impl ExactSizeIterator<Item = &str> {
        self.added.iter().map(String::as_str)
    }

    /// Those who are not, in order of their ids; empty if the delta [replaces](Self::replaces).
    pub fn removed(&self) -> impl ExactSizeIterator<Item = &str> {
        self.removed.iter().map(String::as_str)
    }

    /// Whether `id` is a member afterwards, as far as this delta tells.
    #[must_use]
    pub fn decides(&self, id: &str) -> Option<bool> {
        if self.added.contains(id) {
            return Some(true);
        }
        (self.replaces || self.removed.contains(id)).then_some(false)
    }

    /// Keeps of the additions those for which `keep` holds.
    pub fn retain_added(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.added.retain(|id| keep(id));
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.replaces && self.added.is_empty() && self.removed.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids<const N: usize>(ids: [&str; N]) -> Vec<String> {
        ids.map(str::to_owned).to_vec()
    }

    #[test]
    fn the_last_word_on_a_member_wins() {
        let mut delta = MembershipDelta::default();
        delta.remove(ids(["a", "b"]));
        delta.add(ids(["b", "c"]));
        assert_eq!(delta.added().collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!(delta.removed().collect::<Vec<_>>(), ["a"]);
        assert_eq!(delta.decides("b"), Some(true));
        assert_eq!(delta.decides("a"), Some(false));
        assert_eq!(delta.decides("z"), None);
    }

    #[test]
    fn a_delta_is_empty_if_it_says_nothing() {
        let mut delta = MembershipDelta::default();
        assert!(delta.is_empty() && !delta.replaces());
        delta.add(ids(["a", "b"]));
        assert!(!delta.is_empty());
        delta.retain_added(|id| id == "b");
        assert_eq!(delta.added().collect::<Vec<_>>(), ["b"]);
        delta.retain_added(|_| false);
        assert!(delta.is_empty());
        delta.remove(ids(["a"]));
        assert!(!delta.is_empty());
        delta.clear();
        assert!(!delta.is_empty() && delta.replaces());
    }

    #[test]
    fn replacing_forgets_what_came_before() {
        let mut delta = MembershipDelta::default();
        delta.add(ids(["a"]));
        delta.remove(ids(["b"]));
        delta.replace(ids(["c", "d"]));
        delta.remove(ids(["d"]));
        assert!(delta.replaces());
        assert_eq!(delta.added().collect::<Vec<_>>(), ["c"]);
        assert_eq!(delta.removed().len(), 0);
        assert_eq!(delta.decides("z"), Some(false));
    }
}
