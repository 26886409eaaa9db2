//! Drives a workload over a number of connections, and says how that went.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use hdrhistogram::Histogram;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::connection::Connection;
use super::directory::State;
use super::language::Language;
use super::plan::Plan;
use super::workload::{Part, Step, Workload};
use crate::server::process;

/// How long a connection waits after a request that failed.
const PAUSE: Duration = Duration::from_millis(20);
/// The longest time that is told apart, in nanoseconds.
const LONGEST: u64 = 60_000_000_000;

/// What to drive.
#[derive(Debug, Clone)]
pub(crate) struct Drive {
    /// Where the server listens.
    pub port: u16,
    /// Its process.
    pub pid: u32,
    /// What it speaks.
    pub language: Language,
    /// What it was loaded with.
    pub state: Arc<State>,
    /// What it is asked.
    pub workload: Workload,
    /// By how many at the same time.
    pub connections: usize,
    /// How long it is asked before anything counts.
    pub warm_up: Duration,
    /// How long it is measured.
    pub time: Duration,
}

/// What was measured.
#[derive(Debug)]
pub(crate) struct Measured {
    /// By row of the table.
    pub parts: BTreeMap<Part, Timing>,
    /// Milliseconds of processor time that the process of the server used for 1,000 requests.
    pub cpu: f64,
    /// Answers that were not what they must be.
    pub errors: u64,
    /// What was wrong with the first of them.
    pub example: Option<String>,
}

/// How long requests took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timing {
    /// Requests per second.
    pub rate: f64,
    /// Microseconds that half of them took at most.
    pub p50: f64,
    /// Microseconds that 95 of 100 took at most.
    pub p95: f64,
    /// Microseconds that 99 of 100 took at most.
    pub p99: f64,
}

/// What one connection saw.
#[derive(Default)]
struct Seen {
    times: BTreeMap<Part, Histogram<u64>>,
    errors: u64,
    example: Option<String>,
}

/// Drives a workload.
pub(crate) async fn drive(drive: &Drive) -> anyhow::Result<Measured> {
    let begin = Instant::now() + drive.warm_up;
    let end = begin + drive.time;
    let mut connections = JoinSet::new();
    for place in 0..drive.connections {
        connections.spawn(connection(drive.clone(), place, begin, end));
    }
    sleep_until(begin).await;
    let (before, started) = (process::cpu(drive.pid)?, Instant::now());
    sleep_until(end).await;
    let (after, ended) = (process::cpu(drive.pid)?, Instant::now());

    let mut all = Seen::default();
    while let Some(seen) = connections.join_next().await {
        let seen = seen.context("a connection of the benchmark ended early")??;
        all.errors += seen.errors;
        all.example = all.example.or(seen.example);
        for (part, times) in seen.times {
            match all.times.get_mut(&part) {
                Some(sum) => sum.add(times)?,
                None => drop(all.times.insert(part, times)),
            }
        }
    }
    let requests: u64 = all.times.values().map(Histogram::len).sum();
    let cpu = millis(after.saturating_sub(before)) * 1_000.0 / float(requests.max(1));
    let elapsed = ended.duration_since(started).as_secs_f64();
    let parts = all.times.into_iter().map(|(part, times)| {
        let rate = match part {
            Part::Whole => float(times.len()) / elapsed,
            // the time that the other requests took is not theirs
            _ => float(u64::try_from(drive.connections).unwrap_or(1)) / (times.mean() / 1e9),
        };
        (part, timing(&times, rate))
    });
    Ok(Measured {
        parts: parts.collect(),
        cpu,
        errors: all.errors,
        example: all.example,
    })
}

async fn connection(drive: Drive, place: usize, begin: Instant, end: Instant) -> anyhow::Result<Seen> {
    let mut client = Client {
        connection: Connection::new(drive.port),
        language: drive.language,
        state: Arc::clone(&drive.state),
        request: Vec::with_capacity(4 << 10),
    };
    let mut plan = Plan::new(drive.workload, drive.state, place, drive.connections);
    let mut seen = Seen::default();
    while Instant::now() < end {
        let step = plan.next();
        let asked = Instant::now();
        if let Err(error) = client.ask(step).await {
            seen.errors += 1;
            seen.example.get_or_insert_with(|| format!("{step:?}: {error:#}"));
            sleep(PAUSE).await;
            continue;
        }
        let answered = Instant::now();
        if answered > begin && answered <= end {
            let times = match seen.times.entry(step.part()) {
                std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::btree_map::Entry::Vacant(entry) => {
                    entry.insert(Histogram::new_with_bounds(1, LONGEST, 3)?)
                }
            };
            let nanos = u64::try_from(answered.duration_since(asked).as_nanos()).unwrap_or(LONGEST);
            times.saturating_record(nanos);
        }
    }
    if let Some(step) = plan.settle() {
        client.ask(step).await.context("the last request failed")?;
    }
    Ok(seen)
}

/// One connection that speaks the language of the server.
struct Client {
    connection: Connection,
    language: Language,
    state: Arc<State>,
    request: Vec<u8>,
}

impl Client {
    async fn ask(&mut self, step: Step) -> anyhow::Result<()> {
        let directory = &self.state.directory;
        self.request.clear();
        self.language.request(step, &self.state, &mut self.request);
        let answer = self.connection.exchange(&self.request).await?;
        anyhow::ensure!(
            self.language.accepts(step, directory, answer),
            "answered {} {}",
            answer.status,
            beginning(answer.body)
        );
        Ok(())
    }
}

/// As much of a body as a message has room for.
pub(super) fn beginning(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(300).collect()
}

fn timing(times: &Histogram<u64>, rate: f64) -> Timing {
    let at = |quantile| float(times.value_at_quantile(quantile)) / 1_000.0;
    Timing {
        rate,
        p50: at(0.5),
        p95: at(0.95),
        p99: at(0.99),
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of a measurement stay far below 2^52"
)]
fn float(number: u64) -> f64 {
    number as f64
}
