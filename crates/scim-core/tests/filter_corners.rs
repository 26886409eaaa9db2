//! Filters where attributes are hidden, of another type than expected, unknown to one of several resource types, or of no schema.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use scim_core::condition::Condition;
use scim_core::filter::Filter;
use scim_core::schema::{Attribute, Definition, Mutability, ResourceType, ResourceTypes, Schema};
use serde_json::{Map, Value, json};

const URN: &str = "urn:example:params:scim:schemas:thing:2.0:Thing";

fn thing() -> ResourceType {
    let schema = json!({ "id": URN, "attributes": [
        { "name": "level", "type": "integer" },
        { "name": "since", "type": "dateTime" },
        { "name": "tags", "multiValued": true },
        { "name": "told" },
        { "name": "kept", "returned": "never" },
        { "name": "parts", "type": "complex", "subAttributes": [
            { "name": "value" }, { "name": "told" }, { "name": "kept", "returned": "never" }
        ] },
        { "name": "box", "type": "complex", "returned": "never", "subAttributes": [{ "name": "value" }] }
    ] });
    let resource_type = json!({ "name": "Thing", "endpoint": "/Things", "schema": URN });
    let definition = |file: &str, document: &Value| Definition::new(file, document.to_string());
    let types = ResourceTypes::builder()
        .schema(definition("s", &schema))
        .resource_type(definition("t", &resource_type))
        .build();
    let mut thing = ResourceType::clone(types.unwrap().others().first().unwrap());
    thing.schema = Arc::new(Schema {
        attributes: write_only(&thing.schema.attributes),
        ..Schema::clone(&thing.schema)
    });
    thing
}

