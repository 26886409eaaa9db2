//! `returned` (RFC 7643 section 7) by what was asked for (RFC 7644 section 3.9), for attributes of the type's own schema, of an
//! extension, and for sub-attributes of both.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::sync::Arc;

use scim_core::projection::Projection;
use scim_core::schema::{Attribute, AttributeType, Extension, ResourceType, Returned, Schema};
use serde_json::{Map, Value, json};

const OWN: &str = "urn:example:Thing";
const MORE: &str = "urn:example:More";
const EVERY: [Returned; 4] = [
    Returned::Always,
    Returned::Never,
    Returned::Default,
    Returned::Request,
];

fn name(returned: Returned) -> &'static str {
    match returned {
        Returned::Always => "always",
        Returned::Never => "never",
        Returned::Default => "byDefault",
        Returned::Request => "onRequest",
    }
}

/// One attribute for each way to be returned, and a complex one that is made of such.
fn attributes() -> Vec<Arc<Attribute>> {
    let simple = EVERY.map(|returned| {
        Arc::new(Attribute {
            returned,
            ..Attribute::named(name(returned))
        })
    });
    let complex = Attribute {
        kind: AttributeType::Complex,
        sub_attributes: simple.to_vec(),
        ..Attribute::named("parts")
    };
    simple.into_iter().chain([Arc::new(complex)]).collect()
}

fn thing() -> ResourceType {
    let schema = |id: &str| {
        Arc::new(Schema {
            id: id.to_owned(),
            name: "Thing".to_owned(),
            description: String::new(),
            attributes: attributes(),
        })
    };
    ResourceType {
        name: "Thing".to_owned(),
        description: String::new(),
        endpoint: "/Things".to_owned(),
        schema: schema(OWN),
        extensions: vec![Extension {
            schema: schema(MORE),
            required: false,
        }],
    }
}

fn document() -> Map<String, Value> {
    let values: Map<String, Value> = EVERY
        .iter()
        .map(|returned| (name(*returned).to_owned(), json!("x")))
        .collect();
    let mut own = values.clone();
    own.insert("parts".to_owned(), values.into());
    let more = own.clone();
    own.insert(MORE.to_owned(), more.into());
    own
}

/// Which of the four are left of an object.
fn left(object: Option<&Value>) -> Vec<&'static str> {
    let names = EVERY.map(name).into_iter();
    names
        .filter(|name| object.is_some_and(|object| object.get(name).is_some()))
        .collect()
}

fn shown(attributes: &[&str], excluded: &[&str]) -> Value {
    let thing = thing();
    let mut document = document();
    Projection::new(&thing, attributes, excluded).apply(&thing, &mut document);
    Value::Object(document)
}

/// A document, and its parts on the way to where an attribute is.
fn holder<'a>(document: &'a Value, way: &[&str]) -> Option<&'a Value> {
    way.iter().try_fold(document, |value, name| value.get(name))
}

/// The prefix of a path, and where it leads.
const PLACES: [(&str, &[&str]); 4] = [
    ("", &[]),
    ("parts.", &["parts"]),
    ("urn:example:More:", &[MORE]),
    ("urn:example:More:parts.", &[MORE, "parts"]),
];

#[test]
fn what_nobody_asked_for_is_returned_by_default_or_always() {
    let document = shown(&[], &[]);
    for (prefix, way) in PLACES {
        assert_eq!(left(holder(&document, way)), ["always", "byDefault"], "{prefix}");
    }
}

#[test]
fn what_is_asked_for_is_returned_unless_it_never_is() {
    for (prefix, way) in PLACES {
        for asked in EVERY {
            let path = format!("{prefix}{}", name(asked));
            let document = shown(&[&path.to_uppercase()], &[]);
            let expected: Vec<&str> = EVERY
                .into_iter()
                .filter(|returned| match returned {
                    Returned::Always => true,
                    Returned::Never => false,
                    _ => *returned == asked,
                })
                .map(name)
                .collect();
            assert_eq!(left(holder(&document, way)), expected, "{path}");
        }
    }
}

#[test]
fn what_is_excluded_is_not_returned_unless_it_always_is() {
    for (prefix, way) in PLACES {
        for excluded in EVERY {
            let path = format!("{prefix}{}", name(excluded));
            let document = shown(&[], &[&path]);
            let expected: &[&str] = match excluded {
                Returned::Default => &["always"],
                _ => &["always", "byDefault"],
            };
            assert_eq!(left(holder(&document, way)), expected, "{path}");
        }
    }
}

#[test]
fn a_whole_that_is_asked_for_comes_without_what_must_be_named() {
    for (path, way) in [("parts", ["parts"].as_slice()), (MORE, &[MORE])] {
        let document = shown(&[path], &[]);
        assert_eq!(left(holder(&document, way)), ["always", "byDefault"], "{path}");
    }
}

#[test]
fn what_is_always_returned_comes_with_its_parts_unless_they_are_chosen() {
    let mut own = thing();
    let mut schema = Schema::clone(&own.schema);
    for multi_valued in [false, true] {
        schema.attributes.push(Arc::new(Attribute {
            kind: AttributeType::Complex,
            multi_valued,
            returned: Returned::Always,
            sub_attributes: vec![Attribute::named("a").into(), Attribute::named("b").into()],
            ..Attribute::named(if multi_valued { "many" } else { "one" })
        }));
    }
    own.schema = Arc::new(schema);
    let shown = |attributes: &[&str]| {
        let parts = json!({ "a": "1", "b": "2" });
        let mut answer = Map::from_iter([
            ("one".to_owned(), parts.clone()),
            ("many".to_owned(), json!([parts])),
        ]);
        Projection::new(&own, attributes, &[]).apply(&own, &mut answer);
        Value::Object(answer)
    };
    let whole = json!({ "a": "1", "b": "2" });
    assert_eq!(shown(&["byDefault"]), json!({ "one": whole, "many": [whole] }));
    assert_eq!(shown(&["one.a"]), json!({ "one": { "a": "1" }, "many": [whole] }));
    assert_eq!(
        shown(&["many.b"]),
        json!({ "one": whole, "many": [{ "b": "2" }] })
    );
}
