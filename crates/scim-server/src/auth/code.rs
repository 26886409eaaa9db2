//! Codes that the operator chooses.

use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::{ExposeSecret as _, SecretString};

use super::credential::SecretHash;

/// Base64 with optional padding.
pub(super) const LENIENT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A secret that the operator chooses for a connection, in one of the [forms](AuthCodeForm).
///
/// The program reads it from `SCIM_AUTH_CODE_<NAME>`. The code itself is not kept, but hashes of everything that is accepted
/// for it.
///
/// # Examples
///
/// ```
/// use scim_server::auth::{AuthCode, AuthCodeForm};
///
/// let code = AuthCode::parse(&"okta:correct horse".into()).unwrap();
/// assert_eq!(code.form(), AuthCodeForm::UserAndPassword);
/// let code = AuthCode::parse(&"b2t0YTpjb3JyZWN0IGhvcnNl".into()).unwrap();
/// assert_eq!(code.form(), AuthCodeForm::Base64);
/// assert!(AuthCode::parse(&"  ".into()).is_none());
/// ```
#[derive(Debug, Clone)]
pub struct AuthCode {
    form: AuthCodeForm,
    weak: bool,
    accepted: Vec<SecretHash>,
}

/// The form in which an [`AuthCode`] is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthCodeForm {
    /// `user:password`. Accepted as Basic with both, or as Bearer with the text or its base64.
    UserAndPassword,
    /// The base64 of `user:password`. Accepted as Basic with both, or as Bearer with the base64 as given or the text.
    Base64,
    /// A token without a colon. Accepted as Bearer, or as Basic with the token as the password and any user name.
    Token,
}

impl AuthCode {
    /// Parses a code. Surrounding white space is ignored. Returns `None` if the code is empty.
    #[must_use]
    pub fn parse(text: &SecretString) -> Option<Self> {
        let given = text.expose_secret().trim();
        let decoded = || {
            let bytes = LENIENT_BASE64.decode(given).ok()?;
            let text = SecretString::from(String::from_utf8(bytes).ok()?);
            text.expose_secret().contains(':').then_some(text)
        };
        if given.is_empty() {
            return None;
        }
        let hash = |text: &str| SecretHash::of(text.as_bytes());
        let code = if given.contains(':') {
            Self {
                form: AuthCodeForm::UserAndPassword,
                weak: is_weak(given),
                accepted: vec![hash(given), hash(&STANDARD.encode(given))],
            }
        } else if let Some(decoded) = decoded() {
            Self {
                form: AuthCodeForm::Base64,
                weak: is_weak(decoded.expose_secret()),
                accepted: vec![hash(decoded.expose_secret()), hash(given)],
            }
        } else {
            Self {
                form: AuthCodeForm::Token,
                weak: is_weak(given),
                accepted: vec![hash(given)],
            }
        };
        Some(code)
    }

    /// Returns the form of the code.
    #[must_use]
    pub fn form(&self) -> AuthCodeForm {
        self.form
    }

    /// Returns whether the password or token has fewer than 16 characters, so that it may be guessed.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.weak
    }

    /// The hashes of everything that is accepted for the code.
    pub(super) fn accepted(&self) -> &[SecretHash] {
        &self.accepted
    }
}

fn is_weak(code: &str) -> bool {
    let password = code.split_once(':').map_or(code, |(_, password)| password);
    password.chars().count() < 16
}

impl fmt::Display for AuthCodeForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UserAndPassword => "user and password",
            Self::Base64 => "base64 of user and password",
            Self::Token => "one token",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn random_base64_without_a_colon_inside_is_a_token() {
        let code = AuthCode::parse(&"q83vEjRWeJCrze8SNFZ4kA==".into()).unwrap();
        assert_eq!(code.form(), AuthCodeForm::Token);
    }

    #[test]
    fn nothing_of_a_code_is_printed_with_its_configuration() {
        let print = |code: &str| {
            let mut config = Config::default();
            let code = AuthCode::parse(&code.into()).unwrap();
            config.auth_codes.insert("okta".parse().unwrap(), vec![code]);
            format!("{config:?}")
        };
        assert_eq!(print("okta:a"), print("okta:b"));
    }

    #[test]
    fn padding_may_be_missing() {
        let code = AuthCode::parse(&"dXNlcjpwYXNzd29yZA".into()).unwrap();
        assert_eq!(code.form(), AuthCodeForm::Base64);
    }

    #[test]
    fn short_secrets_are_weak() {
        assert!(
            AuthCode::parse(&"a-long-user-name:short".into())
                .unwrap()
                .is_weak()
        );
        assert!(
            !AuthCode::parse(&"okta:0123456789abcdef".into())
                .unwrap()
                .is_weak()
        );
    }
}
