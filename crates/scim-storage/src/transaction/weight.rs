//! How much a list may cost.

use scim_core::query::Selection;
use scim_service::store::Kind;

use crate::database::Weight;
use crate::filter::is_lookup;

/// How many rows are few.
const FEW: u64 = 200;

/// Light if an index finds the page: one resource or some by a key, or the first of a whole list.
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
