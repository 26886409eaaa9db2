//! Conditional requests (RFC 9110 section 13, RFC 7644 section 3.14).
//!
//! Entity tags are weak: a version of a resource has many representations (`attributes`, gzip). RFC 9110 lets `If-Match`
//! compare strongly, which a weak tag never passes; RFC 7644 section 3.14 lets clients send weak tags in `If-Match` to
//! prevent lost updates. So both headers compare weakly, and `"3"` equals `W/"3"`.
//!
//! What a representation contains but the version does not cover (the groups of a user) is in the tag as a digest after the
//! version: `W/"3-9f86d081884c7d65"`. A read compares the whole tag, a write only the version: a `PUT` does not fail because
//! the user joined a group in between.

use headers::ETag;
use http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, Method};
use scim_core::error::Error;

use crate::failure::Failure;
use crate::store::Version;

/// The entity tag of a version, and of a digest of what the version does not cover.
pub(crate) fn etag(version: Version, digest: Option<&str>) -> String {
    match digest {
        None => format!("W/\"{}\"", version.get()),
        Some(digest) => format!("W/\"{}-{digest}\"", version.get()),
    }
}

/// Checks the preconditions of a request against the version of the resource: `If-Match` always, `If-None-Match` for writes.
/// For reads, [`is_known`] follows once the representation is known.
///
/// # Errors
///
/// 412 if the version is not what the client expects, 400 for an invalid entity tag.
pub(crate) fn check_version(method: &Method, headers: &HeaderMap, version: Version) -> Result<(), Failure> {
    let refused = |detail: String| Err(Error::precondition_failed(detail).into());
    let current = etag(version, None);
    if let Some(expected) = Tags::of(headers, &IF_MATCH)?
        && !expected.hold_version(version)
    {
        return refused(format!(
            "the resource is at version `{current}`, which `If-Match` (in a bulk, `version`) does not list"
        ));
    }
    let reads = matches!(*method, Method::GET | Method::HEAD);
    if let Some(unwanted) = Tags::of(headers, &IF_NONE_MATCH)?
        && !reads
        && unwanted.hold_version(version)
    {
        return refused(format!(
            "the resource is at version `{current}`, which `If-None-Match` rules out"
        ));
    }
    Ok(())
}

/// Whether a reading client already has the representation with this tag (304).
///
/// # Errors
///
/// 400 for an invalid entity tag.
pub(crate) fn is_known(headers: &HeaderMap, current: &str) -> Result<bool, Error> {
    Ok(Tags::of(headers, &IF_NONE_MATCH)?.is_some_and(|tags| tags.hold(current)))
}

/// The precondition of a request that creates a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Creation {
    /// No precondition.
    Unconditional,
    /// `If-None-Match: *`: no resource may exist that the new one conflicts with, or that would be restored.
    OnlyNew,
}

impl Creation {
    /// Reads the preconditions of a POST. They are about the new resource, not about the collection. Tags in `If-None-Match`
    /// always hold, because a new resource has none.
    ///
    /// # Errors
    ///
    /// 412 for `If-Match`, which cannot match a new resource.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Failure> {
        if Tags::of(headers, &IF_MATCH)?.is_some() {
            let detail = "`If-Match` cannot hold for a resource that is yet to be created";
            return Err(Error::precondition_failed(detail).into());
        }
        Ok(match Tags::of(headers, &IF_NONE_MATCH)? {
            Some(Tags::Any) => Self::OnlyNew,
            _ => Self::Unconditional,
        })
    }

    /// With `If-None-Match: *`, a conflict is a failed precondition (412).
    pub(crate) fn refine(self, failure: Failure) -> Failure {
        match failure {
            Failure::Refused(error) if self == Self::OnlyNew && error.status() == 409 => {
                Error::precondition_failed(format!("`If-None-Match`: {}", error.detail())).into()
            }
            failure => failure,
        }
    }
}

/// The value of `If-Match` or `If-None-Match`.
#[derive(Debug, PartialEq, Eq)]
enum Tags {
    /// `*`
    Any,
    /// The texts between the quotes.
    Listed(Vec<String>),
}

impl Tags {
    fn of(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Self>, Error> {
        let mut listed = Vec::new();
        let mut lines = headers.get_all(name).into_iter().peekable();
        if lines.peek().is_none() {
            return Ok(None);
        }
        for line in lines {
            let line = line.to_str().map_err(|_| malformed(name, "?"))?;
            listed.extend(elements(line));
        }
        if listed == ["*"] {
            return Ok(Some(Self::Any));
        }
        if listed.is_empty() {
            return Err(malformed(name, ""));
        }
        let opaque = |tag: &str| opaque(tag).ok_or_else(|| malformed(name, tag));
        listed
            .into_iter()
            .map(opaque)
            .collect::<Result<_, _>>()
            .map(|tags| Some(Self::Listed(tags)))
    }

    fn hold(&self, current: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(tags) => opaque(current).is_some_and(|current| tags.contains(&current)),
        }
    }

