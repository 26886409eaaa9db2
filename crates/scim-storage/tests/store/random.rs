//! Users and filters at random: few values, so that they often meet, and odd ones, so that nothing is taken for granted.

use proptest::prelude::*;
use scim_core::filter::{CompareOp, Filter};
use scim_core::schema::ENTERPRISE_USER_URN;
use serde_json::{Map, Value, json};

use crate::support::{compare, path};

/// Text that SQL, JSON and LIKE treat specially, and neighbours of it in the order of code points.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "",
        "a",
        "A",
        "ab",
        "AB",
        "b",
        "aB%",
        "a_b",
        "%",
        "_",
        "'",
        "\"",
        "\\",
        "a'b\"c",
        "\u{e9}",
        "E\u{301}",
        "\u{df}",
        "SS",
        "\u{1f600}",
        "\u{1f600}x",
        "\u{10ffff}",
        "\u{ffff}",
        "null",
        "true",
        "1",
        "$.a",
        "\n",
        "  ",
        "2011-05-13T04:42:34Z",
    ]);
    // PostgreSQL keeps no text with U+0000
    let is_kept = |text: &String| !(text.contains('\0') && std::env::var_os("SCIM_TEST_POSTGRES").is_some());
    let any = any::<String>().prop_map(|text| text.chars().take(4).collect());
    prop_oneof![8 => odd.prop_map(str::to_owned), 1 => any].prop_filter("text that is kept", is_kept)
}

fn maybe(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Option<Value>> {
    prop_oneof![1 => Just(None), 1 => Just(Some(Value::Null)), 4 => value.prop_map(Some)].boxed()
}

fn string() -> BoxedStrategy<Option<Value>> {
    maybe(text().prop_map(Value::from))
}

fn boolean() -> BoxedStrategy<Option<Value>> {
    maybe(any::<bool>().prop_map(Value::from))
}

fn object(members: Vec<(&'static str, BoxedStrategy<Option<Value>>)>) -> BoxedStrategy<Value> {
    let (names, values): (Vec<_>, Vec<_>) = members.into_iter().unzip();
    values
        .prop_map(move |values| {
            let members = names.iter().zip(values);
            let members = members.filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
            Value::Object(Map::from_iter(members))
        })
        .boxed()
}

fn has_value(object: &Value) -> bool {
    object
        .as_object()
        .is_some_and(|object| object.values().any(|value| !value.is_null()))
}

/// A complex value that is not empty: a checked resource has no empty ones.
fn complex(members: Vec<(&'static str, BoxedStrategy<Option<Value>>)>) -> BoxedStrategy<Value> {
    object(members).prop_filter("an empty value", has_value).boxed()
}

fn list(members: Vec<(&'static str, BoxedStrategy<Option<Value>>)>) -> BoxedStrategy<Option<Value>> {
    maybe(prop::collection::vec(complex(members), 0..4).prop_map(Value::from))
}

fn plural() -> Vec<(&'static str, BoxedStrategy<Option<Value>>)> {
    let kind = prop::sample::select(vec!["work", "Work", "home", ""]);
    vec![
        ("value", string()),
        ("type", maybe(kind.prop_map(Value::from))),
        ("display", string()),
        ("primary", boolean()),
    ]
}

/// The attributes of a user, without `userName`.
pub(crate) fn attributes() -> BoxedStrategy<Value> {
    object(vec![
        ("externalId", string()),
        ("displayName", string()),
        ("title", string()),
        ("profileUrl", string()),
        ("active", boolean()),
        (
            "name",
            maybe(complex(vec![("familyName", string()), ("givenName", string())])),
        ),
        ("emails", list(plural())),
        ("roles", list(plural())),
        ("photos", list(plural())),
        (
            ENTERPRISE_USER_URN,
            maybe(object(vec![
                ("department", string()),
                (
                    "manager",
                    maybe(complex(vec![("value", string()), ("displayName", string())])),
                ),
            ])),
        ),
    ])
}

const TEXTS: &[&str] = &[
    "userName",
    "externalId",
    "displayName",
    "title",
    "profileUrl",
    "name.familyName",
    "name.givenName",
    "emails",
    "emails.value",
    "emails.type",
    "emails.display",
    "roles.value",
    "roles.type",
    "photos",
    "photos.value",
    "id",
    "meta.version",
    "meta.resourceType",
    "schemas",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User#department",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User#manager",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User#manager.displayName",
];
const BOOLEANS: &[&str] = &["active", "emails.primary", "roles.primary"];
const TIMES: &[&str] = &["meta.created", "meta.lastModified"];
const COMPLEX: &[&str] = &[
    "name",
    "emails",
    "roles",
    "meta",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User#manager",
];

fn op() -> impl Strategy<Value = CompareOp> {
    prop::sample::select(vec![
        CompareOp::Equal,
        CompareOp::Equal,
        CompareOp::NotEqual,
        CompareOp::Contains,
        CompareOp::StartsWith,
        CompareOp::EndsWith,
        CompareOp::Greater,
        CompareOp::GreaterOrEqual,
        CompareOp::Less,
        CompareOp::LessOrEqual,
    ])
}

fn name(names: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(names)
}

fn leaf(texts: &'static [&'static str], booleans: &'static [&'static str]) -> BoxedStrategy<Filter> {
    let literal = prop_oneof![
        12 => text().prop_map(Value::from),
        2 => prop::sample::select(vec!["W/\"1\"", "W/\"2\"", "User", "work", "u1", "u2"]).prop_map(Value::from),
    ];
    let is = prop::sample::select(vec![CompareOp::Equal, CompareOp::NotEqual]);
    prop_oneof![
        8 => (name(texts), op(), literal).prop_map(|(name, op, literal)| compare(name, op, literal)),
        2 => (name(booleans), is.clone(), any::<bool>()).prop_map(|(name, op, value)| compare(name, op, value.into())),
        1 => (name(texts), is).prop_map(|(name, op)| compare(name, op, Value::Null)),
        2 => name(texts).prop_map(|name| Filter::Present(path(name))),
        1 => name(booleans).prop_map(|name| Filter::Present(path(name))),
    ]
    .boxed()
}

fn compound(leaf: BoxedStrategy<Filter>) -> BoxedStrategy<Filter> {
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    })
    .boxed()
}

