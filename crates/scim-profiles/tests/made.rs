//! Profiles that are made from others.

use scim_core::resource::Tolerance;
use scim_profiles::profile::Profile;

#[test]
fn a_profile_made_from_another_has_its_rules_under_another_name() {
    let own = Profile::okta()
        .to_builder("jumpcloud")
        .tolerance(Tolerance::STRICT)
        .build();
    assert_eq!(own.name(), "jumpcloud");
    assert_eq!(own.tolerance(), &Tolerance::STRICT);
    assert_eq!(own.behavior(), Profile::okta().behavior());
    assert!(own.has_quirks());
    assert_eq!(Profile::okta().name(), "okta");
    assert_ne!(Profile::okta().tolerance(), &Tolerance::STRICT);
}
