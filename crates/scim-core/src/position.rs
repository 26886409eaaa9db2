//! Positions of resources in a list, for paging by cursor (RFC 9865).
//!
//! A page that begins at a position costs the same anywhere in the list. Because the position is that of a resource and not a
//! number, resources that are created or deleted between two pages shift no other resource to another page.

use std::cmp::Ordering;

use crate::query::SortOrder;

/// The place of a resource in the order of a [`Selection`](crate::query::Selection).
///
/// Exhaustive on purpose: a store has to encode and decode every part of it. A new field is a new major version.
///
/// ```
/// use scim_core::position::{Position, PositionKey, Seek, SortValue};
/// use scim_core::query::Selection;
///
/// // the page after the user whose name is `jensen` and whose key in the store is `42`
/// let last = Position { value: Some(SortValue::Text("jensen".to_owned())), key: PositionKey::At("42".to_owned()) };
/// let next_page = Selection { seek: Some(Seek::After(last)), limit: 100, ..Selection::default() };
/// assert_eq!(next_page.offset, 0);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// The value by which it is sorted; `None` if it has no value or the list is not sorted.
    pub value: Option<SortValue>,
    /// The place among resources with the same value, in the order of creation.
    pub key: PositionKey,
}

/// A place in the order of creation.
///
/// Exhaustive on purpose: a store has to compare with every kind of place. A new variant is a new major version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PositionKey {
    /// Before all resources.
    First,
    /// The place of a resource, in a format of the store. Only the store that returned it can read it.
    At(String),
    /// After all resources.
    Last,
}

/// A value of the attribute by which a list is sorted, in the form in which it is compared.
///
/// Exhaustive on purpose: a store has to compare every kind of value. A new variant is a new major version.
#[derive(Debug, Clone, PartialEq)]
pub enum SortValue {
    /// Text, already [folded](crate::text::fold) unless the attribute is `caseExact`; ordered by code point.
    Text(String),
    /// A number, or a point in time in milliseconds since 1970.
    Number(f64),
    /// A boolean; `false` comes before `true`.
    Boolean(bool),
}

/// The type of a [`SortValue`].
///
/// Attributes of several resource types that share a name may differ in type. They are sorted together: booleans before numbers,
/// and numbers before text.
///
/// Exhaustive on purpose: a store has to sort every type. A new variant is a new major version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortKind {
    /// A boolean.
    Boolean,
    /// A number or a point in time.
    Number,
    /// Text.
    Text,
}

/// The place where a page begins, for paging by cursor.
///
/// Exhaustive on purpose: a store has to support every kind of place. A new variant is a new major version.
#[derive(Debug, Clone, PartialEq)]
pub enum Seek {
    /// The beginning of the list.
    Start,
    /// The resources after a position. Its value may have another [type](SortValue::kind) than the attribute, if an attribute of
    /// another resource type shares the name; then all values are after it, or none.
    After(Position),
    /// The resources immediately before a position, in the order of the list.
    Before(Position),
}

impl SortValue {
    /// The order in ascending lists.
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            (Self::Number(one), Self::Number(other)) => one.total_cmp(other),
            (Self::Boolean(one), Self::Boolean(other)) => one.cmp(other),
            (one, other) => one.kind().cmp(&other.kind()),
        }
    }

    /// Returns the type of the value.
    #[must_use]
    pub fn kind(&self) -> SortKind {
        match self {
            Self::Boolean(_) => SortKind::Boolean,
            Self::Number(_) => SortKind::Number,
            Self::Text(_) => SortKind::Text,
        }
    }
}

/// Compares two values of a sorted list (RFC 7644 section 3.4.2.3). Absent values come last in ascending order, and first in
/// descending order.
///
/// ```
/// use std::cmp::Ordering;
/// use scim_core::position::{SortValue, compare};
/// use scim_core::query::SortOrder;
///
/// let one = SortValue::Number(1.0);
/// assert_eq!(compare(Some(&one), None, SortOrder::Ascending), Ordering::Less);
/// assert_eq!(compare(Some(&one), None, SortOrder::Descending), Ordering::Greater);
/// ```
#[must_use]
pub fn compare(one: Option<&SortValue>, other: Option<&SortValue>, order: SortOrder) -> Ordering {
    let ascending = match (one, other) {
        (Some(one), Some(other)) => one.compare(other),
        (one, other) => one.is_none().cmp(&other.is_none()),
    };
    match order {
        SortOrder::Ascending => ascending,
        SortOrder::Descending => ascending.reverse(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_different_types_have_an_order_too() {
        let ordered = [
            SortValue::Boolean(false),
            SortValue::Boolean(true),
            SortValue::Number(-1.0),
            SortValue::Number(2.0),
            SortValue::Text("a".to_owned()),
            SortValue::Text("b".to_owned()),
        ];
        for (place, one) in ordered.iter().enumerate() {
            for (other_place, other) in ordered.iter().enumerate() {
                let expected = place.cmp(&other_place);
                assert_eq!(compare(Some(one), Some(other), SortOrder::Ascending), expected);
                assert_eq!(
                    compare(Some(one), Some(other), SortOrder::Descending),
                    expected.reverse()
                );
            }
        }
    }
}
