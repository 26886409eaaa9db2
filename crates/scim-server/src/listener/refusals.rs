//! Adds SCIM Errors to the empty responses of the HTTP layer.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf as _, Bytes};
use scim_core::error::Error;
use scim_service::SCIM_JSON;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::runtime::Handle;

use crate::request_line;

/// The time and the bytes for which a refused connection is still read, so that the client gets the refusal before the
/// connection is closed.
const LINGERING: Duration = Duration::from_secs(1);
const LINGERING_BYTES: u64 = 4 << 20;

/// A connection that can still be read after the HTTP layer has dropped it.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> Stream for T {}

/// A connection that replaces the empty refusals of the HTTP layer by SCIM Errors.
///
/// The HTTP layer refuses malformed requests with a head and no body, and drops the connection. It writes such a response at
/// once, so the beginning of the written bytes identifies it; no error of the application looks like it, because those have a
/// body. A refusal is not replaced if it is written together with responses to pipelined requests before it.
pub(crate) struct Refusals<T: Stream> {
    /// Taken on drop.
    io: Option<T>,
    /// Bytes to write before anything else.
    pending: Bytes,
    has_refused: bool,
}

impl<T: Stream> Refusals<T> {
    /// Wraps a connection.
    pub(crate) fn on(io: T) -> Self {
        Self {
            io: Some(io),
            pending: Bytes::new(),
            has_refused: false,
        }
    }

    fn io(&mut self) -> io::Result<Pin<&mut T>> {
        match &mut self.io {
            Some(io) => Ok(Pin::new(io)),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    fn poll_pending(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.pending.has_remaining() {
            let pending = self.pending.clone();
            let written = ready!(self.io()?.poll_write(context, &pending))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.pending.advance(written);
        }
        Poll::Ready(Ok(()))
    }
}

/// The client may still be sending when it is refused. Closing at once would make its system discard the refusal.
impl<T: Stream> Drop for Refusals<T> {
    fn drop(&mut self) {
        let (true, Some(io), Ok(runtime)) = (self.has_refused, self.io.take(), Handle::try_current()) else {
            return;
        };
        let pending = std::mem::take(&mut self.pending);
        runtime.spawn(tokio::time::timeout(LINGERING, linger(io, pending)));
    }
}

async fn linger<T: Stream>(mut io: T, pending: Bytes) -> io::Result<u64> {
    io.write_all(&pending).await?;
    io.shutdown().await?;
    tokio::io::copy(&mut io.take(LINGERING_BYTES), &mut tokio::io::sink()).await
}

impl<T: Stream> AsyncWrite for Refusals<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_pending(context))?;
        match refusal(bytes) {
            Some(error) => {
                self.pending = spoken(&error);
                self.has_refused = true;
                // the rest is written on flush, shutdown or drop
                let _: Poll<io::Result<()>> = self.poll_pending(context);
                Poll::Ready(Ok(bytes.len()))
            }
            None => self.io()?.poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_pending(context))?;
        self.io()?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_pending(context))?;
        self.io()?.poll_shutdown(context)
    }
}

impl<T: Stream> AsyncRead for Refusals<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.io()?.poll_read(context, buffer)
    }
}

/// The error of an empty refusal, if the bytes are one: one head, no body, no type.
fn refusal(bytes: &[u8]) -> Option<Error> {
    let status = bytes
        .strip_prefix(b"HTTP/1.1 ")
        .or_else(|| bytes.strip_prefix(b"HTTP/1.0 "))?;
    let error = match status.get(..4)? {
        b"400 " => Error::plain(
            400,
            "the request line or a header is malformed, or the URL is too long",
        ),
        b"408 " => Error::plain(408, "the request did not arrive in time"),
        b"431 " => Error::plain(431, "the URL or the headers are too long"),
        _ => return None,
    };
    let head = std::str::from_utf8(bytes).ok()?.strip_suffix("\r\n\r\n")?;
    let is_bare = head
        .lines()
        .any(|line| line.eq_ignore_ascii_case("content-length: 0"))
        && !head.contains("\r\n\r\n")
        && !head.to_ascii_lowercase().contains("content-type");
    is_bare.then_some(error)
}

/// The whole response that carries the error and closes the connection.
fn spoken(error: &Error) -> Bytes {
    let status = error.status();
    let reason = actix_web::http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default();
    let id = request_line::write_refusal(status);
    let body = error.to_json().to_string();
    let length = body.len();
    Bytes::from(format!(
        "HTTP/1.1 {status} {reason}\r\ncontent-type: {SCIM_JSON}\r\ncontent-length: {length}\r\n\
         connection: close\r\nx-request-id: {id}\r\n\r\n{body}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn through(bytes: &[u8]) -> String {
        let (near, mut far) = tokio::io::duplex(64);
        let mut near = Refusals::on(near);
        let bytes = bytes.to_vec();
        tokio::spawn(async move {
            near.write_all(&bytes).await.unwrap();
            near.shutdown().await.unwrap();
        });
        let mut text = String::new();
        far.read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test]
    async fn a_bare_refusal_gets_a_body() {
        let bare =
            b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let text = through(bare).await;
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 431 "));
        assert!(head.contains(&format!("content-length: {}", body.len())));
        let error: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(error["status"], "431");
    }

    #[tokio::test]
    async fn answers_of_the_application_pass() {
        for answer in [
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\ncontent-type: application/scim+json\r\n\r\n{}",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\ncontent-type: text/plain\r\n\r\n",
        ] {
            assert_eq!(through(answer.as_bytes()).await, answer);
        }
    }
}
