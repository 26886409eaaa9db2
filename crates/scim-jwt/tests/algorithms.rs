//! Tokens of all algorithms, signed by OpenSSL (`fixtures/make.sh`), and what is made of them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use scim_jwt::{JwtAuthenticator, KeySet, KeySetError, Trust};
use scim_service::authentication::{Attempt, Authenticator as _, Identity, Refusal};
use serde_json::{Value, json};

const JWKS: &[u8] = include_bytes!("fixtures/jwks.json");
const RSA: &[u8] = include_bytes!("fixtures/rsa.der");

fn tokens() -> BTreeMap<String, String> {
    serde_json::from_slice(include_bytes!("fixtures/tokens.json")).unwrap()
}

fn trust(keys: &[u8]) -> Trust {
    let keys = KeySet::fixed(keys).unwrap();
    Trust::new("https://idp.example.com", "https://scim.example.com", keys)
        .with_required_claim("scope", ["scim"])
}

async fn accept(trust: Trust, token: &str) -> Result<Identity, Refusal> {
    let connection = "okta".parse().unwrap();
    let authenticator = JwtAuthenticator::new().with_trust("okta".parse().unwrap(), trust);
    let mut headers = HeaderMap::new();
    headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    authenticator
        .authenticate(&Attempt::new(&connection, &headers))
        .await
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[tokio::test]
async fn what_openssl_has_signed_is_accepted_and_nothing_near_it() {
    let tokens = tokens();
    assert_eq!(tokens.len(), 9);
    for (algorithm, token) in &tokens {
        assert_eq!(
            accept(trust(JWKS), token).await.unwrap(),
            Identity::provider(),
            "{algorithm}"
        );
        let (message, signature) = token.rsplit_once('.').unwrap();
        let (header, payload) = message.split_once('.').unwrap();
        let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        claims["sub"] = json!("somebody else");
        let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
        bytes[7] ^= 1;
        let others = tokens.iter().filter(|(other, _)| *other != algorithm);
        let swapped = others.map(|(_, other)| format!("{message}.{}", other.rsplit_once('.').unwrap().1));
        let near = swapped.chain([
            format!("{header}.{}.{signature}", encoded(&claims)),
            format!("{message}.{}", URL_SAFE_NO_PAD.encode(&bytes)),
            format!("{message}."),
            message.to_owned(),
            format!("{token}.x"),
        ]);
        for token in near {
            let refused = accept(trust(JWKS), &token).await;
            assert!(matches!(refused, Err(Refusal::Wrong)), "{algorithm}: {token}");
        }
    }
}

#[tokio::test]
async fn a_public_key_is_no_shared_secret_and_no_signature_is_none() {
    let (_, payload) = tokens()["RS256"]
        .split_once('.')
        .map(|(_, rest)| ((), rest.to_owned()))
        .unwrap();
    let payload = payload.split_once('.').unwrap().0.to_owned();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&payload).unwrap()).unwrap();
    let set: Value = serde_json::from_slice(JWKS).unwrap();
    let modulus = set["keys"][0]["n"].as_str().unwrap();
    let _installs_the_provider = trust(JWKS);
    for secret in [
        modulus.as_bytes(),
        &URL_SAFE_NO_PAD.decode(modulus).unwrap(),
        JWKS,
        b"",
    ] {
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            for kid in [Some("rsa".to_owned()), None] {
                let header = Header {
                    kid,
                    ..Header::new(algorithm)
                };
                let token = encode(&header, &claims, &EncodingKey::from_secret(secret)).unwrap();
                assert!(matches!(accept(trust(JWKS), &token).await, Err(Refusal::Wrong)));
            }
        }
    }
    // not even where the issuer publishes a secret
    let mut with_secret = set.clone();
    let secret = URL_SAFE_NO_PAD.encode("a secret that is published");
    let key = json!({ "kty": "oct", "kid": "oct", "alg": "HS256", "k": secret });
    with_secret["keys"].as_array_mut().unwrap().push(key);
    let header = Header {
        kid: Some("oct".to_owned()),
        ..Header::new(Algorithm::HS256)
    };
    let token = encode(
        &header,
        &claims,
        &EncodingKey::from_secret(b"a secret that is published"),
    )
    .unwrap();
    let refused = accept(trust(with_secret.to_string().as_bytes()), &token).await;
    assert!(matches!(refused, Err(Refusal::Wrong)));
    for algorithm in ["none", "None", "NONE", "", "RS1", "ES512"] {
        let header = encoded(&json!({ "typ": "JWT", "alg": algorithm, "kid": "rsa" }));
        for token in [format!("{header}.{payload}."), format!("{header}.{payload}.AAAA")] {
            assert!(
                matches!(accept(trust(JWKS), &token).await, Err(Refusal::Wrong)),
                "{algorithm}"
            );
        }
    }
}

