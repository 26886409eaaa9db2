//! Parses the `Authorization` header.

use base64::Engine as _;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::zeroize::Zeroizing;

use super::code::LENIENT_BASE64;
use super::credential::SecretHash;

/// The credential that a request shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presented {
    /// No `Authorization` header.
    Nothing,
    /// A header that cannot be right: another scheme, malformed base64, or several headers.
    Malformed,
    /// Hashes of secrets, any of which may be that of the connection.
    Secrets([SecretHash; 2]),
}

impl Presented {
    /// Parses the `Authorization` header (RFC 9110 section 11.6.2; Basic of RFC 7617, Bearer of RFC 6750).
    ///
    /// Basic shows two secrets: `user:password` as a whole, which may be a code, and the password alone, which may be a secret
    /// made at run time or a token, with any user name.
    pub(crate) fn in_headers(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        match (values.next(), values.next()) {
            (None, _) => Self::Nothing,
            (Some(value), None) => Self::read(value).unwrap_or(Self::Malformed),
            (Some(_), Some(_)) => Self::Malformed,
        }
    }

    /// The hashes to compare. A header that cannot be right is compared too, so that it takes as long.
    pub(crate) fn hashes(&self) -> [SecretHash; 2] {
        match self {
            Self::Secrets(hashes) => *hashes,
            Self::Nothing | Self::Malformed => [SecretHash::of(b""), SecretHash::of(b"")],
        }
    }

    fn read(value: &HeaderValue) -> Option<Self> {
        let text = value.as_bytes().trim_ascii();
        let end = text.iter().position(|byte| *byte == b' ')?;
        let (scheme, rest) = text.split_at_checked(end)?;
        let shown = rest.trim_ascii();
        if shown.is_empty() {
            None
        } else if scheme.eq_ignore_ascii_case(b"bearer") {
            Some(Self::Secrets([SecretHash::of(shown); 2]))
        } else if scheme.eq_ignore_ascii_case(b"basic") {
            let pair = Zeroizing::new(LENIENT_BASE64.decode(shown).ok()?);
            let colon = pair.iter().position(|byte| *byte == b':')?;
            let password = pair.get(colon + 1..)?;
            Some(Self::Secrets([SecretHash::of(&pair), SecretHash::of(password)]))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presented(values: &[&'static str]) -> Presented {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_static(value));
        }
        Presented::in_headers(&headers)
    }

    #[test]
    fn schemes_are_read_in_any_case() {
        let basic = Presented::Secrets([SecretHash::of(b"user:password"), SecretHash::of(b"password")]);
        assert_eq!(presented(&["Basic dXNlcjpwYXNzd29yZA=="]), basic);
        assert_eq!(presented(&["bASIC   dXNlcjpwYXNzd29yZA"]), basic);
        let bearer = Presented::Secrets([SecretHash::of(b"token"); 2]);
        assert_eq!(presented(&["BEARER token"]), bearer);
    }

    #[test]
    fn what_cannot_be_right_is_malformed() {
        for value in [
            "",
            "Basic",
            "Basic ",
            "Basic %%%",
            "Basic dXNlcg==",
            "token",
            "Digest x=y",
        ] {
            assert_eq!(presented(&[value]), Presented::Malformed, "{value}");
        }
        assert_eq!(presented(&["Bearer a", "Bearer b"]), Presented::Malformed);
        assert_eq!(presented(&[]), Presented::Nothing);
    }
}
