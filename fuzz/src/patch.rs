//! A PATCH (RFC 7644 section 3.5.2) on a resource, both as text: a line `user okta` or the like, a line with the resource, and
//! the PATCH.

use std::sync::Arc;

use scim_core::filter::FilterLimits;
use scim_core::patch::{Patch, PatchLimits};
use scim_core::resource::{Resource, Situation, Tolerance};
use scim_core::schema::ResourceType;
use scim_profiles::profile::Profile;
use serde_json::{Map, Value};

const LIMITS: PatchLimits = PatchLimits::DEFAULT.with_operations(100).with_path(
    FilterLimits::DEFAULT
        .with_max_bytes(4096)
        .with_max_depth(32)
        .with_max_terms(256),
);

/// Checks the resource, and applies the PATCH to it as the profile understands it.
///
/// # Panics
///
/// Where the resource is not what its schema allows afterwards, or was changed by a PATCH that was refused.
pub fn check(data: &[u8]) {
    let _ = run(data);
}

fn run(data: &[u8]) -> Option<()> {
    let text = std::str::from_utf8(data).ok()?;
    let mut lines = text.splitn(3, '\n');
    let (kind, profile) = lines.next()?.split_once(' ')?;
    let resource_type = match kind {
        "user" => ResourceType::user(),
        "group" => ResourceType::group(),
        _ => return None,
    };
    let resource_type = Arc::new(resource_type);
    let profile = Profile::by_name(profile)?;
    let tolerance = profile.tolerance();

    let mut body: Map<String, Value> = serde_json::from_str(lines.next()?).ok()?;
    profile.rewrite_body(&resource_type, &mut body);
    let mut resource = Resource::check(&resource_type, body, Situation::Create, tolerance).ok()?;
    if kind == "group" {
        resource.take("members");
    }
    holds(&resource, tolerance);

    let patch: Map<String, Value> = serde_json::from_str(lines.next()?).ok()?;
    let mut patch = Patch::parse(&patch, &LIMITS, tolerance).ok()?;
    profile.rewrite_patch(&resource_type, &mut patch);
    if kind == "group" {
        patch.take_members(&resource_type).ok()?;
    }
    let before = resource.clone();
    match patch.apply(&mut resource, tolerance) {
        Ok(_) => holds(&resource, tolerance),
        Err(error) => {
            assert_eq!(resource, before, "refused ({}), and changed", error.detail());
            assert!((400..500).contains(&error.status()), "{error:?}");
        }
    }
    Some(())
}

/// A resource is what `check` takes of it, and what a store gives back.
fn holds(resource: &Resource, tolerance: &Tolerance) {
    let document = resource.to_document();
    let kept = Resource::from_document(resource.resource_type().clone(), &document);
    assert_eq!(kept.as_ref().ok(), Some(resource), "kept as {document}");
    let body: Map<String, Value> = serde_json::from_str(&document).expect("a document is an object");
    match Resource::check(resource.resource_type(), body, Situation::Create, tolerance) {
        Ok(checked) => assert_eq!(&checked, resource, "{document}: checked again"),
        Err(error) => panic!("{document}: {}", error.detail()),
    }
}
