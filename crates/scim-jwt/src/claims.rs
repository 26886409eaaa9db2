//! Checks the claims of tokens whose signature is right.

use jsonwebtoken::errors::ErrorKind;
use scim_core::time::Timestamp;
use scim_service::authentication::Refusal;
use serde_json::{Map, Value};

use crate::trust::Trust;

/// The number of characters shown of a value.
const SHOWN: usize = 200;

/// The claims of a token.
pub(crate) type Claims = Map<String, Value>;

/// Explains to the administrator of the issuer why claims are not acceptable; `None` if the error is not about claims.
pub(crate) fn explain(kind: &ErrorKind, claims: &Claims, trust: &Trust) -> Option<String> {
    let time = |claim: &str| {
        let seconds = claims.get(claim).and_then(Value::as_f64).unwrap_or_default();
        // a value that is not a time has been refused before, and one that is too late is shown as the last time
        let millis = (seconds * 1_000.0) as i64;
        Timestamp::from_millis(millis).to_string()
    };
    let differs = |claim: &str, expected: &[String]| {
        let found = values(claims.get(claim), claim);
        difference(claim, &found, expected)
    };
    let explanation = match kind {
        ErrorKind::ExpiredSignature => format!("the token expired at `{}`", time("exp")),
        ErrorKind::ImmatureSignature => format!("the token is not valid before `{}`", time("nbf")),
        ErrorKind::InvalidIssuer => differs("iss", &trust.issuers),
        ErrorKind::InvalidAudience => differs("aud", &trust.audiences),
        ErrorKind::MissingRequiredClaim(claim) => format!("the token has no `{claim}` that is understood"),
        ErrorKind::InvalidClaimFormat(claim) => format!("the token's `{claim}` is not a time in seconds"),
        // the header has been read before, and the signature is verified before the claims are read
        ErrorKind::Json(_) => {
            "the token's claims are not of the types that RFC 7519 section 4.1 gives them".to_owned()
        }
        _ => return None,
    };
    Some(explanation)
}

/// Checks the required claims.
pub(crate) fn check(claims: &Claims, trust: &Trust) -> Result<(), Refusal> {
    for (claim, accepted) in &trust.required {
        let found = values(claims.get(claim), claim);
        if found.iter().any(|value| accepted.contains(value)) {
            continue;
        }
        let scope = is_scope(claim).then(|| accepted.join(" "));
        return Err(Refusal::insufficient(difference(claim, &found, accepted), scope));
    }
    Ok(())
}

fn difference(claim: &str, found: &[String], expected: &[String]) -> String {
    let expected = listed(expected);
    match found.is_empty() {
        true => format!("the token has no `{claim}`, expected {expected}"),
        false => format!("the token's `{claim}` is {}, expected {expected}", listed(found)),
    }
}

/// The values of a claim: the words of a scope (RFC 8693 section 4.2), the elements of an array.
fn values(claim: Option<&Value>, name: &str) -> Vec<String> {
    let one = |value: &Value| match value {
        Value::String(text) if is_scope(name) => text.split_whitespace().map(str::to_owned).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Number(_) | Value::Bool(_) => vec![value.to_string()],
        _ => Vec::new(),
    };
    match claim {
        Some(Value::Array(elements)) => elements.iter().flat_map(one).collect(),
        Some(value) => one(value),
        None => Vec::new(),
    }
}

fn is_scope(claim: &str) -> bool {
    matches!(claim, "scope" | "scp")
}

/// Formats values for people.
fn listed(values: &[String]) -> String {
    let quoted = values.iter().map(|value| format!("`{value}`"));
    let text = quoted.collect::<Vec<_>>().join(" or ");
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_claim_has_one_or_several_values() {
        for (name, claim, expected) in [
            ("scope", json!("read write"), &["read", "write"][..]),
            ("scp", json!(["read", "write"]), &["read", "write"]),
            ("roles", json!(["Scim Admin", "x"]), &["Scim Admin", "x"]),
            ("azp", json!("one app"), &["one app"]),
            ("ver", json!(1), &["1"]),
            ("azp", json!({ "a": "b" }), &[]),
            ("azp", json!(null), &[]),
        ] {
            assert_eq!(values(Some(&claim), name), expected, "{name} {claim}");
        }
        assert_eq!(values(None, "azp"), [""; 0]);
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(listed(&["a".to_owned(), "b".to_owned()]), "`a` or `b`");
        assert_eq!(listed(&["ü".repeat(500)]).chars().count(), SHOWN + 1);
    }
}
