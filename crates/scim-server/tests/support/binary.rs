//! The built binary, in a folder of its own.

use std::io::{BufRead, BufReader, Read as _};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A folder in which commands run, without any configuration of whoever runs the tests.
pub(crate) struct Folder {
    pub(crate) folder: TempDir,
    pub(crate) port: u16,
}

/// A server that runs as a process.
pub(crate) struct Running {
    child: Child,
    pub(crate) port: u16,
}

impl Folder {
    /// A new one, and a port that was free a moment ago.
    pub(crate) fn new() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            port: listener.local_addr().unwrap().port(),
        }
    }

    /// The command with these arguments.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scim-server"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("DATABASE_URL")
            // what the tests are told is nothing that the server knows
            .env_remove("SCIM_TEST_POSTGRES")
            .env_remove("SCIM_TEST_ON")
            .env("SCIM_LISTEN", format!("127.0.0.1:{}", self.port));
        command
    }

    /// What the command with these arguments does.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What it prints; it must succeed.
    #[track_caller]
    pub(crate) fn prints(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it complains about; it must fail.
    #[track_caller]
    pub(crate) fn complains(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// Starts the server and waits until it listens.
    pub(crate) fn serve(&self, environment: &[(&str, &str)]) -> Running {
        self.start(environment, Stdio::piped)
    }

    /// The same under load: what it logs is not read, so it goes nowhere.
    pub(crate) fn serve_silently(&self, environment: &[(&str, &str)]) -> Running {
        self.start(environment, Stdio::null)
    }

    /// The same, started by a shell that prepares the process first and ends in `exec`.
    pub(crate) fn serve_from(&self, shell: &str, environment: &[(&str, &str)]) -> Running {
        let mut command = Command::new("bash");
        command
            .args([
                "-c",
                &format!("{shell} {} serve", env!("CARGO_BIN_EXE_scim-server")),
            ])
            .current_dir(self.folder.path())
            .env_remove("DATABASE_URL")
            // what the tests are told is nothing that the server knows
            .env_remove("SCIM_TEST_POSTGRES")
            .env_remove("SCIM_TEST_ON")
            .env("SCIM_LISTEN", format!("127.0.0.1:{}", self.port));
        self.spawn(command, environment, Stdio::null)
    }

    fn start(&self, environment: &[(&str, &str)], output: fn() -> Stdio) -> Running {
        self.spawn(self.command(&["serve"]), environment, output)
    }

    fn spawn(&self, mut command: Command, environment: &[(&str, &str)], output: fn() -> Stdio) -> Running {
        command.envs(environment.iter().copied());
        let running = Running {
            child: command.stdout(output()).stderr(output()).spawn().unwrap(),
            port: self.port,
        };
        running.wait_until_it_listens();
        running
    }
}

impl Running {
    fn wait_until_it_listens(&self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(Instant::now() < deadline, "the server does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The lines on standard error up to one that contains a text.
    pub(crate) fn notice_until(&mut self, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for line in BufReader::new(self.child.stderr.as_mut().unwrap()).lines() {
            lines.push(line.unwrap());
            if lines.last().unwrap().contains(text) {
                break;
            }
        }
        lines
    }

    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) {
        let kill = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
    }

    /// Sends SIGKILL, and waits until the process is gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for the end: the exit code, standard output and what is left of standard error.
    pub(crate) fn wait(mut self) -> (Option<i32>, String, String) {
        let (mut out, mut err) = (String::new(), String::new());
        self.child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut out)
            .unwrap();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut err)
            .unwrap();
        let status = self.child.wait().unwrap();
        (status.code(), out, err)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
