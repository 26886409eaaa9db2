//! Paging by cursor (RFC 9865).

mod section_2;
mod section_4;

use crate::check::Check;

pub(crate) const CHECKS: &[&[&[Check]]] = &[&[section_2::CHECKS, section_4::CHECKS]];
