//! What a client asks for when it lists resources (RFC 7644 section 3.4.2).

use crate::condition::Condition;
use crate::schema::AttributeRef;

/// Which resources, in which order, which part of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selection {
    /// Which resources; without a condition, all.
    pub condition: Option<Condition>,
    /// The order; without one, that of creation. Ties are ordered by id.
    pub sort: Option<Sort>,
    /// How many resources come before the page: `startIndex` less one.
    pub offset: u64,
    /// How many resources the page has at most; 0 asks for the total alone.
    pub limit: u32,
}

/// The order of a list (RFC 7644 section 3.4.2.3).
///
/// Text is compared as in filters. A multi-valued attribute counts by its primary value, or else its first. Resources
/// without a value come last in ascending order, and first in descending order.
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    /// The attribute to sort by; never a complex one.
    pub by: AttributeRef,
    /// Which way.
    pub order: SortOrder,
}

/// `sortOrder`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortOrder {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}
