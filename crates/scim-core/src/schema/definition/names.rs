//! The syntax of names, URNs and endpoints.

/// The maximum length of a name or URN, in bytes.
const LONGEST: usize = 200;

/// Whether the text is an attribute name (RFC 7643 section 2.1).
pub(super) fn is_attribute_name(text: &str) -> bool {
    text.len() <= LONGEST
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(is_name_character)
}

/// Whether the text is a URN (RFC 8141) that paths can name: the last of its parts must be a name itself, as in
/// `urn:example:params:scim:schemas:extension:badge:2.0:User`, so that a path that is nothing but the URN can be read.
pub(super) fn is_schema_urn(text: &str) -> bool {
    let mut parts = text.splitn(3, ':');
    let (scheme, namespace, rest) = (parts.next(), parts.next(), parts.next());
    let suits = |c: char| c.is_ascii_alphanumeric() || "-._~:".contains(c);
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn"))
        && namespace.is_some_and(is_namespace)
        && rest.is_some_and(|rest| rest.chars().all(suits))
        && text.rsplit(':').next().is_some_and(is_attribute_name)
        && text.len() <= LONGEST
}

/// Whether the text is an endpoint of one segment: `/Devices`.
pub(super) fn is_endpoint(text: &str) -> bool {
    text.len() <= LONGEST && text.strip_prefix('/').is_some_and(is_attribute_name)
}

fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

fn is_namespace(text: &str) -> bool {
    (2..=32).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_urn_ends_in_a_name() {
        assert!(is_schema_urn(
            "urn:example:params:scim:schemas:extension:badge:2.0:User"
        ));
        assert!(is_schema_urn(
            "URN:ietf:params:scim:schemas:extension:Acme:2.0:User"
        ));
        assert!(is_schema_urn("urn:my-company:badge:2.0:My-Device_2"));
        for text in [
            "",
            "urn:",
            "urn:a:User",
            "urn:my_company:User",
            "urn:-company:User",
            "urn:company-:User",
            "urn:example:",
            "urn:example:badge:2.0",
            "http://example.com/User",
            "urn:example:a b:User",
            "urn:example:\"x\":User",
        ] {
            assert!(!is_schema_urn(text), "{text}");
        }
    }

    #[test]
    fn an_endpoint_is_one_segment() {
        assert!(is_endpoint("/Devices"));
        assert!(is_endpoint("/My-Devices_2"));
        for text in ["Devices", "/", "/a/b", "/.search", "/Devices/", "/a?b"] {
            assert!(!is_endpoint(text), "{text}");
        }
    }
}
