//! Tokens that are refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::issuer::{AUDIENCE, Issuer, NAME, SigningKey, claims, claims_with, now};
use crate::{bearer, server};

#[tokio::test]
async fn whoever_has_a_genuine_token_is_told_what_is_wrong_with_it() {
    let key = SigningKey::new("k1");
    let issuer = Issuer::start(&[&key]).await;
    let app = server(&issuer, &[("scope", "scim"), ("azp", "the-provisioning-app")]).await;
    let rows = [
        (
            json!({ "exp": 1_500_000_000 }),
            401,
            "the token expired at `2017-07-14T02:40:00.000Z`".to_owned(),
        ),
        (
            json!({ "nbf": 4_102_444_800_u64 }),
            401,
            "the token is not valid before `2100-01-01T00:00:00.000Z`".to_owned(),
        ),
        (
            json!({ "iss": "https://evil.example.com" }),
            401,
            format!("the token's `iss` is `https://evil.example.com`, expected `{NAME}`"),
        ),
        (
            json!({ "aud": "api://x" }),
            401,
            format!("the token's `aud` is `api://x`, expected `{AUDIENCE}` or `another-name`"),
        ),
        (
            json!({ "aud": ["x", "y"] }),
            401,
            format!("the token's `aud` is `x` or `y`, expected `{AUDIENCE}` or `another-name`"),
        ),
        (
            json!({ "aud": [] }),
            401,
            format!("the token has no `aud`, expected `{AUDIENCE}` or `another-name`"),
        ),
        (
            json!({ "exp": null }),
            401,
            "the token has no `exp` that is understood".to_owned(),
        ),
        (
            json!({ "exp": "soon" }),
            401,
            "the token has no `exp` that is understood".to_owned(),
        ),
        (
            json!({ "exp": -1 }),
            401,
            "the token has no `exp` that is understood".to_owned(),
        ),
        (
            json!({ "nbf": [4_102_444_800_u64] }),
            401,
            "the token's claims are not of the types that RFC 7519 section 4.1 gives them".to_owned(),
        ),
        (
            json!({ "nbf": "soon" }),
            401,
            "the token's `nbf` is not a time in seconds".to_owned(),
        ),
        (
            json!({ "iss": null }),
            401,
            "the token has no `iss` that is understood".to_owned(),
        ),
        (
            json!({ "aud": null }),
            401,
            "the token has no `aud` that is understood".to_owned(),
        ),
        (
            json!({ "scope": null }),
            403,
            "the token has no `scope`, expected `scim`".to_owned(),
        ),
        (
            json!({ "scope": "scimitar openid" }),
            403,
            "the token's `scope` is `scimitar` or `openid`, expected `scim`".to_owned(),
        ),
        (
            json!({ "azp": "another-app" }),
            403,
            "the token's `azp` is `another-app`, expected `the-provisioning-app`".to_owned(),
        ),
    ];
    for (changes, status, expected) in rows {
        let refused = app
            .users_of("corp", &bearer(&key.sign(&claims_with(changes.clone()))))
            .await;
        let detail = refused.is_scim_error(status);
        assert_eq!(detail, expected, "{changes}");
        let challenge = refused.header("www-authenticate");
        let error = match status {
            401 => "invalid_token",
            _ => "insufficient_scope",
        };
        assert!(
            challenge.starts_with(&format!(r#"Bearer realm="scim", error="{error}""#)),
            "{challenge}"
        );
    }
    let lacking = app
        .users_of("corp", &bearer(&key.sign(&claims_with(json!({ "scope": "x" })))))
        .await;
    assert!(lacking.header("www-authenticate").ends_with(r#", scope="scim""#));
    // clocks may differ, by as much as is configured
    for (changes, status) in [
        (json!({ "exp": now() - 15 }), 200),
        (json!({ "exp": now() - 45 }), 401),
        (json!({ "nbf": now() + 15 }), 200),
        (json!({ "nbf": now() + 45 }), 401),
        (json!({ "exp": now() as f64 + 300.5 }), 200),
        (json!({ "aud": ["x", "another-name"] }), 200),
    ] {
        let answer = app
            .users_of("corp", &bearer(&key.sign(&claims_with(changes.clone()))))
            .await;
        assert_eq!(answer.status, status, "{changes}");
    }
}

#[tokio::test]
async fn before_the_signature_is_right_nothing_is_told() {
    let (key, other) = (SigningKey::new("k1"), SigningKey::new("k1"));
    let unknown = SigningKey::new("k2");
    let issuer = Issuer::start(&[&key]).await;
    let app = server(&issuer, &[]).await;
    let reference = app.get("/v1/scim/v2/corp/Users").await;
    reference.is_scim_error(401);
    let expired = claims_with(json!({ "exp": 1_500_000_000 }));
    let good = key.sign(&claims());
    let parts: Vec<&str> = good.split('.').collect();
    let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let none = encoded(&json!({ "alg": "none", "typ": "JWT" }));
    let jwk = key.jwk();
    let point = [jwk["x"].as_str().unwrap(), jwk["y"].as_str().unwrap()];
    let point: Vec<u8> = point
        .iter()
        .flat_map(|text| URL_SAFE_NO_PAD.decode(text).unwrap())
        .collect();
    let keyed = |secret: &[u8]| {
        let header = Header {
            alg: Algorithm::HS256,
            ..key.header()
        };
        encode(&header, &claims(), &EncodingKey::from_secret(secret)).unwrap()
    };
    let tokens = [
        other.sign(&claims()),
        other.sign(&expired),
        unknown.sign(&claims()),
        format!("{}.{}.{}", parts[0], encoded(&expired), parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{none}.{}.", parts[1]),
        format!("{none}.{}.{}", parts[1], parts[2]),
        keyed(&point),
        keyed(&[&[4], point.as_slice()].concat()),
        keyed(jwk.to_string().as_bytes()),
        keyed(b""),
        "..".to_owned(),
        "a.b.c".to_owned(),
        format!("{good}{}", "A".repeat(20_000)),
    ];
    for token in tokens {
        let refused = app.users_of("corp", &bearer(&token)).await;
        assert_eq!(refused.text, reference.text, "{token}");
        assert_eq!(refused.status, 401);
        assert_eq!(refused.header("www-authenticate"), r#"Bearer realm="scim""#);
    }
    assert_eq!(app.users_of("corp", &bearer(&good)).await.status, 200);
}

#[tokio::test]
async fn guessing_is_counted_and_a_genuine_token_is_no_guess() {
    let (key, other) = (SigningKey::new("k1"), SigningKey::new("k1"));
    let issuer = Issuer::start(&[&key]).await;
    let app = crate::TestApp::start_with(|config| {
        config.limits.auth_failures = 3.try_into().unwrap();
        config
            .connections
            .insert("corp".to_owned(), crate::trusting(&issuer, &[]));
    })
    .await;
    let expired = bearer(&key.sign(&claims_with(json!({ "exp": 1_500_000_000 }))));
    for _ in 0..10 {
        app.users_of("corp", &expired).await.is_scim_error(401);
    }
    assert_eq!(
        app.users_of("corp", &bearer(&key.sign(&claims()))).await.status,
        200
    );
    let forged = bearer(&other.sign(&claims()));
    for _ in 0..3 {
        app.users_of("corp", &forged).await.is_scim_error(401);
    }
    app.users_of("corp", &forged).await.is_scim_error(429);
    // whoever is known goes on
    assert_eq!(
        app.users_of("corp", &bearer(&key.sign(&claims()))).await.status,
        200
    );
}
