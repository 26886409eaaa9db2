//! Authentication by OAuth 2.0 access tokens that are JWTs (RFC 6750, RFC 7519, RFC 9068): what Microsoft Entra ID, Okta or any
//! other authorization server issues, checked against the keys that it publishes (RFC 7517).
//!
//! A [`JwtAuthenticator`] knows for each connection a [`Trust`]: whose tokens are accepted, which they are meant for, what they
//! must say, and the [`KeySet`] that their signatures are checked with. It never gets a token itself, asks no introspection
//! endpoint, and takes no token whose key is a shared secret (`HS256`) or that has no signature (`none`).
//!
//! ```
//! use scim_jwt::{JwtAuthenticator, KeySet, Trust};
//!
//! fn authenticator() -> Result<JwtAuthenticator, Box<dyn std::error::Error>> {
//!     // an authorization server of Okta, whose tokens have the scope that its administrator made
//!     let okta = "https://example.okta.com/oauth2/default";
//!     let keys = KeySet::at(&format!("{okta}/v1/keys"))?;
//!     let okta = Trust::new(okta, "https://scim.example.com", keys).requiring("scp", ["scim"]);
//!     // a tenant of Microsoft Entra ID; the audience is the app registration of this server
//!     let tenant = "https://login.microsoftonline.com/7b1f9e5e-0000-0000-0000-000000000000";
//!     let keys = KeySet::at(&format!("{tenant}/discovery/v2.0/keys"))?;
//!     let entra = Trust::new(&format!("{tenant}/v2.0"), "2f6c1c7a-0000-0000-0000-000000000000", keys)
//!         .requiring("roles", ["Scim.Write"]);
//!     Ok(JwtAuthenticator::new().trusting("okta".parse()?, okta).trusting("azure".parse()?, entra))
//! }
//! # authenticator().unwrap();
//! ```
//!
//! How it judges, with keys that are known beforehand:
//!
//! ```
//! use http::HeaderMap;
//! use http::header::AUTHORIZATION;
//! use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
//! use scim_jwt::{JwtAuthenticator, KeySet, Trust};
//! use scim_service::authentication::{Attempt, Authenticator as _, Identity, Refusal};
//! use serde_json::json;
//! # use base64::Engine as _;
//! # use base64::engine::general_purpose::URL_SAFE_NO_PAD;
//! # use ring::signature::{Ed25519KeyPair, KeyPair as _};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! # let private = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new()).map_err(|_| "no key")?;
//! # let public = Ed25519KeyPair::from_pkcs8(private.as_ref()).map_err(|_| "no key")?;
//! # let public = URL_SAFE_NO_PAD.encode(public.public_key());
//! // of an issuer that is online: KeySet::at("https://idp.example.com/oauth2/keys")?
//! let keys = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": "1", "x": public }] });
//! let keys = KeySet::fixed(keys.to_string().as_bytes())?;
//! let trust = Trust::new("https://idp.example.com", "https://scim.example.com", keys)
//!     .requiring("scope", ["scim"]);
//! let okta = "okta".parse()?;
//! let authenticator = JwtAuthenticator::new().trusting("okta".parse()?, trust);
//!
//! // what the issuer does
//! let token = |scope: &str| {
//!     let mut header = Header::new(Algorithm::EdDSA);
//!     header.kid = Some("1".to_owned());
//!     let claims = json!({
//!         "iss": "https://idp.example.com", "aud": "https://scim.example.com", "scope": scope, "exp": 4_000_000_000_u64,
//!     });
//!     encode(&header, &claims, &EncodingKey::from_ed_der(private.as_ref()))
//! };
//! // what the identity provider sends
//! let show = |token: String| -> Result<HeaderMap, http::header::InvalidHeaderValue> {
//!     Ok(HeaderMap::from_iter([(AUTHORIZATION, format!("Bearer {token}").parse()?)]))
//! };
//! let headers = show(token("scim")?)?;
//! assert_eq!(authenticator.authenticate(&Attempt::new(&okta, &headers)).await?, Identity::provider());
//! let headers = show(token("mail")?)?;
//! let refused = authenticator.authenticate(&Attempt::new(&okta, &headers)).await;
//! assert!(matches!(refused, Err(Refusal::Insufficient { .. })));
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();
//! ```
//!
//! It is mounted as any authenticator: `scim_tower::Mounted::new(…, Arc::new(authenticator))`, or
//! `scim_server::ScimBuilder::authenticator`; the server as a program has it in its configuration.
//!
//! # Cryptography
//!
//! Tokens are read and judged by [`jsonwebtoken`], whose cryptography is chosen once for a process. Unless the application has
//! installed another [`CryptoProvider`] before the first [`Trust`] is made, it is one made of [ring](https://docs.rs/ring), which
//! signs and verifies with all algorithms of that crate, for the application too: [`install_default_crypto`].
//!
//! [`jsonwebtoken`]: https://docs.rs/jsonwebtoken/11.1
//! [`CryptoProvider`]: https://docs.rs/jsonwebtoken/11.1/jsonwebtoken/crypto/struct.CryptoProvider.html

mod authenticator;
mod claims;
mod fetch;
mod key;
mod key_set;
mod ring_provider;
mod trust;

pub use authenticator::JwtAuthenticator;
pub use key_set::{KeySet, KeySetError};
pub use ring_provider::install_default_crypto;
pub use trust::Trust;
