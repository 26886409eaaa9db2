//! The seeds, and what comes of changing them, the same way each time. `SCIM_FUZZ_RUNS` makes more of it than the few seconds
//! that every run of the tests has.

#![allow(clippy::expect_used, reason = "a test without its seeds has nothing to say")]

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

use scim_fuzz::mutate::{Random, dictionary, mutate};

/// Far above what any input takes, and far below what a person waits.
const PATIENCE: Duration = Duration::from_secs(5);

fn drive(target: &str, runs: usize, check: fn(&[u8])) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let words = dictionary(&fs::read_to_string(here.join("scim.dict")).expect("the dictionary"));
    let folder = fs::read_dir(here.join("corpus").join(target)).expect("the seeds");
    let mut files: Vec<_> = folder.map(|entry| entry.expect("a seed").path()).collect();
    files.sort();
    let seeds: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).expect("a seed")).collect();
    assert!(!seeds.is_empty());

    let runs = match std::env::var("SCIM_FUZZ_RUNS") {
        Ok(text) => text.parse().expect("SCIM_FUZZ_RUNS is a number"),
        Err(_) => runs,
    };
    let mut random = Random::new(0x5C1A);
    let made = (0..runs).map(|_| mutate(&seeds, &words, &mut random));
    for input in seeds.clone().into_iter().chain(made) {
        let began = Instant::now();
        let held = catch_unwind(|| check(&input));
        let shown = String::from_utf8_lossy(&input);
        assert!(held.is_ok(), "{target} does not hold for:\n{shown}");
        assert!(
            began.elapsed() < PATIENCE,
            "{target} takes {:?} for:\n{shown}",
            began.elapsed()
        );
    }
}

#[test]
fn filters() {
    drive("filter", 40_000, scim_fuzz::filter::check);
}

#[test]
fn paths() {
    drive("path", 40_000, scim_fuzz::path::check);
}

#[test]
fn patches() {
    drive("patch", 20_000, scim_fuzz::patch::check);
}

#[test]
fn requests() {
    drive("request", 1_500, scim_fuzz::request::check);
}
