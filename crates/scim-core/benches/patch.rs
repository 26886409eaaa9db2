//! How long PATCH takes: to parse what Entra ID and Okta send, and to apply it to a user.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a measurement may stop at the first surprise"
)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use scim_core::patch::{Patch, PatchLimits};
use scim_core::resource::{Resource, Situation, Tolerance};
use scim_core::schema::ResourceType;
use serde_json::{Map, Value, json};

const USER: &str = include_str!("user.json");

/// What Entra ID sends to disable a user, after its profile has made a boolean of `"False"`.
fn entra_active() -> Value {
    json!([{ "op": "Replace", "path": "active", "value": false }])
}

/// What Entra ID sends when several attributes have changed.
fn entra_many() -> Value {
    json!([
        { "op": "Replace", "path": "displayName", "value": "Babs Jensen" },
        { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "babs@example.com" },
        { "op": "Replace", "path": "name.givenName", "value": "Babs" },
        { "op": "Add", "path": "addresses[type eq \"work\"].country", "value": "CA" },
        {
            "op": "Replace",
            "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber",
            "value": "701985"
        }
    ])
}

/// What Okta sends to deactivate a user.
fn okta() -> Value {
    json!([{ "op": "replace", "value": { "active": false } }])
}

fn patch(criterion: &mut Criterion) {
    let user_type = Arc::new(ResourceType::user());
    let limits = PatchLimits::default().with_operations(1_000);
    let tolerance = Tolerance::LENIENT;
    let user: Map<String, Value> = serde_json::from_str(USER).unwrap();
    let user = Resource::check(&user_type, user, Situation::Create, &tolerance).unwrap();
    for (name, operations) in [
        ("active by Entra ID", entra_active()),
        ("5 attributes by Entra ID", entra_many()),
        ("active by Okta", okta()),
    ] {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations
        });
        let text = body.to_string();
        let parse = |text: &str| {
            let body: Map<String, Value> = serde_json::from_str(text).unwrap();
            Patch::parse(&body, &limits, &tolerance).unwrap()
        };
        let parsed = parse(&text);
        criterion.bench_function(&format!("patch/parse {name}"), |bencher| {
            bencher.iter(|| parse(black_box(&text)));
        });
        criterion.bench_function(&format!("patch/apply {name}"), |bencher| {
            bencher.iter_batched_ref(
                || user.clone(),
                |user| parsed.apply(user, &tolerance).unwrap(),
                BatchSize::SmallInput,
            );
        });
    }
}

criterion_group!(benches, patch);
criterion_main!(benches);
