//! Changes to the members of a group, as a delta whose size depends on the change and not on the size of the group.

use std::collections::BTreeSet;

/// The net change to the members of a group.
///
/// Changes are applied in order, and the last change to a member wins: adding and then removing a member removes it.
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
    /// Adds members. Ids that are already members stay members.
    pub fn add(&mut self, ids: impl IntoIterator<Item = String>) {
        for id in ids {
            self.removed.remove(&id);
            self.added.insert(id);
        }
    }

    /// Removes members. Ids that are not members are ignored.
    pub fn remove(&mut self, ids: impl IntoIterator<Item = String>) {
        for id in ids {
            self.added.remove(&id);
            if !self.replaces {
                self.removed.insert(id);
            }
        }
    }

    /// Removes all members.
    pub fn clear(&mut self) {
        *self = Self {
            replaces: true,
            ..Self::default()
        };
    }

    /// Replaces all members by these.
    pub fn replace(&mut self, ids: impl IntoIterator<Item = String>) {
        self.clear();
        self.add(ids);
    }

    /// Returns whether the delta removes all previous members, except those in [`added`](Self::added).
    #[must_use]
    pub fn replaces(&self) -> bool {
        self.replaces
    }

    /// Iterates over the ids that are added, in order.
    #[must_use]
    pub fn added(&self) -> impl ExactSizeIterator<Item = &str> {
        self.added.iter().map(String::as_str)
    }

    /// Iterates over the ids that are removed, in order. It is empty if the delta [replaces](Self::replaces) all members.
    #[must_use]
    pub fn removed(&self) -> impl ExactSizeIterator<Item = &str> {
        self.removed.iter().map(String::as_str)
    }

    /// Returns whether `id` is a member afterwards, or `None` if the delta does not change it.
    #[must_use]
    pub fn decides(&self, id: &str) -> Option<bool> {
        if self.added.contains(id) {
            return Some(true);
        }
        (self.replaces || self.removed.contains(id)).then_some(false)
    }

    /// Drops the additions for which `keep` returns `false`.
    pub fn retain_added(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.added.retain(|id| keep(id));
    }

    /// Returns whether the delta changes nothing.
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
