//! The path grammar (RFC 7644 sections 3.5.2 and 3.10) from outside: tables, snapshots, properties.
#![allow(missing_docs)]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may stop"
)]

#[allow(dead_code, reason = "each grammar uses a part of it")]
mod syntax;

use std::fmt::Write;

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};
use scim_core::error::ScimType;
use scim_core::filter::{FilterLimits, ParseError};
use scim_core::path::{AttributePath, PatchPath, PathStep};

fn parse(text: &str) -> Result<PatchPath, ParseError> {
    text.parse()
}

#[test]
fn the_table_is_met() {
    let rows = syntax::table(include_str!("data/paths.json"));
    assert!(rows.len() >= 40);
    for (section, text, valid) in rows {
        let parsed = parse(&text);
        assert_eq!(parsed.is_ok(), valid, "{section}: {text:?}: {parsed:?}");
        if let Ok(path) = parsed {
            assert_eq!(
                parse(&path.to_string()).as_ref(),
                Ok(&path),
                "{section}: {text:?}"
            );
        }
    }
}

#[test]
fn further_vectors_are_met() {
    for (text, valid) in syntax::vectors("path-syntax.json", "path") {
        assert_eq!(parse(&text).is_ok(), valid, "{text}: {:?}", parse(&text));
    }
}

#[test]
fn messages() {
    let mut messages = String::new();
    for text in [
        "",
        ".",
        "a.",
        "a[].b",
        "a[b eq x].c",
        "a[b pr",
        "a[b pr]c",
        "a b",
        "a/b",
        "a[0]",
        "a[b[c pr]]",
        "urn:attr",
        "urn:x:1",
        "User:a",
        "/members",
    ] {
        let error = parse(text).unwrap_err();
        writeln!(messages, "{}\n{error}\n", error.caret(text)).unwrap();
    }
    for text in ["a[b pr]", "a.b.c", "a b"] {
        let error = text.parse::<AttributePath>().unwrap_err();
        writeln!(messages, "{}\n{error}\n", error.caret(text)).unwrap();
    }
    insta::assert_snapshot!(messages);
}

#[test]
fn an_error_becomes_400_invalid_path() {
    let error = parse("a.").unwrap_err().into_invalid_path();
    assert_eq!(
        (error.status(), error.scim_type()),
        (400, Some(ScimType::InvalidPath))
    );
}

#[test]
fn hostile_texts_are_refused() {
    let unbounded_length = FilterLimits::default().with_max_bytes(usize::MAX);
    for piece in ["a.", "a[", "a[b pr].", "[", "a[(", "a[not(", "urn:", "."] {
        let text = piece.repeat(100_000);
        assert!(
            parse(&text)
                .unwrap_err()
                .message()
                .ends_with("the limit is 4096 bytes")
        );
        assert!(PatchPath::parse(&text, &unbounded_length).is_err(), "{piece}");
        assert!(text.parse::<AttributePath>().is_err(), "{piece}");
    }
    assert!(parse(&vec!["a"; 32].join(".")).is_ok());
    assert!(parse(&vec!["a"; 33].join(".")).is_err());
}

#[test]
fn the_filters_of_a_path_share_one_limit() {
    let limits = FilterLimits::default().with_max_terms(2);
    assert!(PatchPath::parse("a[b pr].c[d pr]", &limits).is_ok());
    assert!(PatchPath::parse("a[b pr].c[d pr and e pr]", &limits).is_err());
}

fn patch_path() -> impl Strategy<Value = PatchPath> {
    let step = (syntax::name(), weighted(0.4, syntax::value_filter()))
        .prop_map(|(name, filter)| PathStep { name, filter });
    (weighted(0.3, syntax::urn()), vec(step, 1..4)).prop_map(|(urn, steps)| PatchPath { urn, steps })
}

proptest! {
    #[test]
    fn printing_and_parsing_give_the_same_path(path in patch_path()) {
        let text = path.to_string();
        prop_assert_eq!(PatchPath::parse(&text, &syntax::GENEROUS), Ok(path), "{}", text);
    }

    #[test]
    fn printing_and_parsing_give_the_same_attribute_path(path in syntax::attribute_path()) {
        let text = path.to_string();
        prop_assert_eq!(text.parse::<AttributePath>(), Ok(path), "{}", text);
    }

    #[test]
    fn no_text_is_too_much(text in any::<String>()) {
        let _ = parse(&text);
        let _ = text.parse::<AttributePath>();
    }

    #[test]
    fn no_text_of_the_alphabet_is_too_much(text in r#"([a-z:.$]|urn:|not| |\(|\)|\[|\]|"| eq | pr|[0-9]|é){0,24}"#) {
        if let Ok(path) = PatchPath::parse(&text, &syntax::GENEROUS) {
            prop_assert_eq!(PatchPath::parse(&path.to_string(), &syntax::GENEROUS), Ok(path));
        }
        let _ = text.parse::<AttributePath>();
    }
}
