//! What the kernel knows of a process: its processor time and its memory.

use std::time::Duration;

use anyhow::anyhow;

/// A clock tick: Linux counts 100 a second for those who ask.
const TICK: Duration = Duration::from_millis(10);

/// The processor time that a process has used, by itself and in the kernel.
pub(crate) fn cpu(pid: u32) -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    ticks(&stat)
        .map(|ticks| TICK.saturating_mul(ticks))
        .ok_or_else(|| anyhow!("/proc/{pid}/stat is not understood"))
}

/// `utime` and `stime`, fields 14 and 15; the name in field 2 may hold anything and ends with the last bracket.
fn ticks(stat: &str) -> Option<u32> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_ascii_whitespace().skip(11);
    let user: u32 = times.next()?.parse().ok()?;
    let system: u32 = times.next()?.parse().ok()?;
    Some(user + system)
}

/// MiB of memory that a process had at most.
pub(crate) fn peak_memory(pid: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kib: Option<u32> = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok());
    kib.map(|kib| f64::from(kib) / 1024.0)
        .ok_or_else(|| anyhow!("/proc/{pid}/status is not understood"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 500 0 0 0 12 30 0 0 20 0 9 0 100 1000 100";
        assert_eq!(ticks(stat), Some(42));
    }
}
