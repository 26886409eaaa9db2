//! Users, groups, filters and orders at random: few values, so that they often meet, and odd ones, so that nothing is taken
//! for granted.

use proptest::prelude::*;
use scim_core::filter::{CompareOp, Filter};
use scim_core::query::SortOrder;
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
    // no resource and no filter holds U+0000: they are refused before a store sees them
    let is_kept = |text: &String| !text.contains('\0');
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

/// The attributes of a group.
pub(crate) fn group_attributes() -> BoxedStrategy<Value> {
    object(vec![("displayName", string()), ("externalId", string())])
}

const TEXTS: &[&str] = &[
    "groups",
    "groups.value",
    "groups.display",
    "groups.type",
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
const GROUP_TEXTS: &[&str] = &[
    "displayName",
    "displayName",
    "externalId",
    "members",
    "members.value",
    "members.display",
    "members.type",
    "id",
    "meta.version",
    "meta.resourceType",
    "schemas",
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
        2 => prop::sample::select(vec!["W/\"1\"", "W/\"2\"", "User", "direct", "work", "u1", "u2"]).prop_map(Value::from),
        2 => prop::sample::select(vec!["user 0", "user 1", "user 2", "group 0", "group 1"]).prop_map(Value::from),
    ];
    let is = prop::sample::select(vec![CompareOp::Equal, CompareOp::NotEqual]);
    let of_text = prop_oneof![
        8 => (name(texts), op(), literal).prop_map(|(name, op, literal)| compare(name, op, literal)),
        1 => (name(texts), is.clone()).prop_map(|(name, op)| compare(name, op, Value::Null)),
        2 => name(texts).prop_map(|name| Filter::Present(path(name))),
    ];
    if booleans.is_empty() {
        return of_text.boxed();
    }
    prop_oneof![
        11 => of_text,
        2 => (name(booleans), is, any::<bool>()).prop_map(|(name, op, value)| compare(name, op, value.into())),
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
        1 => (Just("groups"), compound(leaf(&["value", "display", "type"], &[]))),
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

/// A filter of users. `user 0` and `group 0` in it stand for ids.
pub(crate) fn filter() -> BoxedStrategy<Filter> {
    let complex = name(COMPLEX).prop_map(|name| Filter::Present(path(name)));
    compound(prop_oneof![10 => leaf(TEXTS, BOOLEANS), 1 => time(), 1 => complex, 4 => element()].boxed())
}

/// A filter of groups, likewise.
pub(crate) fn group_filter() -> BoxedStrategy<Filter> {
    let member = compound(leaf(&["value", "display", "type"], &[]));
    let element = member.prop_map(|inner| Filter::Element(path("members"), Box::new(inner)));
    let complex = name(&["members", "meta"]).prop_map(|name| Filter::Present(path(name)));
    compound(prop_oneof![10 => leaf(GROUP_TEXTS, &[]), 1 => time(), 1 => complex, 4 => element].boxed())
}

fn time() -> BoxedStrategy<Filter> {
    let order = prop::sample::select(vec![
        CompareOp::Equal,
        CompareOp::NotEqual,
        CompareOp::Greater,
        CompareOp::LessOrEqual,
    ]);
    (name(TIMES), order, 1..20_i64)
        .prop_map(|(name, op, millis)| compare(name, op, json!(crate::support::at(millis).to_string())))
        .boxed()
}

/// What groups are sorted by, and which way.
pub(crate) fn group_order() -> impl Strategy<Value = (&'static str, SortOrder)> {
    let by = name(&[
        "id",
        "displayName",
        "externalId",
        "members.value",
        "members.display",
        "members.type",
        "meta.created",
        "meta.version",
        "schemas",
    ]);
    (
        by,
        prop::sample::select(vec![SortOrder::Ascending, SortOrder::Descending]),
    )
}

/// What users are sorted by, and which way.
pub(crate) fn order() -> impl Strategy<Value = (&'static str, SortOrder)> {
    let by = name(&[
        "id",
        "userName",
        "externalId",
        "displayName",
        "title",
        "active",
        "name.givenName",
        "emails.value",
        "emails.type",
        "emails.primary",
        "roles.value",
        "roles.display",
        "photos.value",
        "groups.value",
        "groups.display",
        "meta.created",
        "meta.lastModified",
        "meta.version",
        "meta.resourceType",
        "schemas",
        "profileUrl",
        "name.familyName",
        "emails.display",
        "roles.type",
        "roles.primary",
        "photos.display",
        "groups.type",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User#department",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User#manager.value",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User#manager.displayName",
    ]);
    (
        by,
        prop::sample::select(vec![SortOrder::Ascending, SortOrder::Descending]),
    )
}
