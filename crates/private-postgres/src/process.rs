//! A server as a process of its own, beside a shell that waits for this process to end.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use crate::programs;

const SCRIPT: &str = include_str!("server.sh");

/// How often to look for another port, if somebody else took the free one meanwhile.
const ATTEMPTS: u32 = 3;

/// Why there is no server.
#[derive(Debug)]
pub(crate) struct Failed(String);

/// A running server, and the shell that watches over it.
#[derive(Debug)]
pub(crate) struct Process {
    port: u16,
    data: String,
    shell: Child,
    /// The shell stops the server when this is closed: by a drop, or by the end of this process.
    alive: Option<ChildStdin>,
    answers: Option<BufReader<ChildStdout>>,
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self(format!("PostgreSQL cannot be started: {error}"))
    }
}

impl Process {
    pub(crate) fn start() -> Result<Self, Failed> {
        let mut failed = Failed(String::new());
        for _ in 0..ATTEMPTS {
            match Self::attempt() {
                Ok(process) => return Ok(process),
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    fn attempt() -> Result<Self, Failed> {
        let folder = programs::folder().ok_or_else(|| Failed(programs::MISSING.to_owned()))?;
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let certified = rcgen::generate_simple_self_signed(names)
            .map_err(|error| Failed(format!("no certificate for PostgreSQL: {error}")))?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut shell = programs::shell()
            .args(["-c", SCRIPT, "private-postgres"])
            .arg(folder)
            .arg(port.to_string())
            .env("CERTIFICATE", certified.cert.pem())
            .env("KEY", certified.signing_key.serialize_pem())
            // an interrupt at the terminal is for the tests; the shell hears of their end
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut data = String::new();
        let mut answers = shell.stdout.take().map(BufReader::new);
        if let Some(answers) = &mut answers {
            answers.read_line(&mut data)?;
        }
        if data.is_empty() {
            let mut said = String::new();
            if let Some(mut stderr) = shell.stderr.take() {
                stderr.read_to_string(&mut said)?;
            }
            shell.wait()?;
            return Err(Failed(format!("PostgreSQL does not start; it said:\n{said}")));
        }
        Ok(Self {
            port,
            data: data.trim_end().to_owned(),
            alive: shell.stdin.take(),
            answers,
            shell,
        })
    }

    /// Has the shell `stop` or `start` the server, and waits until it has.
    pub(crate) fn tell(&mut self, command: &str) -> Result<(), Failed> {
        if let Some(shell) = &mut self.alive {
            writeln!(shell, "{command}")?;
        }
        let mut answer = String::new();
        if let Some(answers) = &mut self.answers {
            answers.read_line(&mut answer)?;
        }
        match answer.trim_end() == command {
            true => Ok(()),
            false => Err(Failed(format!("PostgreSQL does not {command}"))),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The folder of the data.
    pub(crate) fn data(&self) -> &str {
        &self.data
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.alive = None;
        // the shell has stopped the server and removed the folder when it ends
        drop(self.shell.wait());
    }
}
