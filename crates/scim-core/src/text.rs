//! How text is compared: one folding for every attribute that is not `caseExact`.

use std::borrow::Cow;

use icu_casemap::CaseMapper;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The form in which text that is not `caseExact` is compared, sorted and kept as a lookup key.
///
/// Full-width and half-width forms become ordinary ones, letters are case-folded in full (Unicode `CaseFolding`,
/// not a language's lower case), the result is composed (NFC). For the names that PRECIS `UsernameCaseMapped`
/// (RFC 8265, asked for by RFC 7644 section 5) allows, two names are equal here whenever they are equal there;
/// and it is defined for all other names too, such as those with spaces, which identity providers send.
///
/// Databases keep the result: a change here needs a migration that folds every key anew.
///
/// ```
/// use scim_core::text::fold;
///
/// assert_eq!(fold("BJensen@Example.com"), "bjensen@example.com");
/// assert_eq!(fold("Stra\u{df}e"), fold("STRASSE"));
/// assert_eq!(fold("Ame\u{301}lie"), fold("AM\u{c9}LIE"));
/// assert_eq!(fold("\u{ff22}\u{ff4f}\u{ff42}"), "bob");
/// ```
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

/// The form in which names of groups are told apart where each may be there once: [folded](fold), with single spaces and
/// none at the ends, so that `Sales ` is no second `Sales`.
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
