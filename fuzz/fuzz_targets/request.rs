//! `scim_fuzz::request`, guided by coverage.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| scim_fuzz::request::check(data));
