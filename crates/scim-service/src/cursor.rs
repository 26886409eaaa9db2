//! The key of pagination cursors (RFC 9865): [`CursorKey`].
//!
//! A cursor is a position in a list, encrypted and authenticated (XChaCha20-Poly1305) together with the query and the
//! connection. Clients can neither read nor forge it, and it is invalid for another query, on another connection, or under
//! another key (400 `invalidCursor`). The server keeps no state between two pages.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use scim_core::error::Error;
use scim_core::list;
use scim_core::position::{Position, PositionKey, SortValue};
use scim_core::time::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::store::More;

/// Bytes of a nonce: enough for random nonces not to repeat.
const NONCE: usize = 24;

/// The key that seals pagination cursors, 256 bits.
///
/// Cursors stay valid across restarts and between replicas if they use the same key; see
/// [`Service::with_cursor_key`](crate::service::Service::with_cursor_key). Its `Debug` output does not contain the key.
///
/// ```
/// use scim_service::cursor::CursorKey;
///
/// let key = CursorKey::derived_from("a long random secret, the same for all replicas");
/// assert_eq!(format!("{key:?}"), "CursorKey(***)");
/// ```
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

impl CursorKey {
    /// Generates a random key. Cursors become invalid when the process ends, and other replicas reject them.
    ///
    /// # Panics
    ///
    /// If the operating system provides no random numbers.
    #[must_use]
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// Returns the key with these bytes, which must be random: the output of a key store or a key derivation function.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Derives the key from a secret text by SHA-256. The secret must be long and random: a password can be guessed.
    #[must_use]
    pub fn derived_from(secret: &str) -> Self {
        let digest = Sha256::new()
            .chain_update(b"scim cursor key\0")
            .chain_update(secret)
            .finalize();
        Self(digest.into())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey(***)")
    }
}

/// The side of a position on which a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    After,
    Before,
}

/// The content of a cursor.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mark {
    pub(crate) side: Side,
    /// The index of the resource type, among those of the query.
    pub(crate) part: usize,
    pub(crate) position: Position,
}

/// The first or last resource of a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct End {
    pub(crate) part: usize,
    pub(crate) position: Position,
}

/// Seals and opens the cursors of one query.
pub(crate) struct Seal<'a> {
    pub(crate) key: &'a CursorKey,
    /// The query and the connection, as one text.
    pub(crate) query: String,
    pub(crate) lifetime: Duration,
    pub(crate) now: Timestamp,
}

