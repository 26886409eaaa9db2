//! Reading the body of a request, within bounds.

use std::error::Error as StdError;

use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use http_body::Body;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use scim_core::error::Error;
use scim_service::service::body_too_large;

/// Reads a body of at most `limit` bytes.
///
/// # Errors
///
/// 413 for a longer one, as soon as that is known; 415 for a compressed one; 400 for one that breaks off.
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
    // what is announced is known before anything is read
    if usize::try_from(body.size_hint().lower()).map_or(true, |announced| announced > limit) {
        return Err(body_too_large(limit));
    }
    match Limited::new(body, limit).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(cause) if cause.is::<LengthLimitError>() => Err(body_too_large(limit)),
        Err(_) => Err(Error::invalid_syntax("the body breaks off")),
    }
}
