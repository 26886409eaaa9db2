//! Authentication of SCIM clients by OAuth 2.0 access tokens that are JWTs (RFC 6750, RFC 7519, RFC 9068).
//!
//! Microsoft Entra ID, Okta or any other authorization server issues the tokens; they are checked against the keys that the
//! issuer publishes (RFC 7517). The crate has three types:
//!
//! | type | what it is |
//! |---|---|
//! | [`JwtAuthenticator`] | the [`Authenticator`](scim_service::authentication::Authenticator): the trusts of each connection |
//! | [`Trust`] | one issuer: its names, the audience, the required claims |
//! | [`KeySet`] | the public keys of an issuer, fetched from a URL and cached, or fixed |
//!
//! # Quick start
//!
//! An axum application that accepts tokens of an authorization server of Okta:
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use axum::Router;
//! use scim_jwt::{JwtAuthenticator, KeySet, Trust};
//! use scim_service::connection::Profile;
//! use scim_service::limits::Limits;
//! use scim_service::service::Service;
//! use scim_storage::{Options, SqlStore};
//! use scim_tower::{Mounted, ScimService};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let issuer = "https://example.okta.com/oauth2/default";
//!     let keys = KeySet::at(&format!("{issuer}/v1/keys"))?;
//!     let trust = Trust::new(issuer, "https://scim.example.com", keys)
//!         .with_required_claim("cid", ["0oa1b2c3d4"]); // the client that asks for tokens
//!     let tokens = JwtAuthenticator::new().with_trust("okta".parse()?, trust);
//!
//!     let store = SqlStore::connect("sqlite://app.sqlite", &Options::default()).await?;
//!     store.migrate().await?;
//!     let service = Arc::new(Service::new(Arc::new(store), Limits::default()));
//!     let okta = Mounted::new("okta".parse()?, Profile::okta(), "/scim/v2/okta", Arc::new(tokens));
//!     let app = Router::new().nest_service("/scim/v2/okta", ScimService::new(service, okta));
//!
//!     let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//!     Ok(axum::serve(listener, app).await?)
//! }
//! ```
//!
//! With `scim-server`, give the authenticator to `ScimBuilder::authenticator` or `ApplicationBuilder::authenticator`; the
//! program reads the same from `[connections.<name>.oauth]` of its configuration.
//!
//! # Accepting and refusing
//!
//! A program that is the issuer too: it makes a key pair, publishes the public key as a fixed [`KeySet`], and signs tokens
//! with the private key.
//!
//! ```
//! use base64::Engine as _;
//! use base64::engine::general_purpose::URL_SAFE_NO_PAD;
//! use http::HeaderMap;
//! use http::header::AUTHORIZATION;
//! use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
//! use ring::signature::{Ed25519KeyPair, KeyPair as _};
//! use scim_jwt::{JwtAuthenticator, KeySet, Trust};
//! use scim_service::authentication::{Attempt, Authenticator as _, Identity, Refusal};
//! use serde_json::json;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     // the key pair of the issuer
//!     let private = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new()).map_err(|_| "no random numbers")?;
//!     let pair = Ed25519KeyPair::from_pkcs8(private.as_ref()).map_err(|_| "not a key pair")?;
//!     let public = URL_SAFE_NO_PAD.encode(pair.public_key());
//!
//!     let keys = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": "1", "x": public }] });
//!     let keys = KeySet::fixed(keys.to_string().as_bytes())?;
//!     let trust = Trust::new("https://idp.example.com", "https://scim.example.com", keys)
//!         .with_required_claim("scope", ["scim"]);
//!     let okta = "okta".parse()?;
//!     let authenticator = JwtAuthenticator::new().with_trust("okta".parse()?, trust);
//!
//!     // what the issuer does
//!     let token = |scope: &str| {
//!         let mut header = Header::new(Algorithm::EdDSA);
//!         header.kid = Some("1".to_owned());
//!         let claims = json!({
//!             "iss": "https://idp.example.com", "aud": "https://scim.example.com", "scope": scope, "exp": 4_000_000_000_u64,
//!         });
//!         encode(&header, &claims, &EncodingKey::from_ed_der(private.as_ref()))
//!     };
//!     // what the identity provider sends
//!     let headers = |token: String| -> Result<HeaderMap, http::header::InvalidHeaderValue> {
//!         Ok(HeaderMap::from_iter([(AUTHORIZATION, format!("Bearer {token}").parse()?)]))
//!     };
//!     let accepted = headers(token("scim")?)?;
//!     assert_eq!(authenticator.authenticate(&Attempt::new(&okta, &accepted)).await?, Identity::provider());
//!     let insufficient = headers(token("mail")?)?;
//!     let refused = authenticator.authenticate(&Attempt::new(&okta, &insufficient)).await;
//!     assert!(matches!(refused, Err(Refusal::Insufficient { .. })));
//!     Ok(())
//! }
//! ```
//!
//! # What it does not do
//!
//! - It never requests a token and has no client credentials.
//! - It does not read the metadata of an issuer (`/.well-known/…`): give it the `jwks_uri`.
//! - It does not call an introspection endpoint, so it cannot check opaque tokens, nor notice that a token was revoked.
//! - It accepts no token that is signed with a shared secret (`HS256`, `HS384`, `HS512`) or not at all (`none`), and ignores
//!   keys in a token or at a URL in it.
//! - It does not map `sub` to a user.
//!
//! # Cryptography
//!
//! Tokens are parsed and verified by [`jsonwebtoken`], whose [`CryptoProvider`] is chosen once for a process. Unless the
//! application has installed another before the first [`Trust`] is created, it is [ring](https://docs.rs/ring), installed by
//! [`install_default_crypto`]; the application can sign and verify with it too. TLS to the issuer uses the default provider of
//! rustls in the process, or ring if there is none.
//!
//! Verifying tokens needs no random numbers. Fetching keys by TLS does: without any, the fetch fails like one that the network
//! prevents.
//!
//! # Crate features
//!
//! None.
//!
//! # Runtime and MSRV
//!
//! [`KeySet`] needs a tokio runtime with IO and timers enabled, and spawns a task on it for each fetch. The minimum supported
//! Rust version is 1.94.
//!
//! # Types of other crates
//!
//! The public API names no types of crates outside this workspace. Tests that sign tokens need `jsonwebtoken` 11. Import
//! [`ConnectionKey`](scim_service::connection::ConnectionKey) and
//! [`Refusal`](scim_service::authentication::Refusal) from `scim-service`.
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
pub use key_set::{KeySet, KeySetBuilder, KeySetError};
pub use ring_provider::install_default_crypto;
pub use trust::Trust;
