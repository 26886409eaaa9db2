//! `scim_fuzz::filter`, guided by coverage.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| scim_fuzz::filter::check(data));
