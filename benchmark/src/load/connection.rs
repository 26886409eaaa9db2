//! A kept-alive HTTP/1.1 connection that costs little: the client shares the processor with the server.

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The most headers of an answer.
const HEADERS: usize = 64;

/// A connection to a port of this machine.
#[derive(Debug)]
pub(crate) struct Connection {
    port: u16,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
    chunks: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: &'a [u8],
}

/// What the head of an answer says.
struct Head {
    status: u16,
    length: usize,
    body: Body,
    closes: bool,
}

enum Body {
    Sized(usize),
    Chunked,
}

impl Connection {
    /// Opens when the first request is sent.
    pub(crate) fn new(port: u16) -> Self {
        Self {
            port,
            stream: None,
            buffer: Vec::with_capacity(64 << 10),
            chunks: Vec::new(),
        }
    }

    /// Sends a request and waits for the whole answer. A connection that fails is opened anew the next time.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => open(self.port).await?,
        };
        stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            self.read(&mut stream).await?;
            if let Some(head) = parse_head(&self.buffer)? {
                break head;
            }
        };
        let body = match head.body {
            Body::Sized(size) => {
                let end = head.length + size;
                self.buffer.reserve(end.saturating_sub(self.buffer.len()));
                while self.buffer.len() < end {
                    self.read(&mut stream).await?;
                }
                self.buffer.get(head.length..end)
            }
            Body::Chunked => {
                self.chunks.clear();
                let mut at = head.length;
                while !take_chunk(&self.buffer, &mut at, &mut self.chunks)? {
                    self.read(&mut stream).await?;
                }
                Some(self.chunks.as_slice())
            }
        };
        if !head.closes {
            self.stream = Some(stream);
        }
        Ok(Answer {
            status: head.status,
            body: body.unwrap_or_default(),
        })
    }

    async fn read(&mut self, stream: &mut TcpStream) -> anyhow::Result<()> {
        self.buffer.reserve(16 << 10);
        match stream.read_buf(&mut self.buffer).await? {
            0 => bail!("the server closed the connection in the middle of an answer"),
            _ => Ok(()),
        }
    }
}

async fn open(port: u16) -> anyhow::Result<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port))
        .await
        .context("the server does not accept connections")?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn parse_head(bytes: &[u8]) -> anyhow::Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = response.parse(bytes)? else {
        return Ok(None);
    };
    let mut body = Body::Sized(0);
    let mut closes = false;
    for header in response.headers.iter() {
        if header.name.eq_ignore_ascii_case("content-length") {
            body = Body::Sized(std::str::from_utf8(header.value)?.parse()?);
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            body = Body::Chunked;
        } else if header.name.eq_ignore_ascii_case("connection") {
            closes = header.value.eq_ignore_ascii_case(b"close");
        }
    }
    let status = response.code.unwrap_or_default();
    Ok(Some(Head {
        status,
        length,
        body,
        closes,
    }))
}

/// Takes the chunks that are there in full, and says whether the last one was among them.
fn take_chunk(bytes: &[u8], at: &mut usize, body: &mut Vec<u8>) -> anyhow::Result<bool> {
    loop {
        let rest = bytes.get(*at..).unwrap_or_default();
        let (start, size) = match httparse::parse_chunk_size(rest) {
            Ok(httparse::Status::Complete((start, size))) => (start, usize::try_from(size)?),
            Ok(httparse::Status::Partial) => return Ok(false),
            Err(_) => bail!("the server sent a chunk that is none"),
        };
        if rest.len() < start + size + 2 {
            return Ok(false);
        }
        body.extend_from_slice(rest.get(start..start + size).unwrap_or_default());
        *at += start + size + 2;
        if size == 0 {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_put_together_as_they_come() {
        let (mut at, mut body) = (0, Vec::new());
        assert!(!take_chunk(b"5\r\nhello\r\n3\r\n wo", &mut at, &mut body).unwrap());
        assert!(take_chunk(b"5\r\nhello\r\n3\r\n wo\r\n0\r\n\r\n", &mut at, &mut body).unwrap());
        assert_eq!(body, b"hello wo");
    }

    #[test]
    fn a_head_says_how_long_the_body_is() {
        let head = parse_head(b"HTTP/1.1 201 Created\r\ncontent-length: 7\r\n\r\n{").unwrap();
        let head = head.unwrap();
        assert_eq!((head.status, head.length), (201, 43));
        assert!(matches!(head.body, Body::Sized(7)));
        assert!(parse_head(b"HTTP/1.1 201 Created\r\n").unwrap().is_none());
    }
}
