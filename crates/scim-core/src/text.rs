//! The comparison of text: one folding for every attribute that is not `caseExact`.

use std::borrow::Cow;

use icu_casemap::CaseMapper;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Folds text into the form in which values that are not `caseExact` are compared, sorted and stored as lookup keys.
///
/// Full-width and half-width forms become ordinary ones, letters are case-folded in full (Unicode `CaseFolding`, not the lower case
/// of a language), and the result is composed (NFC). Names that are equal under PRECIS `UsernameCaseMapped` (RFC 8265, required by
/// RFC 7644 section 5) are equal here, too. The folding is also defined for all other names, such as those with spaces, which
/// identity providers send.
///
/// Databases store the result: a change of the folding requires a migration that folds every key again.
///
/// ```
/// use scim_core::text::fold;
///
/// assert_eq!(fold("BJensen@Example.com"), "bjensen@example.com");
/// assert_eq!(fold("Stra\u{df}e"), fold("STRASSE"));
/// assert_eq!(fold("Ame\u{301}lie"), fold("AM\u{c9}LIE"));
/// assert_eq!(fold("\u{ff22}\u{ff4f}\u{ff42}"), "bob");
/// ```
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(text.to_ascii_lowercase()),
            false => Cow::Borrowed(text),
        };
    }
    let composed: String = text.chars().flat_map(ordinary_width).nfc().collect();
    let folded = CaseMapper::new().fold_string(&composed).into_owned();
    Cow::Owned(if is_nfc(&folded) {
        folded
    } else {
        folded.nfc().collect()
    })
}

/// Folds a name into the key under which it is unique, such as a group name: [folded](fold), with single spaces and none at the
/// ends, so that `Sales ` and `Sales` are the same.
///
/// ```
/// assert_eq!(scim_core::text::name_key(" Sales  EMEA "), "sales emea");
/// ```
#[must_use]
pub fn name_key(name: &str) -> String {
    fold(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn ordinary_width(character: char) -> impl Iterator<Item = char> {
    let has_width_form = matches!(character, '\u{3000}' | '\u{ff00}'..='\u{ffef}');
    let mapped = has_width_form.then(|| std::iter::once(character).nfkc());
    let unmapped = (!has_width_form).then_some(character);
    mapped.into_iter().flatten().chain(unmapped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spaces_and_dots_stay() {
        assert_eq!(fold("Bob Smith."), "bob smith.");
    }

    #[test]
    fn the_ideographic_space_is_a_space() {
        assert_eq!(fold("a\u{3000}b"), "a b");
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in any::<String>()) {
            let once = fold(&text).into_owned();
            prop_assert_eq!(fold(&once).into_owned(), once);
        }
    }
}
