//! The protocol (RFC 7644).

mod section_2;
mod section_3_1;
mod section_3_11;
mod section_3_12;
mod section_3_14;
mod section_3_3;
mod section_3_4_1;
mod section_3_4_2;
mod section_3_4_3;
mod section_3_5_1;
mod section_3_5_2;
mod section_3_6;
mod section_3_7;
mod section_3_9;
mod section_4;

use crate::check::Check;

pub(crate) const CHECKS: &[&[&[Check]]] = &[
    &[
        section_2::CHECKS,
        section_3_1::CHECKS,
        section_3_3::CHECKS,
        section_3_4_1::CHECKS,
    ],
    section_3_4_2::ALL,
    &[section_3_4_3::CHECKS, section_3_5_1::CHECKS],
    section_3_5_2::ALL,
    &[section_3_6::CHECKS],
    section_3_7::ALL,
    &[
        section_3_9::CHECKS,
        section_3_11::CHECKS,
        section_3_12::CHECKS,
        section_3_14::CHECKS,
    ],
    &[section_4::CHECKS],
];