#[tokio::test]
async fn what_a_header_must_not_say_is_refused() {
    let claims = json!({
        "iss": "https://idp.example.com", "aud": ["other", "https://scim.example.com"],
        "exp": 253_402_300_799_u64, "scope": "scim",
    });
    let signed = |header: Header| encode(&header, &claims, &EncodingKey::from_rsa_der(RSA)).unwrap();
    let _installs_the_provider = trust(JWKS);
    let header = || Header {
        kid: Some("rsa".to_owned()),
        ..Header::new(Algorithm::RS256)
    };
    let good = [
        header(),
        Header {
            kid: None,
            ..header()
        },
        Header {
            typ: None,
            ..header()
        },
        Header {
            typ: Some("AT+JWT".to_owned()),
            ..header()
        },
        Header {
            typ: Some("application/at+jwt".to_owned()),
            ..header()
        },
        Header {
            alg: Algorithm::PS512,
            ..header()
        },
    ];
    for header in good {
        assert!(
            accept(trust(JWKS), &signed(header.clone())).await.is_ok(),
            "{header:?}"
        );
    }
    let bad = [
        Header {
            kid: Some("p256".to_owned()),
            ..header()
        },
        Header {
            kid: Some("RSA".to_owned()),
            ..header()
        },
        Header {
            typ: Some("dpop+jwt".to_owned()),
            ..header()
        },
        Header {
            typ: Some("secevent+jwt".to_owned()),
            ..header()
        },
        Header {
            crit: Some(vec!["exp".to_owned()]),
            ..header()
        },
        Header {
            crit: Some(Vec::new()),
            ..header()
        },
    ];
    for header in bad {
        let refused = accept(trust(JWKS), &signed(header.clone())).await;
        assert!(matches!(refused, Err(Refusal::Wrong)), "{header:?}");
    }
    // keys in the header are those of whoever sends it
    let set: Value = serde_json::from_slice(JWKS).unwrap();
    let own = Header {
        jwk: Some(serde_json::from_value(set["keys"][0].clone()).unwrap()),
        jku: Some("https://elsewhere.example.com/keys".to_owned()),
        kid: None,
        ..header()
    };
    let without_rsa = json!({ "keys": [set["keys"][1], set["keys"][3]] });
    let refused = accept(trust(without_rsa.to_string().as_bytes()), &signed(own)).await;
    assert!(matches!(refused, Err(Refusal::Wrong)));
}

#[tokio::test]
async fn a_connection_may_trust_several_issuers() {
    let set: Value = serde_json::from_slice(JWKS).unwrap();
    let only = |key: usize| json!({ "keys": [set["keys"][key]] }).to_string();
    let trusting = |issuer: &str, keys: &str| {
        let keys = KeySet::fixed(keys.as_bytes()).unwrap();
        Trust::new(issuer, "https://scim.example.com", keys).with_required_claim("scope", ["scim"])
    };
    let connection = "okta".parse().unwrap();
    let key = || "okta".parse().unwrap();
    // one issuer signs with RSA, the other has a key of another kind
    let authenticator = JwtAuthenticator::new()
        .with_trust(key(), trusting("https://other.example.com", &only(1)))
        .with_trust(key(), trusting("https://idp.example.com", &only(0)));
    let ask = async |issuer: &str, scope: &str, exp: u64| {
        let claims = json!({ "iss": issuer, "aud": "https://scim.example.com", "scope": scope, "exp": exp });
        let header = Header {
            kid: Some("rsa".to_owned()),
            ..Header::new(Algorithm::RS256)
        };
        let token = encode(&header, &claims, &EncodingKey::from_rsa_der(RSA)).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
        authenticator
            .authenticate(&Attempt::new(&connection, &headers))
            .await
    };
    let (idp, late) = ("https://idp.example.com", 253_402_300_799);
    assert_eq!(ask(idp, "scim", late).await.unwrap(), Identity::provider());
    // the most specific refusal is the answer
    let refused = ask(idp, "mail", late).await;
    assert!(
        matches!(refused, Err(Refusal::Insufficient { .. })),
        "{refused:?}"
    );
    let refused = ask(idp, "scim", 1).await;
    assert!(matches!(refused, Err(Refusal::InvalidToken(_))), "{refused:?}");
    let refused = ask("https://nobody.example.com", "scim", late).await;
    assert!(matches!(refused, Err(Refusal::InvalidToken(_))), "{refused:?}");
    // the keys of one issuer sign no tokens of the other
    let refused = ask("https://other.example.com", "scim", late).await;
    assert!(matches!(refused, Err(Refusal::Wrong)), "{refused:?}");
}

#[test]
fn a_file_without_keys_is_refused() {
    let message = |text: &str| match KeySet::fixed(text.as_bytes()) {
        Ok(_) => panic!("{text}"),
        Err(error) => error.to_string(),
    };
    assert_eq!(message("[]"), "the file is not a JWK Set: it has no array `keys`");
    assert!(message(r#"{"keys":[{"kty":"oct","k":"AA"}]}"#).contains("has no key"));
    assert!(matches!(
        KeySet::at("http://idp.example.com/keys"),
        Err(KeySetError::Url(_))
    ));
}
