//! The cost of lists.

use scim_core::query::Selection;
use scim_service::store::Kind;

use crate::database::Weight;
use crate::filter::is_lookup;

/// The maximum number of rows of a light page.
const FEW: u64 = 200;

/// Returns `Light` if an index finds the page: a lookup by a key, or the start of an unfiltered list.
pub(super) fn of_page(kind: Kind, selection: &Selection) -> Weight {
    let skipped = match selection.seek {
        // an index finds where it begins
        Some(_) => 0,
        None => selection.offset,
    };
    let page = skipped.saturating_add(u64::from(selection.limit));
    let is_light = match (&selection.condition, &selection.sort) {
        (Some(condition), _) => is_lookup(kind, condition),
        (None, None) => page <= FEW,
        (None, Some(_)) => false,
    };
    match is_light {
        true => Weight::Light,
        false => Weight::Heavy,
    }
}
