//! All checks.

use crate::check::Check;
use crate::{profiles, rfc7643, rfc7644, rfc9865};

/// Every check of the kit, in the order of the report.
pub fn all() -> Vec<&'static Check> {
    [
        rfc7643::CHECKS,
        rfc7644::CHECKS,
        rfc9865::CHECKS,
        profiles::CHECKS,
    ]
    .into_iter()
    .flatten()
    .copied()
    .flatten()
    .copied()
    .flatten()
    .collect()
}

/// The checks whose id is one of those, or is below one of them; all when there is none.
pub fn selected(only: &[String]) -> Vec<&'static Check> {
    let is_chosen = |check: &&Check| {
        only.is_empty()
            || only.iter().any(|prefix| {
                check
                    .id
                    .strip_prefix(prefix.trim_end_matches('/'))
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with('.'))
            })
    };
    all().into_iter().filter(is_chosen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_words_are_there() {
        let mut seen = std::collections::HashSet::new();
        for check in all() {
            assert!(seen.insert(check.id), "{} is there twice", check.id);
            assert!(
                check.requirement.ends_with('.'),
                "{}: {}",
                check.id,
                check.requirement
            );
            assert!(check.remedy.ends_with('.'), "{}: {}", check.id, check.remedy);
        }
    }

    #[test]
    fn sections_select_what_is_below() {
        let chosen = selected(&["rfc7644/3.5.2".to_owned()]);
        assert!(chosen.len() > 5);
        assert!(chosen.iter().all(|check| check.id.starts_with("rfc7644/3.5.2")));
    }
}
