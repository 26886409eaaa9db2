//! The path of an endpoint, or of a resource there.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::ClientError;

/// All but the unreserved characters (RFC 3986 section 2.3). URL parsers give some of the others a meaning, and drop tabs and
/// line breaks.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The path below the base URL: `/Users`, `/Users/2819c223`. Each segment is encoded.
pub(crate) fn path(endpoint: &str, id: Option<&str>) -> Result<String, ClientError> {
    let mut path = String::new();
    for segment in endpoint.trim_matches('/').split('/') {
        let encoded = encoded(segment);
        path += &encoded.ok_or_else(|| wrong(endpoint, "an endpoint"))?;
    }
    if let Some(id) = id {
        path += &encoded(id).ok_or_else(|| wrong(id, "the id of a resource"))?;
    }
    Ok(path)
}

/// A segment after its slash. A URL cannot have some segments: the request would go to the list, or further up.
fn encoded(segment: &str) -> Option<String> {
    let possible = !matches!(segment, "" | "." | "..");
    possible.then(|| format!("/{}", utf8_percent_encode(segment, ENCODED)))
}

fn wrong(text: &str, what: &str) -> ClientError {
    ClientError::Request(format!("`{text}` is not {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_stays_one_segment() {
        let at = |id| path("/Users/", Some(id)).unwrap();
        assert_eq!(at("2819c223-7f76_a.b~c"), "/Users/2819c223-7f76_a.b~c");
        for (id, encoded) in [
            ("a/../b ?#", "a%2F..%2Fb%20%3F%23"),
            ("\t", "%09"),
            ("\r\n", "%0D%0A"),
            ("a\nb", "a%0Ab"),
            (".\t.", ".%09."),
            ("..\n", "..%0A"),
            ("\0", "%00"),
            ("\u{7f}", "%7F"),
            ("%2e%2e", "%252e%252e"),
            ("%2F", "%252F"),
            ("..\\..", "..%5C.."),
            ("bul\tkId:x", "bul%09kId%3Ax"),
            ("bjensen@example.com;v=1", "bjensen%40example.com%3Bv%3D1"),
            ("ä\u{2028}", "%C3%A4%E2%80%A8"),
            ("...", "..."),
        ] {
            assert_eq!(at(id), format!("/Users/{encoded}"));
        }
    }

    #[test]
    fn what_a_path_cannot_have_is_an_error() {
        for id in ["", ".", ".."] {
            let error = path("/Users", Some(id)).unwrap_err().to_string();
            assert!(error.contains("is not the id of a resource"), "{error}");
        }
        for endpoint in ["", "/", "a//b", "a/../b"] {
            let error = path(endpoint, Some("1")).unwrap_err().to_string();
            assert!(error.contains("is not an endpoint"), "{error}");
        }
    }
}
