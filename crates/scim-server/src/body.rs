//! Reads the body of a request up to a limit.

use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING, UPGRADE};
use actix_web::web;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use scim_core::error::Error;
use scim_service::service::body_too_large;

/// The time limit for a body.
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads a body of at most `limit` bytes.
///
/// # Errors
///
/// 413 for a longer body, as soon as that is known; 415 for a compressed one; 408 for one that does not arrive in time; 400
/// for one that breaks off.
pub(crate) async fn read(
    method: &Method,
    headers: &HeaderMap,
    body: web::Payload,
    limit: usize,
) -> Result<Bytes, Error> {
    if let Some(encoding) = headers.get(CONTENT_ENCODING)
        && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        return Err(Error::plain(415, "send the body without a content encoding"));
    }
    if !has_body(method, headers) {
        return Ok(Bytes::new());
    }
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    let announced = announced.and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(body_too_large(limit));
    }
    match tokio::time::timeout(PATIENCE, collect(body, limit)).await {
        Ok(result) => result,
        Err(_) => Err(Error::plain(408, "the body did not arrive in time")),
    }
}

/// Whether there is a body to wait for (RFC 9112 section 6.3). The bytes after a request to upgrade, which this server ignores,
/// or after `CONNECT` are not a body.
fn has_body(method: &Method, headers: &HeaderMap) -> bool {
    let is_framed = headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING);
    *method != Method::CONNECT && (is_framed || !headers.contains_key(UPGRADE))
}

async fn collect(mut body: web::Payload, limit: usize) -> Result<Bytes, Error> {
    let mut body = Bounded {
        body: &mut body,
        limit,
        taken: 0,
    };
    let Some(first) = body.next().await? else {
        return Ok(Bytes::new());
    };
    // most bodies arrive in one chunk, which is not copied
    let Some(second) = body.next().await? else {
        return Ok(first);
    };
    let mut whole = BytesMut::from(first);
    whole.extend_from_slice(&second);
    while let Some(chunk) = body.next().await? {
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

/// The chunks of a body, up to a limit.
struct Bounded<'a> {
    body: &'a mut web::Payload,
    limit: usize,
    taken: usize,
}

impl Bounded<'_> {
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(chunk) = self.body.next().await else {
            return Ok(None);
        };
        let chunk = chunk.map_err(|_| Error::invalid_syntax("the body breaks off"))?;
        self.taken += chunk.len();
        match self.taken > self.limit {
            true => Err(body_too_large(self.limit)),
            false => Ok(Some(chunk)),
        }
    }
}
