//! Authentication of connections: codes, secrets made at run time, and limits for guessing.
//!
//! # Ways to authenticate
//!
//! A connection accepts a request if one of these does:
//!
//! | way | type | given to |
//! |---|---|---|
//! | a fixed code, chosen by the operator | [`AuthCode`] | [`ScimBuilder::auth_code`](crate::ScimBuilder::auth_code) |
//! | a secret made at run time, in the tables of `scim-storage` | [`make_credential`], [`retire_credentials`] | [`ScimBuilder::credentials`](crate::ScimBuilder::credentials) |
//! | a secret made at run time, in your own tables | [`CredentialSource`], [`new_secret`], [`SecretHash`] | the same |
//! | anything else | [`Authenticator`](scim_service::authentication::Authenticator) | [`ScimBuilder::authenticator`](crate::ScimBuilder::authenticator) |
//!
//! Codes and secrets are sent in the `Authorization` header (RFC 9110 section 11.6.2): as the password of Basic (RFC 7617), or as
//! Bearer (RFC 6750). Basic may have any user name, unless the code is `user:password`. They are kept as SHA-256 hashes and
//! compared in constant time.
//!
//! # Guessing
//!
//! Each client address may fail 20 times in a row, and regains 10 attempts per minute;
//! [`ScimBuilder::failures_in_a_row`](crate::ScimBuilder::failures_in_a_row) and
//! [`ScimBuilder::failures_per_minute`](crate::ScimBuilder::failures_per_minute) change that. The first 3 failures are answered at
//! once, later ones after 50 to 500 ms; an address without attempts left gets 429, and its credential is not checked. An IPv6
//! /64 counts as one address.
//!
//! That holds for every way to authenticate, wherever the credential is in the request. Only
//! [`Refusal::Wrong`](scim_service::authentication::Refusal::Wrong) counts as a failure. No more credentials of an address are
//! checked at once than it has attempts left; further requests wait.
//!
//! From an address that has used a valid credential within the last hour, credentials are always checked, so that one client
//! behind a shared address cannot lock out the others.
//!
//! # Random numbers
//!
//! [`new_secret`] returns [`NoRandomness`] if the operating system has no random numbers, and [`make_credential`] an error that
//! holds it. Neither makes a secret that could be guessed. Checking credentials needs no random numbers.

mod attempts;
mod code;
mod connections;
mod credential;
mod guard;
mod presented;
mod registry;
mod renewed;
mod source;

pub use code::{AuthCode, AuthCodeForm};
pub use connections::{MadeCredential, make_credential, retire_credentials};
pub use credential::{InvalidSecretHash, NoRandomness, SecretHash, new_secret, secret_hint};
pub use source::{CredentialSource, CredentialSourceError, StoredConnection, StoredCredential};

pub(crate) use guard::{Guard, Refused};
pub(crate) use registry::{Entry, Registry, canonical_key, default_profile};
pub(crate) use renewed::Renewed;
