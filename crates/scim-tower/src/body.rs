//! Reads the body of a request up to a limit.

use std::error::Error as StdError;
use std::pin::pin;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, EXPECT};
use http_body::Body;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use scim_core::error::Error;
use scim_service::service::body_too_large;

/// Reads a body of at most `limit` bytes.
///
/// Of a longer body, as many bytes again are read and discarded: a client that writes the whole body before it reads the
/// response would otherwise see a broken connection instead of the 413. Beyond that, nothing is read. Nothing is discarded
/// either if the client waits for `100 Continue`.
///
/// # Errors
///
/// 413 for a longer body, 415 for a compressed one, 400 for one that breaks off.
pub(crate) async fn read<B>(headers: &HeaderMap, body: B, limit: usize) -> Result<Bytes, Error>
where
    B: Body,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    if let Some(encoding) = headers.get(CONTENT_ENCODING)
        && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        return Err(Error::plain(415, "send the body without a content encoding"));
    }
    let mut body = pin!(body);
    // the announced length is known before anything is read
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        if announced <= limit.saturating_mul(2) && !headers.contains_key(EXPECT) {
            throw_away(body, announced).await;
        }
        return Err(body_too_large(limit));
    }
    match Limited::new(body.as_mut(), limit).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(cause) if cause.is::<LengthLimitError>() => {
            throw_away(body, limit).await;
            Err(body_too_large(limit))
        }
        Err(_) => Err(Error::invalid_syntax("the body breaks off")),
    }
}

/// Reads and discards at most `bytes` bytes of a body.
async fn throw_away<B>(body: B, bytes: usize)
where
    B: Body,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let mut rest = pin!(Limited::new(body, bytes));
    while let Some(Ok(_)) = rest.frame().await {}
}
