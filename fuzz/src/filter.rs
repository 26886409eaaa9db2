//! Filters (RFC 7644 section 3.4.2.2).

use std::sync::LazyLock;

use scim_core::filter::{Filter, FilterLimits};
use scim_core::schema::ResourceType;
use serde_json::{Map, Value};

/// Room for the canonical text of whatever the default limits let in: an escape makes six bytes of one.
pub(crate) const GENEROUS: FilterLimits = FilterLimits::DEFAULT
    .with_max_bytes(1 << 20)
    .with_max_depth(FilterLimits::DEEPEST)
    .with_max_terms(4096);

const USER: &str = include_str!("user.json");

static SUBJECTS: LazyLock<[(ResourceType, Map<String, Value>); 2]> = LazyLock::new(|| {
    let user = serde_json::from_str(USER).expect("the user is an object");
    let group = serde_json::from_str(r#"{ "displayName": "Tour Guides", "externalId": "t-1" }"#);
    [
        (ResourceType::user(), user),
        (ResourceType::group(), group.expect("the group is an object")),
    ]
});

/// Reads the bytes as a filter, and evaluates it on a user and a group.
///
/// # Panics
///
/// Where a filter is another one after it was printed and read again, or an error points beside the text.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let filter = match Filter::parse(text, &FilterLimits::default()) {
        Ok(filter) => filter,
        Err(error) => {
            assert!(
                text.is_char_boundary(error.position()),
                "{error}: between characters"
            );
            assert!(!error.caret(text).is_empty());
            return;
        }
    };
    again(&filter);
    let untyped = filter.resolve_untyped();
    for (resource_type, resource) in SUBJECTS.iter() {
        let _ = untyped.matches(resource);
        if let Ok(condition) = filter.resolve(resource_type) {
            let matched = condition.matches(resource);
            let negated = Filter::Not(Box::new(filter.clone()));
            let negated = negated.resolve(resource_type).expect("a filter can be negated");
            assert_ne!(
                negated.matches(resource),
                matched,
                "{text}: matches as much as its negation"
            );
        }
    }
}

/// Printing and reading give the same filter.
pub(crate) fn again(filter: &Filter) {
    let printed = filter.to_string();
    let read = Filter::parse(&printed, &GENEROUS);
    assert_eq!(read.as_ref(), Ok(filter), "printed as {printed}");
}
