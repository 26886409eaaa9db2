//! The filter grammar (RFC 7644 section 3.4.2.2) from outside: tables, snapshots, properties, hostile texts.
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

use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};
use proptest::sample::Index;
use scim_core::error::{Error, ScimType};
use scim_core::filter::{Filter, FilterLimits};

fn parse(text: &str) -> Result<Filter, scim_core::filter::ParseError> {
    text.parse()
}

#[test]
fn the_table_is_met() {
    let rows = syntax::table(include_str!("data/filters.json"));
    assert!(rows.len() >= 120);
    for (section, text, valid) in rows {
        let parsed = parse(&text);
        assert_eq!(parsed.is_ok(), valid, "{section}: {text:?}: {parsed:?}");
        if let Ok(filter) = parsed {
            assert_eq!(
                parse(&filter.to_string()).as_ref(),
                Ok(&filter),
                "{section}: {text:?}"
            );
        }
    }
}

/// Strings without quotes, which some clients' example collections have. A word could be a typing error as
/// well as a string, so they are refused.
const UNQUOTED: [&str; 4] = [
    "name.FamilyName eq Employee and (emails.Value co example.com or emails.Value co example.org)",
    "userName sw O",
    "meta.Created gt 2015-10-10T14:38:21.8617979-07:00",
    "externalId eq jyoung",
];

#[test]
fn further_vectors_are_met() {
    for (text, valid) in syntax::vectors("filter-syntax.json", "filter") {
        let expected = valid && !UNQUOTED.contains(&text.as_str());
        assert_eq!(parse(&text).is_ok(), expected, "{text}: {:?}", parse(&text));
    }
}

#[test]
fn trees() {
    let mut trees = String::new();
    for text in [
        r#"userName eq "bjensen""#,
        "a pr or b pr and c pr",
        "a pr and b pr and (c pr and d pr) and (e pr or f pr)",
        r#"userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")"#,
        r#"emails[type eq "work" and not (value co "@example.com")] or ims[type eq "xmpp"]"#,
        r#"emails[type eq "work"].value eq "x""#,
        r#"emails[type eq "work" or type eq "home"].value eq "x""#,
        r#"urn:ietf:params:scim:schemas:core:2.0:User:name.familyName sw "\u00e9\n\"""#,
        "not(not(null eq null)) and quota gt 2e2",
    ] {
        let filter = parse(text).unwrap();
        writeln!(trees, "{text}\n{filter}\n{}\n", filter.tree()).unwrap();
    }
    insta::assert_snapshot!(trees);
}

#[test]
fn messages() {
    let mut messages = String::new();
    for text in [
        "",
        " \t ",
        "userName",
        "userName eqs \"bjensen\"",
        "userName == \"bjensen\"",
        "userName eq",
        "userName eq bjensen",
        "userName eq 'bjensen'",
        "active eq True",
        "meta.created gt 2015-10-10T14:38:21Z",
        "userName eq \"bjensen",
        "userName eq \"bjensen\"x",
        "userName eq \"bj\\ensen\"",
        "userName eq \"größe\\uD800\"",
        "userName eq \"bj\u{0}\"",
        "userName eq \"a\" \"b\"",
        "title pr and",
        "title pr and or",
        "title pr ands userType pr",
        "not title pr",
        "not",
        "(title pr",
        "(title pr userType pr)",
        "title pr)",
        "()",
        "emails[type eq \"work\"",
        "emails[type eq \"work\")",
        "emails[]",
        "emails[ims[type pr]]",
        "emails[type eq \"work\"].value",
        "emails[type eq \"work\"].value.sub pr",
        "name.givenName.first pr",
        "name. pr",
        "naïve pr",
        "User:userName pr",
        "urn:userName pr",
        "urn:x:1 pr",
        "\"hello\" eq false",
        "userName pr \"bjensen\"",
        "averylongwordwithoutanyspaceinitthatwouldfillthescreen",
    ] {
        let error = parse(text).unwrap_err();
        writeln!(messages, "{}\n{error}\n", error.caret(text)).unwrap();
    }
    insta::assert_snapshot!(messages);
}

#[test]
fn an_error_becomes_400_invalid_filter() {
    let error = Error::from(parse("userName").unwrap_err());
    assert_eq!(
        (error.status(), error.scim_type()),
        (400, Some(ScimType::InvalidFilter))
    );
}