fn element() -> BoxedStrategy<Filter> {
    let plural = compound(leaf(&["value", "type", "display"], &["primary"]));
    let columns = compound(leaf_of_texts(&["value", "type"]));
    let person = compound(leaf_of_texts(&["familyName", "givenName"]));
    let manager = compound(leaf_of_texts(&["value", "displayName"]));
    let schemas = compound(leaf_of_texts(&["value"]));
    prop_oneof![
        3 => (name(&["emails", "roles", "photos"]), plural),
        2 => (Just("emails"), columns),
        1 => (Just("name"), person),
        1 => (Just("schemas"), schemas),
        1 => (Just("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User#manager"), manager),
    ]
    .prop_map(|(name, inner)| Filter::Element(path(name), Box::new(inner)))
    .boxed()
}

fn leaf_of_texts(texts: &'static [&'static str]) -> BoxedStrategy<Filter> {
    prop_oneof![
        6 => (name(texts), op(), text()).prop_map(|(name, op, text)| compare(name, op, text.into())),
        1 => name(texts).prop_map(|name| Filter::Present(path(name))),
    ]
    .boxed()
}

/// A filter of users.
pub(crate) fn filter() -> BoxedStrategy<Filter> {
    let order = prop::sample::select(vec![
        CompareOp::Equal,
        CompareOp::NotEqual,
        CompareOp::Greater,
        CompareOp::LessOrEqual,
    ]);
    let time = (name(TIMES), order, 1..40_i64)
        .prop_map(|(name, op, millis)| compare(name, op, json!(crate::support::at(millis).to_string())));
    let complex = name(COMPLEX).prop_map(|name| Filter::Present(path(name)));
    compound(prop_oneof![10 => leaf(TEXTS, BOOLEANS), 1 => time, 1 => complex, 4 => element()].boxed())
}
