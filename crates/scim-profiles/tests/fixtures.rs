//! What clients send, and what it means: a file for each quirk, and for each profile.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::path::Path;

use scim_core::filter::Filter;
use scim_core::patch::{PATCH_OP_URN, Patch, PatchLimits};
use scim_core::resource::{Resource, Tolerance};
use scim_core::schema::ResourceType;
use scim_profiles::profile::Profile;
use serde_json::{Map, Value, json};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn patch(operations: &Value) -> Patch {
    let body = json!({ "schemas": [PATCH_OP_URN], "Operations": operations });
    let limits = PatchLimits::default().with_operations(100);
    Patch::parse(body.as_object().unwrap(), &limits, &Tolerance::STRICT).unwrap()
}

fn check(fixture: &Value, profile: &Profile, resource_type: &ResourceType, name: &str) {
    let means = &fixture["means"];
    if let Some(body) = fixture.get("body") {
        let mut body = body.as_object().cloned().unwrap();
        profile.rewrite_body(resource_type, &mut body);
        assert_eq!(Value::Object(body), *means, "{name}");
    } else if let Some(operations) = fixture.get("operations") {
        let mut sent = patch(operations);
        profile.rewrite_patch(resource_type, &mut sent);
        assert_eq!(sent, patch(means), "{name}");
    } else {
        let mut filter: Filter = fixture["filter"].as_str().unwrap().parse().unwrap();
        profile.rewrite_filter(resource_type, &mut filter);
        assert_eq!(filter, means.as_str().unwrap().parse().unwrap(), "{name}");
    }
}

#[test]
fn every_fixture_means_what_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut checked = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let fixture: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let resource_type = match fixture["resource"].as_str() {
            Some("Group") => ResourceType::group(),
            _ => ResourceType::user(),
        };
        for profile in fixture["profiles"].as_array().unwrap() {
            let profile = Profile::by_name(profile.as_str().unwrap()).unwrap();
            check(&fixture, &profile, &resource_type, &path.display().to_string());
            checked += 1;
        }
    }
    assert!(checked >= 15, "{checked}");
}

#[test]
fn only_the_standard_profile_rewrites_nothing() {
    let rewriting = Profile::all().filter(Profile::has_quirks);
    let names: Vec<String> = rewriting.map(|profile| profile.name().to_owned()).collect();
    assert_eq!(names, ["okta", "entra"]);
}

/// Carries out operations as a connection of that profile does.
fn applied(operations: &Value, profile: &str) -> Map<String, Value> {
    let profile = Profile::by_name(profile).unwrap();
    let user = std::sync::Arc::new(ResourceType::user());
    let before = json!({ "userName": "a", "active": true, ENTERPRISE: { "manager": { "value": "1" } } });
    let mut resource = Resource::from_checked(user.clone(), before.as_object().cloned().unwrap());
    let mut patch = patch(operations);
    profile.rewrite_patch(&user, &mut patch);
    patch.apply(&mut resource, profile.tolerance()).unwrap();
    resource.into_attributes()
}

#[test]
fn what_identity_providers_are_known_to_send_means_what_is_known() {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/patch-idp-equivalences.json");
    let Ok(text) = std::fs::read_to_string(file) else {
        return;
    };
    let vectors: Value = serde_json::from_str(&text).unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        let about_members = case["send"].to_string().contains("members");
        let means = match &case["means"] {
            Value::Object(_) => json!([case["means"]]),
            Value::Array(_) => case["means"].clone(),
            _ => continue,
        };
        if !about_members {
            let sent = applied(&json!([case["send"]]), "entra");
            assert_eq!(sent, applied(&means, "standard"), "{}", case["id"]);
        }
    }
}
