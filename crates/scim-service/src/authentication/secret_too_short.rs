//! The minimum length of fixed secrets.

/// The minimum length of a token or password in bytes.
pub(super) const LEAST_BYTES: usize = 16;

/// The token or password has fewer than 16 bytes, so it could be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {kind} must have at least {LEAST_BYTES} bytes")]
pub struct SecretTooShort {
    /// `token` or `password`.
    pub(super) kind: &'static str,
}

impl SecretTooShort {
    /// Checks the length of a secret.
    pub(super) fn check(kind: &'static str, secret: &str) -> Result<(), Self> {
        match secret.len() < LEAST_BYTES {
            true => Err(Self { kind }),
            false => Ok(()),
        }
    }
}
