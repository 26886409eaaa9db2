//! A file that appears when it is whole, and that only its owner reads.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Where a command writes.
pub(crate) enum Output {
    /// Standard output, or what is there and is not a file, such as a pipe.
    Stream(Box<dyn Write + Send>),
    /// A file under a name of its own in the same folder, until it is whole. It goes if it is not kept.
    File(BufWriter<NamedTempFile>, PathBuf),
}

/// How many bytes are written together.
const TOGETHER: usize = 1 << 18;

impl Output {
    /// `-` is standard output.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if path.as_os_str() == "-" {
            let stdout = BufWriter::with_capacity(TOGETHER, io::stdout());
            return Ok(Self::Stream(Box::new(stdout)));
        }
        if path.metadata().is_ok_and(|found| !found.is_file()) {
            let found = OpenOptions::new().write(true).open(path)?;
            return Ok(Self::Stream(Box::new(BufWriter::with_capacity(TOGETHER, found))));
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // readable for its owner alone, on Unix
        let file = tempfile::Builder::new()
            .prefix(".scim-export-")
            .tempfile_in(folder)?;
        Ok(Self::File(
            BufWriter::with_capacity(TOGETHER, file),
            path.to_owned(),
        ))
    }

    /// What to write to.
    pub(crate) fn writer(&mut self) -> &mut (dyn Write + Send) {
        match self {
            Self::Stream(stream) => stream,
            Self::File(file, _) => file,
        }
    }

    /// Makes what was written last, under its name.
    pub(crate) fn keep(self) -> io::Result<()> {
        match self {
            Self::Stream(mut stream) => stream.flush(),
            Self::File(file, path) => {
                let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
                file.as_file().sync_all()?;
                file.persist(path)?;
                Ok(())
            }
        }
    }
}
