//! The reader of an import file. It runs on its own thread, so that lines are parsed while the database writes.

use std::io::{BufRead, Read as _};

use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::error::{ArchiveError, Lines};
use super::format::{ConnectionLine, CredentialLine, End, Header, Line, MembersLine, VERSION, version_of};
use super::parse::{self, Object, Parser, Row};
use super::sink::hex;

/// The maximum number of lines in a batch.
const TOGETHER: usize = 500;
/// The maximum number of bytes in a line: more than the largest resource that the service accepts.
const LONGEST: u64 = 64 << 20;

/// Consecutive lines of one kind.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) lines: Lines,
    pub(super) content: Content,
}

/// The content of lines. The variants are in the order of the file.
#[derive(Debug)]
pub(super) enum Content {
    Header(Header),
    Connections(Vec<ConnectionLine>),
    Credentials(Vec<CredentialLine>),
    Users(Vec<Row>),
    Groups(Vec<Row>),
    Resources(Vec<Row>),
    Members(MembersLine),
    /// The last line. The checksum matches.
    End(End),
}

/// Starts the thread, which reads at most four batches ahead.
pub(super) fn read(
    input: impl BufRead + Send + 'static,
    parser: Parser,
) -> Result<Receiver<Result<Batch, ArchiveError>>, ArchiveError> {
    let (batches, received) = channel(4);
    let work = move || {
        let mut reader = Reader {
            input,
            parser,
            batches,
            seen: Sha256::new(),
            line: 0,
            open: None,
        };
        if let Err(Stop(Some(error))) = reader.run() {
            // the receiver may be gone
            drop(reader.batches.blocking_send(Err(error)));
        }
    };
    // not a thread of the runtime, which waits for its threads on shutdown: this one may wait for a terminal
    std::thread::Builder::new()
        .name("import-lines".to_owned())
        .spawn(work)?;
    Ok(received)
}

struct Reader<R> {
    input: R,
    parser: Parser,
    batches: Sender<Result<Batch, ArchiveError>>,
    seen: Sha256,
    line: u64,
    open: Option<Batch>,
}

/// The end of reading: with an error, or because the receiver is gone.
struct Stop(Option<ArchiveError>);

impl<E: Into<ArchiveError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self(Some(error.into()))
    }
}

impl<R: BufRead> Reader<R> {
    fn run(&mut self) -> Result<(), Stop> {
        let mut text = Vec::new();
        loop {
            text.clear();
            let read = self.input.by_ref().take(LONGEST).read_until(b'\n', &mut text)?;
            if read == 0 {
                return Err(ArchiveError::Truncated(self.line).into());
            }
            self.line += 1;
            if text.last() != Some(&b'\n') {
                return Err(match u64::try_from(read).is_ok_and(|read| read >= LONGEST) {
                    true => Lines::one(self.line).refuse("the line is too long").into(),
                    false => ArchiveError::Truncated(self.line.saturating_sub(1)).into(),
                });
            }
            let parsed = self.parse(&text)?;
            if let Line::End(end) = parsed {
                self.end(end)?;
                return Ok(());
            }
            self.seen.update(&text);
            let content = self.content(parsed);
            let content = content.map_err(|reason| Lines::one(self.line).refuse(reason))?;
            self.take(content)?;
        }
    }

    fn parse(&self, text: &[u8]) -> Result<Line<Object>, ArchiveError> {
        if self.line == 1 {
            match version_of(text) {
                Some(VERSION) => {}
                Some(other) => return Err(ArchiveError::Version(other)),
                None => return Err(ArchiveError::NotAnExport),
            }
        }
        let parsed: Result<Line<Object>, _> = serde_json::from_slice(text);
        let parsed = parsed.map_err(|error| Lines::one(self.line).refuse(error))?;
        if (self.line == 1) != matches!(parsed, Line::Header(_)) {
            return Err(Lines::one(self.line).refuse("a header is the first line and no other"));
        }
        Ok(parsed)
    }

    fn content(&self, line: Line<Object>) -> Result<Content, String> {
        Ok(match line {
            Line::Header(header) => Content::Header(header),
            Line::Connection(line) => {
                parse::connection(&line)?;
                Content::Connections(vec![line])
            }
            Line::Credential(line) if line.hash.is_empty() => {
                return Err("a credential has no `hash`".to_owned());
            }
            Line::Credential(line) => Content::Credentials(vec![line]),
            Line::User(line) => Content::Users(vec![self.parser.user(line)?]),
            Line::Group(line) => Content::Groups(vec![self.parser.group(line)?]),
            Line::Resource(line) => Content::Resources(vec![self.parser.other(line)?]),
            Line::Members(line) => {
                parse::members(&line)?;
                Content::Members(line)
            }
            Line::End(end) => Content::End(end),
        })
    }

    /// Adds a line to the open batch, or sends that batch and opens the next one.
    fn take(&mut self, content: Content) -> Result<(), Stop> {
        let line = self.line;
        let content = match &mut self.open {
            Some(open) => match open.content.join(content) {
                Ok(()) => {
                    open.lines.last = line;
                    return Ok(());
                }
                Err(next) => next,
            },
            None => content,
        };
        if let Some(open) = &self.open
            && content.rank() < open.content.rank()
        {
            let reason = "the line comes too late: connections, credentials, users, groups, other resources and \
                          members follow one another";
            return Err(Lines::one(line).refuse(reason).into());
        }
        let next = Batch {
            lines: Lines::one(line),
            content,
        };
        match self.open.replace(next) {
            Some(full) => self.send(full),
            None => Ok(()),
        }
    }

    /// Checks that the file is complete before the last line is sent, which makes the import commit.
    fn end(&mut self, end: End) -> Result<(), Stop> {
        let mut rest = Vec::new();
        self.input.by_ref().take(1).read_to_end(&mut rest)?;
        if !rest.is_empty() {
            return Err(Lines::one(self.line + 1)
                .refuse("the file goes on after its last line")
                .into());
        }
        if hex(self.seen.clone()) != end.sha256 {
            return Err(
                ArchiveError::Damaged("its checksum is not the one in its last line".to_owned()).into(),
            );
        }
        if let Some(open) = self.open.take() {
            self.send(open)?;
        }
        self.send(Batch {
            lines: Lines::one(self.line),
            content: Content::End(end),
        })
    }

    fn send(&self, batch: Batch) -> Result<(), Stop> {
        self.batches.blocking_send(Ok(batch)).map_err(|_| Stop(None))
    }
}

impl Content {
    /// Adds content of the same kind, or returns it.
    fn join(&mut self, next: Self) -> Result<(), Self> {
        match (self, next) {
            (Self::Connections(these), Self::Connections(those)) => these.extend(those),
            (Self::Credentials(these), Self::Credentials(those)) => these.extend(those),
            (Self::Users(these), Self::Users(those)) if these.len() < TOGETHER => these.extend(those),
            (Self::Groups(these), Self::Groups(those)) if these.len() < TOGETHER => these.extend(those),
            (Self::Resources(these), Self::Resources(those)) if these.len() < TOGETHER => these.extend(those),
            (_, next) => return Err(next),
        }
        Ok(())
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Header(_) => 0,
            Self::Connections(_) => 1,
            Self::Credentials(_) => 2,
            Self::Users(_) => 3,
            Self::Groups(_) => 4,
            Self::Resources(_) => 5,
            Self::Members(_) => 6,
            Self::End(_) => 7,
        }
    }
}
