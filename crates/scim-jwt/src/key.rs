//! One key of an issuer, and the algorithms that it verifies.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

/// The number of keys of a set that count.
const MOST: usize = 100;

/// A public key of an issuer (RFC 7517 section 4).
pub(crate) struct Key {
    id: Option<String>,
    /// The algorithms that it verifies: never one with a shared secret.
    algorithms: Vec<Algorithm>,
    pub(crate) decoding: DecodingKey,
}

impl Key {
    /// Whether this key may have signed a token with this key id and algorithm. A token without a key id may be signed by any key.
    pub(crate) fn suits(&self, id: Option<&str>, algorithm: Algorithm) -> bool {
        let is_meant = id.is_none_or(|id| self.id.as_deref() == Some(id));
        is_meant && self.algorithms.contains(&algorithm)
    }

    fn of(jwk: &Jwk) -> Option<Self> {
        let common = &jwk.common;
        let is_for_signatures =
            !matches!(&common.public_key_use, Some(usage) if *usage != PublicKeyUse::Signature);
        let verifies = common
            .key_operations
            .as_ref()
            .is_none_or(|operations| operations.contains(&KeyOperations::Verify));
        if !is_for_signatures || !verifies {
            return None;
        }
        let fitting: &[Algorithm] = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => &[
                Algorithm::RS256,
                Algorithm::RS384,
                Algorithm::RS512,
                Algorithm::PS256,
                Algorithm::PS384,
                Algorithm::PS512,
            ],
            AlgorithmParameters::EllipticCurve(ec) => match ec.curve {
                EllipticCurve::P256 => &[Algorithm::ES256],
                EllipticCurve::P384 => &[Algorithm::ES384],
                _ => &[],
            },
            AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
                &[Algorithm::EdDSA]
            }
            // shared secrets among them
            _ => &[],
        };
        let algorithms: Vec<Algorithm> = match common.key_algorithm {
            None => fitting.to_vec(),
            Some(named) => {
                let named = Algorithm::try_from(named).ok()?;
                fitting
                    .iter()
                    .copied()
                    .filter(|fitting| *fitting == named)
                    .collect()
            }
        };
        (!algorithms.is_empty()).then_some(Self {
            id: common.key_id.clone(),
            algorithms,
            decoding: DecodingKey::from_jwk(jwk).ok()?,
        })
    }
}

/// The usable keys of a set (RFC 7517 section 5); others are ignored, as that section requires. `None` if the text is not a set.
pub(crate) fn read_set(text: &[u8]) -> Option<Vec<Key>> {
    let set: Value = serde_json::from_slice(text).ok()?;
    let keys = set.get("keys")?.as_array()?.iter().take(MOST);
    let jwks = keys.filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok());
    Some(jwks.filter_map(|jwk| Key::of(&jwk)).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";

    fn algorithms(key: Value) -> Vec<Algorithm> {
        let keys = read_set(json!({ "keys": [key] }).to_string().as_bytes()).unwrap();
        keys.into_iter().flat_map(|key| key.algorithms).collect()
    }

    #[test]
    fn a_key_is_used_for_what_it_is_for() {
        let ec = |curve: &str| json!({ "kty": "EC", "crv": curve, "x": X, "y": X });
        let with = |name: &str, value: Value| {
            let mut key = ec("P-256");
            key[name] = value;
            key
        };
        assert_eq!(algorithms(ec("P-256")), [Algorithm::ES256]);
        assert_eq!(algorithms(ec("P-384")), [Algorithm::ES384]);
        assert_eq!(algorithms(with("alg", json!("ES256"))), [Algorithm::ES256]);
        assert_eq!(algorithms(with("use", json!("sig"))), [Algorithm::ES256]);
        assert_eq!(algorithms(with("key_ops", json!(["verify"]))), [Algorithm::ES256]);
        for other in [
            ec("P-521"),
            ec("secp256k1"),
            with("alg", json!("ES384")),
            with("alg", json!("HS256")),
            with("alg", json!("none")),
            with("use", json!("enc")),
            with("key_ops", json!(["sign"])),
            json!({ "kty": "oct", "k": X, "alg": "HS256" }),
            json!({ "kty": "oct", "k": X }),
            json!({ "kty": "AKP", "pub": X }),
            json!({ "kty": "OKP", "crv": "P-256", "x": X }),
            json!("key"),
        ] {
            assert_eq!(algorithms(other.clone()), [], "{other}");
        }
        let rsa = json!({ "kty": "RSA", "n": X, "e": "AQAB" });
        assert_eq!(algorithms(rsa).len(), 6);
    }

    #[test]
    fn what_is_no_set_is_none() {
        for text in ["", "[]", "{}", r#"{"keys":{}}"#] {
            assert!(read_set(text.as_bytes()).is_none(), "{text}");
        }
        assert!(read_set(br#"{"keys":[]}"#).unwrap().is_empty());
    }
}
