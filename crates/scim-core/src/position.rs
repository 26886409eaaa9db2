//! Where a resource stands in a list, so that a page can begin behind it (RFC 9865).
//!
//! A page that begins at a position costs the same wherever in the list that is, and nobody slips from one page to the next
//! when others come and go: the position is that of a resource, not a number.

use std::cmp::Ordering;

use crate::query::SortOrder;

/// The place of a resource in the order of a [`Selection`](crate::query::Selection).
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// What it is sorted by; `None` if it has no value, or if there is no sort.
    pub value: Option<SortValue>,
    /// Its place among those with the same value: in the order of creation.
    pub key: PositionKey,
}

/// A place in the order of creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PositionKey {
    /// Before all.
    First,
    /// That of a resource, in the words of the store that gave it.
    At(String),
    /// Behind all.
    Last,
}

/// A value of the attribute that a list is sorted by, as it is compared.
#[derive(Debug, Clone, PartialEq)]
pub enum SortValue {
    /// Text, [folded](crate::text::fold) unless the attribute is `caseExact`; ordered by code point.
    Text(String),
    /// A number, or a point in time in milliseconds since 1970.
    Number(f64),
    /// `false` comes before `true`.
    Boolean(bool),
}

/// The type of a [`SortValue`]. Attributes of several resource types that share a name may differ in it, and are sorted together
/// all the same: booleans before numbers, and numbers before text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortKind {
    /// A boolean.
    Boolean,
    /// A number or a point in time.
    Number,
    /// Text.
    Text,
}

/// Where a page begins, if not at an index.
#[derive(Debug, Clone, PartialEq)]
pub enum Seek {
    /// At the beginning of the list.
    Start,
    /// Behind a position: those that follow it. Its value may be of another [type](SortValue::kind) than the attribute, as one of
    /// that name in another resource type has it: then all values are behind it, or none.
    After(Position),
    /// Before a position: those that end right before it, in the order of the list.
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

    /// Its type.
    #[must_use]
    pub fn kind(&self) -> SortKind {
        match self {
            Self::Boolean(_) => SortKind::Boolean,
            Self::Number(_) => SortKind::Number,
            Self::Text(_) => SortKind::Text,
        }
    }
}

/// The order of two values in a list (RFC 7644 section 3.4.2.3): whoever has none comes last in ascending order, and first in
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