#[test]
fn hostile_texts_are_refused_without_nesting() {
    let unbounded_length = FilterLimits::default().with_max_bytes(usize::MAX);
    for piece in [
        "(",
        "not(",
        "not (",
        "a[",
        "a[(",
        "((a pr) and ",
        "a pr and (",
        "((((((((\t",
    ] {
        let text = piece.repeat(100_000);
        assert!(
            parse(&text)
                .unwrap_err()
                .message()
                .ends_with("the limit is 4096 bytes")
        );
        let error = Filter::parse(&text, &unbounded_length).unwrap_err();
        assert!(error.position() < 1000, "{piece}: {error}");
    }
    for (piece, end) in [
        ("a.", "a pr"),
        ("urn:", ""),
        ("a eq \"", ""),
        ("\\", ""),
        (" ", ""),
    ] {
        let text = piece.repeat(100_000) + end;
        assert!(Filter::parse(&text, &unbounded_length).is_err(), "{piece}");
    }
}

#[test]
fn limits_are_exact_and_each_has_its_message() {
    let message = |text: &str| parse(text).map_err(|error| error.to_string());
    let terms = |count: usize| vec!["a pr"; count].join(" or ");
    assert!(message(&terms(256)).is_ok());
    assert_eq!(
        message(&terms(257)).unwrap_err(),
        "the comparison at byte 2048 is one more than the limit of 256"
    );

    let deep = |depth: usize| format!("{}a pr{}", "(".repeat(depth), ")".repeat(depth));
    assert!(message(&deep(32)).is_ok());
    assert_eq!(
        message(&deep(33)).unwrap_err(),
        "the nesting at byte 32 is deeper than the limit of 32 levels"
    );

    let long = |bytes: usize| format!("a eq \"{}\"", "x".repeat(bytes - 7));
    assert!(message(&long(4096)).is_ok());
    assert_eq!(
        message(&long(4097)).unwrap_err(),
        "the text is 4097 bytes long, the limit is 4096 bytes"
    );
}

#[test]
fn a_limit_in_the_middle_of_a_character_is_no_trouble() {
    let text = format!("a eq \"{}\"", "é".repeat(3000));
    let limits = FilterLimits::default().with_max_bytes(9);
    let error = Filter::parse(&text, &limits).unwrap_err();
    assert_eq!(error.position(), 8);
    assert!(error.caret(&text).ends_with("       ^"));
}

proptest! {
    #[test]
    fn printing_and_parsing_give_the_same_filter(filter in syntax::filter()) {
        let text = filter.to_string();
        prop_assert_eq!(Filter::parse(&text, &syntax::GENEROUS), Ok(filter), "{}", text);
    }

    #[test]
    fn no_text_is_too_much(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn no_text_of_the_alphabet_is_too_much(text in r#"([a-z:.$]|urn:|not|and| |\(|\)|\[|\]|"|\\|u[dD]8[0-9]{2}| eq | pr|-?[0-9]|é|\x00){0,24}"#) {
        check(&text);
    }

    #[test]
    fn no_damaged_filter_is_too_much(text in damaged()) {
        check(&text);
    }
}

/// A filter with some characters taken out, doubled or replaced.
fn damaged() -> impl Strategy<Value = String> {
    let damage = proptest::collection::vec((any::<Index>(), 0..4_u8, any::<char>()), 1..4);
    (syntax::filter(), damage).prop_map(|(filter, damage)| {
        let mut chars: Vec<char> = filter.to_string().chars().collect();
        for (place, kind, other) in damage {
            if chars.is_empty() {
                break;
            }
            let place = place.index(chars.len());
            match kind {
                0 => drop(chars.remove(place)),
                1 => chars.insert(place, chars[place]),
                2 => chars[place] = other,
                _ => chars.truncate(place),
            }
        }
        chars.into_iter().collect()
    })
}

/// Whatever the text: either a filter whose own text means the same, or an error that lies within the text.
fn check(text: &str) {
    match Filter::parse(text, &syntax::GENEROUS) {
        Ok(filter) => {
            assert_eq!(
                Filter::parse(&filter.to_string(), &syntax::GENEROUS).as_ref(),
                Ok(&filter)
            );
            let _ = filter.tree().to_string();
        }
        Err(error) => {
            assert!(text.is_char_boundary(error.position()), "{text:?}: {error}");
            assert_eq!(error.caret(text).lines().count(), 2, "{text:?}");
        }
    }
}

#[test]
fn no_limit_lets_a_filter_be_so_deep_that_it_exhausts_the_stack() {
    let unlimited = FilterLimits::default()
        .with_max_bytes(usize::MAX)
        .with_max_depth(usize::MAX)
        .with_max_terms(usize::MAX);
    for piece in ["(", "not(", "not ("] {
        let error = Filter::parse(&piece.repeat(100_000), &unlimited).unwrap_err();
        assert!(
            error.message().contains(&FilterLimits::DEEPEST.to_string()),
            "{error}"
        );
    }
    let within = FilterLimits::DEEPEST;
    let text = format!("{}a pr{}", "(".repeat(within), ")".repeat(within));
    assert!(Filter::parse(&text, &unlimited).is_ok());
}
