//! A process that is started here and ends here.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::load::connection::Connection;

/// How long a server may take to start, or to stop.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a server that starts is asked whether it is ready.
const INTERVAL: Duration = Duration::from_millis(1);

/// A process. What it prints goes to a file; it is killed if it is forgotten.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    pid: u32,
    begun: Instant,
}

impl Process {
    /// Starts it.
    pub(super) fn start(command: &mut Command, log: &Path) -> anyhow::Result<Self> {
        let output = File::create(log)?;
        let begun = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stderr(Stdio::from(output.try_clone()?))
            .stdout(Stdio::from(output))
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{:?} does not start", command.as_std().get_program()))?;
        let pid = child
            .id()
            .ok_or_else(|| anyhow!("the process has ended at once"))?;
        Ok(Self { child, pid, begun })
    }

    /// Its number.
    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits until a path answers 200, and says how long that took from the start on.
    pub(super) async fn ready(&mut self, port: u16, path: &str, log: &Path) -> anyhow::Result<Duration> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        while self.begun.elapsed() < PATIENCE {
            let answer = Connection::new(port)
                .exchange(request.as_bytes())
                .await
                .map(|answer| answer.status);
            if matches!(answer, Ok(200)) {
                return Ok(self.begun.elapsed());
            }
            if let Some(status) = self.child.try_wait()? {
                let said = std::fs::read_to_string(log).unwrap_or_default();
                bail!("the server ended with {status}: {said}");
            }
            sleep(INTERVAL).await;
        }
        bail!("the server was not ready after {} seconds", PATIENCE.as_secs());
    }

    /// Tells it to stop, and waits until it has.
    pub(super) async fn stop(mut self, signal: Signal) -> anyhow::Result<()> {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // a process that has ended already is no failure
            let _ = kill_process(pid, signal);
        }
        if timeout(PATIENCE, self.child.wait()).await.is_err() {
            self.child.kill().await?;
        }
        Ok(())
    }
}

/// A port of this machine that nobody listens on.
pub(super) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
