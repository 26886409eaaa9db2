//! Cursors: positions in a list, sealed so that clients can neither read nor make them (RFC 9865).
//!
//! What a cursor is good for is not written in it but sealed with it: opened for another query, on another connection or
//! with another key, it is none. So nothing has to be compared, and nothing is kept between two pages.

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

/// Bytes of a nonce: so many that random ones never meet.
const NONCE: usize = 24;

/// What cursors are sealed with. Replicas of one server need the same one, and so does a server after a restart, for cursors
/// to stay good.
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

impl CursorKey {
    /// A key of its own: cursors end with the process.
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// The key that belongs to a secret, which has to be long and random.
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

/// On which side of a position a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    After,
    Before,
}

/// What a cursor says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mark {
    pub(crate) side: Side,
    /// Which of the resource types of the query the position is one of, counted from 0.
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
    /// The query and the connection that it comes by, as one text.
    pub(crate) query: String,
    pub(crate) lifetime: Duration,
    pub(crate) now: Timestamp,
}

impl Seal<'_> {
    /// What a cursor says.
    ///
    /// # Errors
    ///
    /// 400 `invalidCursor` if it was not sealed for this query, `expiredCursor` if that was too long ago.
    pub(crate) fn open(&self, cursor: &str) -> Result<Mark, Error> {
        let invalid = || {
            Error::invalid_cursor(
                "the cursor is none of this query; repeat the query as it was, or begin anew with an empty `cursor`",
            )
        };
        let (issued, mark) = self.unseal(cursor).ok_or_else(invalid)?;
        let age = self.now.as_millis().saturating_sub(issued);
        match u128::try_from(age).unwrap_or(0) > self.lifetime.as_millis() {
            true => Err(Error::expired_cursor(format!(
                "the cursor is older than {} seconds; begin anew with an empty `cursor`",
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

    /// The cursor that says so; nothing where there is nothing to seal.
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

    /// The cursors of the pages beside a page that was reached by that mark, and has these at its ends.
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

    /// The way back from a page that was emptied meanwhile: all there is of the list is on the side that its mark came from, with
    /// the resource at the mark itself, if it is still there.
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
/// The key of a resource is text; the ends of those with one value are numbers.
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
