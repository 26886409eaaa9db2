//! `scim_fuzz::path`, guided by coverage.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| scim_fuzz::path::check(data));
