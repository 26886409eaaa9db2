//! The machine that is measured on.

use serde::Serialize;

/// More than this is not the machine itself.
const BUSY: f64 = 0.5;

/// What figures depend on.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    /// The name of the processor.
    pub processor: String,
    /// How many threads it runs at once.
    pub threads: usize,
    /// GiB of memory.
    pub memory: u64,
    /// The version of the kernel.
    pub kernel: String,
    /// How many threads others kept busy in the minute before.
    pub load: f64,
}

impl Machine {
    /// A warning if others use it.
    pub(crate) fn warning(&self) -> Option<String> {
        (self.load > BUSY).then(|| {
            format!(
                "Others used the machine (load average {:.1} before the run): nothing here can be relied on but \
                 ratios whose spread is narrow.",
                self.load
            )
        })
    }

    /// This one.
    pub(crate) fn this() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let value = |text: &str, name: &str| {
            text.lines()
                .find(|line| line.starts_with(name))
                .and_then(|line| line.split_once(':'))
                .map_or("unknown".to_owned(), |(_, value)| value.trim().to_owned())
        };
        let kib = value(&read("/proc/meminfo"), "MemTotal");
        let kib: u64 = kib.trim_end_matches("kB").trim().parse().unwrap_or_default();
        let load = read("/proc/loadavg");
        let load = load.split_ascii_whitespace().next().unwrap_or_default();
        Self {
            processor: value(&read("/proc/cpuinfo"), "model name"),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            memory: kib.div_ceil(1 << 20),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            load: load.parse().unwrap_or_default(),
        }
    }
}
