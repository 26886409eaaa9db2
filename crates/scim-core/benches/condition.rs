//! How long it takes to resolve a filter against the schema of a user, and to evaluate it on one.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a measurement may stop at the first surprise"
)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use scim_core::filter::Filter;
use scim_core::resource::{Resource, Situation, Tolerance};
use scim_core::schema::ResourceType;
use serde_json::{Map, Value};

const USER: &str = include_str!("user.json");

fn condition(criterion: &mut Criterion) {
    let user_type = Arc::new(ResourceType::user());
    let user: Map<String, Value> = serde_json::from_str(USER).unwrap();
    let user = Resource::check(&user_type, user, Situation::Create, &Tolerance::LENIENT).unwrap();
    for (name, text) in [
        ("userName", r#"userName eq "BJENSEN@example.com""#),
        (
            "element",
            r#"emails[type eq "home" and value ew "@jensen.example.org"]"#,
        ),
        (
            "extension",
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department sw "tour""#,
        ),
        (
            "and, or, not",
            r#"active eq true and not (title pr and locale eq "de" or nickName co "x")"#,
        ),
    ] {
        let filter: Filter = text.parse().unwrap();
        let condition = filter.resolve(&user_type).unwrap();
        criterion.bench_function(&format!("condition/resolve {name}"), |bencher| {
            bencher.iter(|| black_box(&filter).resolve(&user_type));
        });
        criterion.bench_function(&format!("condition/evaluate {name}"), |bencher| {
            bencher.iter(|| black_box(&condition).matches(user.attributes()));
        });
    }
}

criterion_group!(benches, condition);
criterion_main!(benches);
