//! The core schema (RFC 7643).

mod section_2;
mod section_3;
mod section_4;
mod section_5;
mod section_6;
mod section_7;

use crate::check::Check;

pub(crate) const CHECKS: &[&[&[Check]]] = &[&[
    section_2::CHECKS,
    section_3::CHECKS,
    section_4::CHECKS,
    section_5::CHECKS,
    section_6::CHECKS,
    section_7::CHECKS,
]];
