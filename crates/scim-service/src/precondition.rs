//! Conditional requests (RFC 9110 section 13, RFC 7644 section 3.14).

use headers::{ETag, Header, IfNoneMatch};
use http::HeaderMap;
use http::header::{IF_MATCH, IF_NONE_MATCH};
use scim_core::error::Error;

use crate::failure::Failure;
use crate::store::Version;

/// The entity tag of a version: weak, as the same version has several representations.
pub(crate) fn etag(version: Version) -> String {
    format!("W/\"{}\"", version.0)
}

/// Whether a client that wants to change or delete a resource expects the version it is at.
///
/// Tags are compared weakly, as RFC 7644 section 3.14 does in its own example.
///
/// # Errors
///
/// 412 if `If-Match` lists other versions, or nothing that is an entity tag.
pub(crate) fn check_match(headers: &HeaderMap, version: Version) -> Result<(), Failure> {
    if !headers.contains_key(IF_MATCH) || lists(headers, &IF_MATCH, version) {
        return Ok(());
    }
    let current = etag(version);
    let detail = format!("the resource is at version `{current}`, which `If-Match` does not list");
    Err(Error::precondition_failed(detail).into())
}

/// Whether a client that reads a resource has its version already (304).
pub(crate) fn check_none_match(headers: &HeaderMap, version: Version) -> Result<(), Failure> {
    match headers.contains_key(IF_NONE_MATCH) && lists(headers, &IF_NONE_MATCH, version) {
        true => Err(Failure::NotModified(etag(version))),
        false => Ok(()),
    }
}

pub(crate) fn is_conditional(headers: &HeaderMap) -> bool {
    headers.contains_key(IF_MATCH)
}

/// Whether the list of tags in a header holds that of the version. Both headers have the same grammar, and the typed
/// `IfNoneMatch` is the one that compares weakly.
fn lists(headers: &HeaderMap, name: &http::HeaderName, version: Version) -> bool {
    let Ok(current) = etag(version).parse::<ETag>() else {
        return false;
    };
    let listed = IfNoneMatch::decode(&mut headers.get_all(name).iter());
    listed.is_ok_and(|listed| !listed.precondition_passes(&current))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: http::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, http::HeaderValue::from_static(value))])
    }

    #[test]
    fn a_list_of_tags_is_searched_weakly() {
        let matches = |value| check_match(&headers(IF_MATCH, value), Version(3)).is_ok();
        assert!(matches(r#"W/"3""#));
        assert!(matches(r#""3""#));
        assert!(matches(r#"W/"1", W/"3""#));
        assert!(matches("*"));
        assert!(!matches(r#"W/"4""#));
        assert!(!matches("3"));
        assert!(!matches("garbage, W/"));
        assert!(!matches(""));
        assert!(check_match(&HeaderMap::new(), Version(3)).is_ok());
    }

    #[test]
    fn a_client_with_the_current_version_gets_304() {
        let result = check_none_match(&headers(IF_NONE_MATCH, r#"W/"3""#), Version(3));
        assert!(matches!(result, Err(Failure::NotModified(etag)) if etag == r#"W/"3""#));
        assert!(check_none_match(&headers(IF_NONE_MATCH, r#"W/"2""#), Version(3)).is_ok());
    }
}
