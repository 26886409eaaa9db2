//! `scim_fuzz::patch`, guided by coverage.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| scim_fuzz::patch::check(data));
