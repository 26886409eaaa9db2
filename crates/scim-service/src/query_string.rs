//! Query strings, decoded.

use percent_encoding::percent_decode_str;
use scim_core::error::Error;

/// The SCIM parameters, which may appear only once.
const SINGLE: [&str; 7] = [
    "filter",
    "sortBy",
    "sortOrder",
    "startIndex",
    "count",
    "attributes",
    "excludedAttributes",
];

/// The parameters of a query string. A `+` is a space: Entra ID sends `userName+eq+"x"`.
///
/// # Errors
///
/// 400 for a truncated percent-encoding, for bytes that are not UTF-8, and for a SCIM parameter that appears twice:
/// `invalidFilter` in a filter, `invalidValue` elsewhere.
pub(crate) fn pairs(query: &str) -> Result<Vec<(String, String)>, Error> {
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name).unwrap_or_default();
        let Some(value) = decode(value) else {
            return Err(refused(
                &name,
                format!("the percent-encoding of `{name}` is broken"),
            ));
        };
        let is_second = SINGLE.contains(&name.as_str()) && pairs.iter().any(|(earlier, _)| *earlier == name);
        if is_second {
            return Err(refused(&name, format!("`{name}` is given twice")));
        }
        pairs.push((name, value));
    }
    Ok(pairs)
}

fn refused(name: &str, detail: String) -> Error {
    match name {
        "filter" => Error::invalid_filter(detail),
        _ => Error::invalid_value(detail),
    }
}

fn decode(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    parts.next();
    let is_whole = |part: &str| part.len() >= 2 && part.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    if !parts.all(is_whole) {
        return None;
    }
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_write_a_space() {
        let expected = vec![("filter".to_owned(), r#"userName eq "a+b@x""#.to_owned())];
        assert_eq!(pairs("filter=userName+eq+%22a%2Bb%40x%22").unwrap(), expected);
        assert_eq!(pairs("filter=userName%20eq%20%22a%2Bb@x%22").unwrap(), expected);
    }

    #[test]
    fn broken_encodings_are_refused() {
        for query in ["filter=%2", "filter=%zz", "filter=%", "filter=%ff"] {
            assert_eq!(
                pairs(query).unwrap_err().scim_type().unwrap().as_str(),
                "invalidFilter",
                "{query}"
            );
        }
        assert_eq!(
            pairs("count=%ff").unwrap_err().scim_type().unwrap().as_str(),
            "invalidValue"
        );
        assert_eq!(pairs("a&&b=").unwrap().len(), 2);
    }

    #[test]
    fn what_may_come_once_may_not_come_twice() {
        let reason = |query| pairs(query).unwrap_err().scim_type().unwrap().as_str();
        assert_eq!(reason("filter=a&count=1&filter=a"), "invalidFilter");
        assert_eq!(reason("attributes=a&attributes=b"), "invalidValue");
        assert!(pairs("aadOptscim062020&aadOptscim062020").is_ok());
    }
}
