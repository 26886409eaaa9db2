//! What the tests of both grammars share: tables of texts, and trees made at random.

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use scim_core::filter::{CompareOp, Filter, FilterLimits, Literal};
use scim_core::path::AttributePath;
use serde_json::{Number, Value};

/// Large enough for the canonical text of every random tree.
pub(crate) const GENEROUS: FilterLimits = FilterLimits::DEFAULT
    .with_max_bytes(1 << 20)
    .with_max_depth(64)
    .with_max_terms(4096);

/// The texts of a table in `tests/data`: section, text, whether it is valid.
pub(crate) fn table(json: &str) -> Vec<(String, String, bool)> {
    let sections: Vec<Value> = serde_json::from_str(json).expect("a table is JSON");
    let mut rows = Vec::new();
    for section in &sections {
        let name = section["section"].as_str().expect("a section has a name");
        for (member, valid) in [("valid", true), ("invalid", false)] {
            for text in section[member].as_array().expect("a section has both lists") {
                rows.push((name.to_owned(), text.as_str().expect("a text").to_owned(), valid));
            }
        }
    }
    rows
}

/// Further tables that may lie beside the checkout; none if they do not.
pub(crate) fn vectors(file: &str, member: &str) -> Vec<(String, bool)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/vectors")
        .join(file);
    let Ok(json) = std::fs::read_to_string(&path) else {
        eprintln!("{} is not there", path.display());
        return Vec::new();
    };
    let document: Value = serde_json::from_str(&json).expect("vectors are JSON");
    let cases = document["cases"].as_array().expect("vectors have cases");
    let case = |case: &Value| {
        (
            case[member].as_str().expect("a text").to_owned(),
            case["valid"].as_bool().expect("a verdict"),
        )
    };
    cases.iter().map(case).collect()
}

pub(crate) fn name() -> impl Strategy<Value = String> {
    const KEYWORDS: &[&str] = &[
        "not", "and", "or", "pr", "eq", "true", "false", "null", "urn", "NOT", "$ref",
    ];
    prop_oneof![3 => "[$]?[A-Za-z][A-Za-z0-9_-]{0,8}", 1 => select(KEYWORDS).prop_map(str::to_owned)]
}

pub(crate) fn urn() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("urn:ietf:params:scim:schemas:core:2.0:User".to_owned()),
        "[uU][rR][nN]:[A-Za-z0-9._~%!$&'*+,;=:@/-]{1,12}",
    ]
}

pub(crate) fn attribute_path() -> impl Strategy<Value = AttributePath> {
    let parts = (
        proptest::option::weighted(0.2, urn()),
        name(),
        proptest::option::weighted(0.3, name()),
    );
    parts.prop_map(|(urn, name, sub)| AttributePath { urn, name, sub })
}

pub(crate) fn literal() -> impl Strategy<Value = Literal> {
    let texts = prop_oneof![
        any::<String>(),
        "[\"\\\\\0-\x1f\x7f 😀é\u{2028})(\\]\\[a-z]{0,12}",
        Just("\\uD800".to_owned()),
    ];
    prop_oneof![
        1 => Just(Literal::Null),
        1 => any::<bool>().prop_map(Literal::Boolean),
        1 => any::<i64>().prop_map(|n| Literal::Number(n.into())),
        1 => any::<u64>().prop_map(|n| Literal::Number(n.into())),
        1 => any::<f64>().prop_filter_map("finite", |n| Number::from_f64(n).map(Literal::Number)),
        4 => texts.prop_map(Literal::String),
    ]
}

/// A filter as the parser could have made it, with value paths.
pub(crate) fn filter() -> impl Strategy<Value = Filter> {
    let element =
        (attribute_path(), value_filter()).prop_map(|(path, filter)| Filter::Element(path, Box::new(filter)));
    nested(prop_oneof![3 => term(), 1 => element])
}

/// A filter without value paths: what may stand inside one.
pub(crate) fn value_filter() -> impl Strategy<Value = Filter> {
    nested(term())
}

fn term() -> impl Strategy<Value = Filter> {
    prop_oneof![
        attribute_path().prop_map(Filter::Present),
        (attribute_path(), select(CompareOp::ALL), literal())
            .prop_map(|(path, operator, literal)| Filter::Compare(path, operator, literal)),
    ]
}

fn nested(leaf: impl Strategy<Value = Filter> + 'static) -> impl Strategy<Value = Filter> {
    leaf.prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Filter::And),
            vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}
