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
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let keys = KeySet::at("https://idp.example.com/oauth2/keys")?;
//! let trust = Trust::new("https://idp.example.com", "https://scim.example.com", keys)
//!     .requiring("scope", ["scim"]);
//! let authenticator = JwtAuthenticator::new().trusting("okta".parse()?, trust);
//! # Ok(())
//! # }
//! ```
//!
//! # Cryptography
//!
//! Tokens are read and judged by [`jsonwebtoken`], whose cryptography is chosen once for a process. Unless the application has
//! installed another [`CryptoProvider`](jsonwebtoken::crypto::CryptoProvider) before the first [`Trust`] is made, it is one made
//! of [ring](https://docs.rs/ring), which signs and verifies with all algorithms of that crate, for the application too:
//! [`install_default_crypto`].

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