impl Seal<'_> {
    /// Opens a cursor.
    ///
    /// # Errors
    ///
    /// 400 `invalidCursor` if it was not sealed for this query, `expiredCursor` if it is too old.
    pub(crate) fn open(&self, cursor: &str) -> Result<Mark, Error> {
        let invalid = || {
            Error::invalid_cursor(
                "the cursor does not belong to this query; repeat the query unchanged, or start again with an empty `cursor`",
            )
        };
        let (issued, mark) = self.unseal(cursor).ok_or_else(invalid)?;
        let age = self.now.as_millis().saturating_sub(issued);
        match u128::try_from(age).unwrap_or(0) > self.lifetime.as_millis() {
            true => Err(Error::expired_cursor(format!(
                "the cursor is older than {} seconds; start again with an empty `cursor`",
                self.lifetime.as_secs()
            ))),
            false => Ok(mark),
        }
    }

    fn unseal(&self, cursor: &str) -> Option<(i64, Mark)> {
        let sealed = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload {
            msg: sealed,
            aad: self.query.as_bytes(),
        };
        let nonce = XNonce::from(*nonce);
        let opened = self.key.cipher().decrypt(&nonce, payload).ok()?;
        read(&opened)
    }

    /// Seals a mark as a cursor.
    fn seal(&self, mark: &Mark) -> Option<String> {
        let nonce: [u8; NONCE] = rand::random();
        let said = write(self.now.as_millis(), mark);
        let payload = Payload {
            msg: said.as_bytes(),
            aad: self.query.as_bytes(),
        };
        let sealed = self.key.cipher().encrypt(&XNonce::from(nonce), payload).ok()?;
        Some(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// The cursors of the next and previous page, for a page that was reached by `from` and has these ends.
    pub(crate) fn beside(
        &self,
        from: Option<&Mark>,
        (first, last): (Option<End>, Option<End>),
        more: More,
        total: u64,
    ) -> list::Cursors {
        if let (Some(mark), None) = (from, &first) {
            return self.back(mark, total);
        }
        let (has_next, has_previous) = match from.map(|mark| mark.side) {
            None => (more == More::Yes, false),
            Some(Side::After) => (more == More::Yes, true),
            Some(Side::Before) => (true, more == More::Yes),
        };
        let cursor = |side, end: Option<End>| {
            let End { part, position } = end?;
            self.seal(&Mark { side, part, position })
        };
        list::Cursors {
            next: cursor(Side::After, last.filter(|_| has_next)),
            previous: cursor(Side::Before, first.filter(|_| has_previous)),
        }
    }

    /// The cursor back from a page that has become empty: the whole list is on the other side of the mark, including the resource
    /// at the mark itself, if it still exists.
    fn back(&self, mark: &Mark, total: u64) -> list::Cursors {
        let sealed = |side, key| {
            let position = Position {
                value: mark.position.value.clone(),
                key,
            };
            let part = mark.part;
            self.seal(&Mark { side, part, position })
        };
        match mark.side {
            _ if total == 0 => list::Cursors::default(),
            Side::After => list::Cursors {
                next: None,
                previous: sealed(Side::Before, PositionKey::Last),
            },
            Side::Before => list::Cursors {
                next: sealed(Side::After, PositionKey::First),
                previous: None,
            },
        }
    }
}

/// `[issued, side, part, key, value]`
///
/// The key of a resource is text; the two ends of a run of equal values are numbers.
fn write(issued: i64, mark: &Mark) -> String {
    let side = match mark.side {
        Side::After => "after",
        Side::Before => "before",
    };
    let key: Value = match &mark.position.key {
        PositionKey::First => (-1).into(),
        PositionKey::At(key) => key.as_str().into(),
        PositionKey::Last => 1.into(),
    };
    let value = match &mark.position.value {
        None => Value::Null,
        Some(SortValue::Text(text)) => text.as_str().into(),
        Some(SortValue::Number(number)) => (*number).into(),
        Some(SortValue::Boolean(value)) => (*value).into(),
    };
    json!([issued, side, mark.part, key, value]).to_string()
}

fn read(text: &[u8]) -> Option<(i64, Mark)> {
    let said: [Value; 5] = serde_json::from_slice(text).ok()?;
    let [issued, side, part, key, value] = said;
    let mark = Mark {
        side: match side.as_str()? {
            "after" => Side::After,
            "before" => Side::Before,
            _ => return None,
        },
        part: part.as_u64()?.try_into().ok()?,
        position: Position {
            key: match key {
                Value::String(key) => PositionKey::At(key),
                key => match key.as_i64()? {
                    -1 => PositionKey::First,
                    1 => PositionKey::Last,
                    _ => return None,
                },
            },
            value: match value {
                Value::String(text) => Some(SortValue::Text(text)),
                Value::Number(number) => Some(SortValue::Number(number.as_f64()?)),
                Value::Bool(value) => Some(SortValue::Boolean(value)),
                _ => None,
            },
        },
    };
    Some((issued.as_i64()?, mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal<'a>(key: &'a CursorKey, query: &str, now: i64) -> Seal<'a> {
        Seal {
            key,
            query: query.to_owned(),
            lifetime: Duration::from_secs(60),
            now: Timestamp::from_millis(now),
        }
    }

    fn mark(value: Option<SortValue>) -> Mark {
        Mark {
            side: Side::Before,
            part: 1,
            position: Position {
                value,
                key: PositionKey::At("17".to_owned()),
            },
        }
    }

    #[test]
    fn what_was_sealed_is_opened() {
        let key = CursorKey::derived_from("secret");
        let seal = seal(&key, "q", 1_000);
        for value in [
            None,
            Some(SortValue::Text("a\u{1f600}".to_owned())),
            Some(SortValue::Number(0.1)),
            Some(SortValue::Boolean(false)),
        ] {
            for key in [
                PositionKey::First,
                PositionKey::At("17".to_owned()),
                PositionKey::Last,
            ] {
                let mut mark = mark(value.clone());
                mark.position.key = key;
                assert_eq!(seal.open(&seal.seal(&mark).unwrap()).unwrap(), mark);
            }
        }
    }

    #[test]
    fn a_key_from_bytes_is_that_key() {
        let seal_of = |key| seal(key, "q", 1_000);
        let (one, same) = (CursorKey::from_bytes([7; 32]), CursorKey::from_bytes([7; 32]));
        let cursor = seal_of(&one).seal(&mark(None)).unwrap();
        assert!(seal_of(&same).open(&cursor).is_ok());
        assert!(seal_of(&CursorKey::from_bytes([8; 32])).open(&cursor).is_err());
    }

    #[test]
    fn for_anything_else_it_is_none() {
        let key = CursorKey::derived_from("secret");
        let cursor = seal(&key, "q", 1_000).seal(&mark(None)).unwrap();
        let reason =
            |seal: &Seal<'_>, cursor: &str| seal.open(cursor).unwrap_err().scim_type().unwrap().as_str();
        assert_eq!(reason(&seal(&key, "other", 1_000), &cursor), "invalidCursor");
        assert_eq!(
            reason(&seal(&CursorKey::random(), "q", 1_000), &cursor),
            "invalidCursor"
        );
        assert_eq!(reason(&seal(&key, "q", 1_000), "x"), "invalidCursor");
        assert_eq!(
            reason(&seal(&key, "q", 1_000), &cursor.to_uppercase()),
            "invalidCursor"
        );
        assert_eq!(reason(&seal(&key, "q", 61_001), &cursor), "expiredCursor");
        assert!(seal(&key, "q", 61_000).open(&cursor).is_ok());
        // the clock of another replica may be behind
        assert!(seal(&key, "q", 0).open(&cursor).is_ok());
    }
}