/// The attributes with `told`, which is written and, unlike what a file may say, not `returned: never`.
fn write_only(attributes: &[Arc<Attribute>]) -> Vec<Arc<Attribute>> {
    let changed = attributes.iter().map(|attribute| {
        Arc::new(Attribute {
            mutability: match attribute.name.as_str() {
                "told" => Mutability::WriteOnly,
                _ => attribute.mutability,
            },
            sub_attributes: write_only(&attribute.sub_attributes),
            ..Attribute::clone(attribute)
        })
    });
    changed.collect()
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

fn parsed(filter: &str) -> Filter {
    filter.parse().unwrap()
}

fn resolved(filter: &str) -> Result<Condition, String> {
    parsed(filter)
        .resolve(&thing())
        .map_err(|error| error.to_string())
}

fn matches(filter: &str, resource: Value) -> bool {
    resolved(filter).unwrap().matches(&object(resource))
}

#[test]
fn what_cannot_be_read_cannot_be_filtered_by() {
    for hidden in ["told", "kept", "parts.told", "parts.kept", "box", "box.value"] {
        let refused = resolved(&format!("{hidden} pr")).unwrap_err();
        assert_eq!(
            refused,
            format!("400 invalidFilter: `{hidden}` cannot be read, so it cannot be filtered by")
        );
    }
    assert!(resolved("parts.value pr").is_ok());
}

#[test]
fn within_brackets_there_are_sub_attributes_alone() {
    for (filter, unknown) in [
        (
            r#"parts[urn:example:a:2.0:B:value eq "a"]"#,
            "parts[urn:example:a:2.0:B:value]",
        ),
        (r#"parts[value.value eq "a"]"#, "parts[value.value]"),
        (r#"tags[type eq "a"]"#, "tags.type"),
    ] {
        let refused = resolved(filter).unwrap_err();
        assert_eq!(
            refused,
            format!("400 invalidFilter: unknown attribute `{unknown}`")
        );
    }
    assert!(matches(r#"tags[value eq "A"]"#, json!({ "tags": ["b", "a"] })));
    assert!(!matches(r#"tags[VALUE eq "c"]"#, json!({ "tags": ["b", "a"] })));
}

#[test]
fn numbers_and_times_have_an_order() {
    for (filter, expected) in [
        ("level gt 5", false),
        ("level ge 5", true),
        ("level lt 5", false),
        ("level le 5", true),
        ("level gt 4.5", true),
        ("level eq 5.0", true),
        ("level ne 5", false),
        (r#"since gt "2020-01-01T00:00:00Z""#, false),
        (r#"since ge "2020-01-01T01:00:00+01:00""#, true),
        (r#"since lt "2020-01-01T00:00:00.001Z""#, true),
    ] {
        let resource = json!({ "level": 5, "since": "2020-01-01T00:00:00Z" });
        assert_eq!(matches(filter, resource), expected, "{filter}");
    }
    assert_eq!(
        resolved(r#"level eq "5""#).unwrap_err(),
        "400 invalidFilter: `level` is a whole number, it cannot be compared with `\"5\"`"
    );
}

/// A store may still hold what was written when the schema was another one.
#[test]
fn values_of_another_type_are_unequal_and_nothing_else() {
    for filter in [
        "level eq 5",
        "level gt 5",
        "level lt 5",
        r#"since lt "2020-01-01T00:00:00Z""#,
    ] {
        assert!(!matches(filter, json!({ "level": "5", "since": 5 })), "{filter}");
    }
    assert!(matches("level ne 5", json!({ "level": "5" })));
    // a plain value is the `value` of a complex one, and has no other parts
    let user = |filter: &str| {
        let condition = parsed(filter).resolve(&ResourceType::user()).unwrap();
        condition.matches(&object(json!({ "emails": ["a@x"] })))
    };
    assert!(user(r#"emails.value eq "a@x""#));
    assert!(!user(r#"emails.type eq "a@x""#));
}

#[test]
fn nothing_is_present_that_holds_nothing() {
    for (parts, expected) in [
        (json!({ "value": null }), false),
        (json!({ "value": [] }), false),
        (json!({ "value": {} }), false),
        (json!({ "value": [null] }), false),
        (json!({ "value": "" }), true),
        (json!({ "value": 1 }), true),
        (json!({ "value": ["a"] }), true),
        (json!({}), false),
    ] {
        assert_eq!(
            matches("parts pr", json!({ "parts": parts })),
            expected,
            "{parts}"
        );
    }
}

#[test]
fn a_type_that_lacks_an_attribute_has_no_value_of_it() {
    let (group, user) = (ResourceType::group(), ResourceType::user());
    let among = |filter: &str| parsed(filter).resolve_among(&group, &[&user]).unwrap();
    let own = |filter: &str| parsed(filter).resolve(&group).unwrap();
    for never in [
        "userName pr",
        r#"userName eq "a""#,
        "userName pr and displayName pr",
        "displayName pr and userName pr",
        "userName pr or title pr",
    ] {
        assert!(among(never).is_never(), "{never}");
        assert!(!among(never).is_always(), "{never}");
    }
    for always in [
        "not (userName pr)",
        r#"userName ne "a""#,
        "not (userName pr) or displayName pr",
        "displayName pr or not (userName pr)",
    ] {
        assert!(among(always).is_always(), "{always}");
        assert!(!among(always).is_never(), "{always}");
    }
    for left in [
        "userName pr or displayName pr",
        "displayName pr or userName pr",
        "displayName pr and not (userName pr)",
    ] {
        assert_eq!(among(left), own("displayName pr"), "{left}");
    }
    let both = r#"displayName pr and externalId pr"#;
    assert_eq!(among(&format!("{both} and not (title pr)")), own(both));
    let either = r#"displayName pr or externalId pr"#;
    assert_eq!(among(&format!("{either} or title pr")), own(either));
    assert!(!among("displayName pr").is_always() && !among("displayName pr").is_never());
}

#[test]
fn without_a_schema_values_are_what_they_look_like() {
    let matches = |filter: &str| {
        let resource = json!({
            "name": "Ann", "count": 5, "on": true, "at": "2020-01-01T00:00:00Z", "gone": null,
            "list": [{ "value": "a", "n": 1 }, { "value": "b", "n": 2 }],
            "urn:example:a:2.0:B": { "kind": "X" }
        });
        parsed(filter).resolve_untyped().matches(&object(resource))
    };
    for filter in [
        r#"name eq "ANN""#,
        r#"name ne "Bob""#,
        r#"name sw "an""#,
        "name ne null",
        "gone eq null",
        "other eq null",
        "not (name eq null)",
        "count eq 5",
        "count gt 4",
        "on eq true",
        "on ne false",
        r#"at eq "2020-01-01T01:00:00+01:00""#,
        r#"at co "2020""#,
        r#"list[value eq "b" and n eq 2]"#,
        r#"list[value eq "b" or n eq 3]"#,
        r#"list[not (value eq "a")]"#,
        "list[value pr]",
        r#"list.value eq "a""#,
        r#"urn:example:a:2.0:B:kind eq "x""#,
    ] {
        assert!(matches(filter), "{filter}");
    }
    for filter in [
        "name eq null",
        "gone ne null",
        "name gt null",
        "count gt 5",
        "count eq 6",
        "on eq false",
        r#"list[value eq "a" and n eq 2]"#,
        r#"urn:example:a:2.0:C:kind eq "x""#,
    ] {
        assert!(!matches(filter), "{filter}");
    }
}

#[test]
fn text_is_printed_as_it_can_be_read() {
    for (filter, printed) in [
        (r#"userName eq "a b""#, r#"userName eq "a b""#),
        (r#"userName eq "a\"b\\c""#, r#"userName eq "a\"b\\c""#),
        (
            r#"userName eq "a\u0001\tb\u001f""#,
            r#"userName eq "a\u0001\tb\u001f""#,
        ),
        (r#"userName eq "\u00e9\u2028""#, "userName eq \"\u{e9}\u{2028}\""),
    ] {
        assert_eq!(parsed(filter).to_string(), printed);
        assert_eq!(parsed(printed), parsed(filter));
    }
}
