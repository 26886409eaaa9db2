//! The writer of an export file, with its checksum.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::counts::Counts;
use super::format::{End, Line};

/// A writer of lines.
pub(super) struct Sink<'a> {
    out: &'a mut (dyn Write + Send),
    line: Vec<u8>,
    seen: Sha256,
}

impl<'a> Sink<'a> {
    pub(super) fn new(out: &'a mut (dyn Write + Send)) -> Self {
        Self {
            out,
            line: Vec::new(),
            seen: Sha256::new(),
        }
    }

    pub(super) fn write(&mut self, line: &Line<Box<RawValue>>) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)?;
        self.line.push(b'\n');
        self.seen.update(&self.line);
        self.out.write_all(&self.line)
    }

    /// Writes the last line, and flushes.
    pub(super) fn end(mut self, counts: Counts) -> io::Result<()> {
        let sha256 = hex(self.seen.clone());
        self.write(&Line::End(End { counts, sha256 }))?;
        self.out.flush()
    }
}

/// Formats a checksum in hexadecimal.
pub(super) fn hex(seen: Sha256) -> String {
    seen.finalize().iter().fold(String::new(), |mut text, byte| {
        // writing to a string cannot fail
        let _ = write!(text, "{byte:02x}");
        text
    })
}
