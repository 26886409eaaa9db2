//! How long a user takes from the bytes of a request to a checked resource, and back to text.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a measurement may stop at the first surprise"
)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use scim_core::resource::{Resource, Situation, Tolerance};
use scim_core::schema::ResourceType;
use serde_json::{Map, Value};

/// 1.4 kB: what a company maps of a user.
const USER: &str = include_str!("user.json");

fn resource(criterion: &mut Criterion) {
    let user = Arc::new(ResourceType::user());
    let body: Map<String, Value> = serde_json::from_str(USER).unwrap();
    let check = |body: Map<String, Value>| {
        Resource::check(&user, body, Situation::Create, &Tolerance::LENIENT).unwrap()
    };
    let checked = check(body.clone());
    let document = checked.to_document();

    criterion.bench_function("resource/parse JSON", |bencher| {
        bencher.iter(|| serde_json::from_str::<Map<String, Value>>(black_box(USER)));
    });
    criterion.bench_function("resource/check", |bencher| {
        bencher.iter_batched(|| body.clone(), &check, BatchSize::SmallInput);
    });
    criterion.bench_function("resource/parse and check", |bencher| {
        bencher.iter(|| check(serde_json::from_str(black_box(USER)).unwrap()));
    });
    criterion.bench_function("resource/print", |bencher| {
        bencher.iter(|| black_box(&checked).to_document());
    });
    criterion.bench_function("resource/comparable", |bencher| {
        bencher.iter(|| black_box(&checked).to_comparable());
    });
    criterion.bench_function("resource/read what was kept", |bencher| {
        bencher.iter(|| Resource::from_document(Arc::clone(&user), black_box(&document)));
    });
}

criterion_group!(benches, resource);
criterion_main!(benches);