    fn hold_version(&self, version: Version) -> bool {
        let version = version.get().to_string();
        match self {
            Self::Any => true,
            Self::Listed(tags) => tags
                .iter()
                .any(|tag| tag.split('-').next() == Some(version.as_str())),
        }
    }
}

/// The elements of a list, split at commas outside of quotes. Empty ones are ignored (RFC 9110 section 5.6.1).
fn elements(line: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    let is_end = move |character| {
        is_quoted ^= character == '"';
        character == ',' && !is_quoted
    };
    line.split(is_end)
        .map(str::trim)
        .filter(|element| !element.is_empty())
}

/// The text between the quotes of an entity tag.
fn opaque(tag: &str) -> Option<String> {
    tag.parse::<ETag>().ok()?;
    let quoted = tag.strip_prefix("W/").unwrap_or(tag);
    Some(quoted.strip_prefix('"')?.strip_suffix('"')?.to_owned())
}

fn malformed(name: &HeaderName, tag: &str) -> Error {
    let header = match *name {
        IF_MATCH => "If-Match",
        _ => "If-None-Match",
    };
    let shown: String = tag.chars().take(64).collect();
    let detail = format!("`{header}` must be `*` or a list of entity tags such as `W/\"3\"`, not `{shown}`");
    Error::plain(400, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION: Version = Version::new(3);

    fn headers(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, http::HeaderValue::from_static(value))])
    }

    fn status(result: Result<(), Failure>) -> u16 {
        result.err().map_or(200, |failure| failure.into_error().status())
    }

    #[test]
    fn a_list_of_tags_is_searched_weakly() {
        let writes = |value| status(check_version(&Method::PUT, &headers(IF_MATCH, value), VERSION));
        for current in [
            r#"W/"3""#,
            r#""3""#,
            r#"W/"1", W/"3""#,
            r#", "a,b" ,"3","#,
            r#"W/"3-0f""#,
            "*",
        ] {
            assert_eq!(writes(current), 200, "{current}");
        }
        for other in [r#"W/"4""#, r#""33""#, r#""3,""#, r#""-3""#] {
            assert_eq!(writes(other), 412, "{other}");
        }
        for malformed in [
            "3",
            r#"garbage, W/"3""#,
            "",
            ",",
            r#""3"#,
            r#"*, "3""#,
            r#"w/"3""#,
        ] {
            assert_eq!(writes(malformed), 400, "{malformed}");
        }
        assert_eq!(
            status(check_version(&Method::PUT, &HeaderMap::new(), VERSION)),
            200
        );
    }

    #[test]
    fn lists_may_be_on_several_lines() {
        let mut several = headers(IF_MATCH, r#""1""#);
        several.append(IF_MATCH, http::HeaderValue::from_static(r#""3""#));
        assert_eq!(status(check_version(&Method::DELETE, &several, VERSION)), 200);
    }

    #[test]
    fn what_is_not_to_be_there_guards_a_change_and_spares_a_reading() {
        let check = |method, value| status(check_version(&method, &headers(IF_NONE_MATCH, value), VERSION));
        for unwanted in ["*", r#"W/"3""#, r#""2", "3-ff""#] {
            assert_eq!(check(Method::PATCH, unwanted), 412, "{unwanted}");
            assert_eq!(check(Method::GET, unwanted), 200, "{unwanted}");
        }
        assert_eq!(check(Method::PUT, r#"W/"2""#), 200);
        assert_eq!(check(Method::GET, "2"), 400);
    }

    #[test]
    fn a_client_with_the_current_representation_gets_304() {
        let is_known = |value| is_known(&headers(IF_NONE_MATCH, value), r#"W/"3-0f""#).unwrap();
        for current in [r#"W/"3-0f""#, r#""3-0f""#, r#""1", "3-0f""#, "*"] {
            assert!(is_known(current), "{current}");
        }
        assert!(!is_known(r#"W/"3""#));
        assert!(!is_known(r#"W/"3-0e""#));
    }

    #[test]
    fn nothing_matches_what_is_yet_to_be_created() {
        let of = |name, value| Creation::of(&headers(name, value));
        assert_eq!(of(IF_MATCH, "*").unwrap_err().into_error().status(), 412);
        assert_eq!(of(IF_NONE_MATCH, "*").unwrap(), Creation::OnlyNew);
        assert_eq!(of(IF_NONE_MATCH, r#""1""#).unwrap(), Creation::Unconditional);
        let taken = || Failure::Refused(Error::uniqueness("taken"));
        assert_eq!(Creation::OnlyNew.refine(taken()).into_error().status(), 412);
        assert_eq!(Creation::Unconditional.refine(taken()).into_error().status(), 409);
    }
}
