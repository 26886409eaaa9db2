//! Operations with their numbers.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

/// How often, how fast and how badly each operation went.
#[derive(Debug, Default)]
pub struct Table {
    rows: BTreeMap<&'static str, Row>,
}

#[derive(Debug)]
struct Row {
    /// Times in microseconds; none when it cannot be made, which no bounds of ours cause.
    times: Option<Histogram<u64>>,
    count: u64,
    errors: u64,
    began: Instant,
    ended: Instant,
}

impl Table {
    /// One operation was answered.
    pub(super) fn add(&mut self, operation: &'static str, took: Duration, is_right: bool) {
        let now = Instant::now();
        let row = self.rows.entry(operation).or_insert_with(|| Row {
            times: Histogram::new_with_bounds(1, 3_600_000_000, 3).ok(),
            count: 0,
            errors: 0,
            began: now.checked_sub(took).unwrap_or(now),
            ended: now,
        });
        row.ended = now;
        row.count += 1;
        row.errors += u64::from(!is_right);
        if let Some(times) = &mut row.times {
            times.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1));
        }
    }

    /// How many operations there were.
    pub fn count(&self) -> u64 {
        self.rows.values().map(|row| row.count).sum()
    }

    /// Writes the table, for a run that took so long. The rate of a row is that between its first and its last request.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, took: Duration, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{:<16}{:>9}{:>8}{:>9}{:>10}{:>10}{:>10}{:>10}",
            "operation", "count", "errors", "per s", "p50 ms", "p95 ms", "p99 ms", "max ms"
        )?;
        let mut all: Option<Histogram<u64>> = None;
        let (mut count, mut errors) = (0, 0);
        for (name, row) in &self.rows {
            line(
                name,
                row.count,
                row.errors,
                row.ended - row.began,
                row.times.as_ref(),
                out,
            )?;
            count += row.count;
            errors += row.errors;
            match (&mut all, &row.times) {
                // histograms of the same bounds add up
                (Some(all), Some(times)) => drop(all.add(times)),
                (all, times) => all.clone_from(times),
            }
        }
        line("all", count, errors, took, all.as_ref(), out)
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers for people")]
fn line(
    name: &str,
    count: u64,
    errors: u64,
    took: Duration,
    times: Option<&Histogram<u64>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let per_second = count as f64 / took.as_secs_f64().max(0.001);
    let at = |quantile: f64| times.map_or(0.0, |times| times.value_at_quantile(quantile) as f64 / 1_000.0);
    let most = times.map_or(0.0, |times| times.max() as f64 / 1_000.0);
    writeln!(
        out,
        "{name:<16}{count:>9}{errors:>8}{per_second:>9.1}{:>10.1}{:>10.1}{:>10.1}{most:>10.1}",
        at(0.5),
        at(0.95),
        at(0.99),
    )
}
