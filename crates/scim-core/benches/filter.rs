//! How long filters take to parse and to print. The everyday filter, `userName eq "…"`, is the one that an
//! identity provider sends before each write.
#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use scim_core::filter::{Filter, FilterLimits};
use scim_core::path::PatchPath;

const COMMON: &str = r#"userName eq "bjensen""#;
const ESCAPED: &str = r#"displayName eq "Bj\u00f6rn \"B\" Jensen""#;
const ENTRA: &str = r#"emails[type eq "work"].value eq "bjensen@example.com""#;
const PATH: &str = r#"addresses[type eq "work"].streetAddress"#;

fn parse(criterion: &mut Criterion) {
    let limits = FilterLimits::default();
    let many = (0..100)
        .map(|n| format!("id eq \"user-{n}\""))
        .collect::<Vec<_>>()
        .join(" or ");
    for (name, text) in [
        ("common", COMMON),
        ("escaped", ESCAPED),
        ("entra", ENTRA),
        ("or of 100 terms", many.as_str()),
    ] {
        criterion.bench_function(&format!("parse/{name}"), |bencher| {
            bencher.iter(|| Filter::parse(black_box(text), &limits));
        });
    }
    criterion.bench_function("parse/patch path", |bencher| {
        bencher.iter(|| PatchPath::parse(black_box(PATH), &limits));
    });
    let hostile = "(".repeat(4096);
    criterion.bench_function("refuse/4096 brackets", |bencher| {
        bencher.iter(|| Filter::parse(black_box(&hostile), &limits));
    });
}

fn display(criterion: &mut Criterion) {
    let limits = FilterLimits::default();
    for (name, text) in [("common", COMMON), ("entra", ENTRA)] {
        let filter = Filter::parse(text, &limits);
        criterion.bench_function(&format!("display/{name}"), |bencher| {
            bencher.iter(|| black_box(&filter).as_ref().map(ToString::to_string));
        });
    }
}

criterion_group!(benches, parse, display);
criterion_main!(benches);
