//! How much a list may cost.

use scim_core::condition::{Condition, Operand};
use scim_core::filter::CompareOp;
use scim_core::query::Selection;
use scim_core::schema::AttributeRef;
use scim_service::store::Kind;

use crate::database::Weight;

/// How many rows are few.
const FEW: u64 = 200;

/// Light if an index finds the page: one resource or some by a key, or the first of a whole list.
pub(super) fn of_page(kind: Kind, selection: &Selection) -> Weight {
    let page = selection.offset.saturating_add(u64::from(selection.limit));
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

/// Whether few resources can meet the condition.
fn is_lookup(kind: Kind, condition: &Condition) -> bool {
    match condition {
        Condition::Compare(attribute, comparison) => {
            comparison.op == CompareOp::Equal
                && matches!(comparison.operand, Operand::Exact(_) | Operand::Folded(_))
                && is_key(kind, attribute)
        }
        Condition::And(all) => all.iter().any(|one| is_lookup(kind, one)),
        Condition::Or(any) => any.iter().all(|one| is_lookup(kind, one)),
        Condition::Element(_, inner) => is_lookup(kind, inner),
        Condition::Present(_) | Condition::Not(_) => false,
    }
}

/// Whether few resources have the same value, and an index finds them.
fn is_key(kind: Kind, attribute: &AttributeRef) -> bool {
    let sub = attribute.sub.as_ref().map(|sub| sub.name.as_str());
    matches!(
        (kind, attribute.attribute.name.as_str(), sub),
        (_, "id" | "externalId", None)
            | (Kind::User, "userName", None)
            | (Kind::User, "emails", Some("value"))
            | (Kind::Group, "displayName", None)
    )
}
