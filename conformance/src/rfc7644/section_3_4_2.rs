//! Queries (RFC 7644 section 3.4.2).

mod filter;
mod groups;
mod list;
mod operators;
mod paging;
mod sort;

use crate::check::Check;

pub(super) const ALL: &[&[Check]] = &[
    list::CHECKS,
    operators::CHECKS,
    filter::CHECKS,
    groups::CHECKS,
    sort::CHECKS,
    paging::CHECKS,
];
