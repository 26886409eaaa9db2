//! Everything that was measured, for programs.

use serde::Serialize;

use crate::floor::FloorKind;
use crate::goals::{Verdict, verdicts};
use crate::machine::Machine;
use crate::results::{Key, Results, Sample, Spread, Sync};
use crate::server::{Subject, Target};

#[derive(Serialize)]
struct Report<'a> {
    users: usize,
    machine: &'a Machine,
    requests: Vec<Row>,
    processes: Vec<Process>,
    syncs: &'a [Sync],
    goals: Vec<Verdict>,
    errors: u64,
}

#[derive(Serialize)]
struct Row {
    workload: String,
    connections: usize,
    subject: Subject,
    #[serde(flatten)]
    figures: Figures,
    floors: Vec<Beside>,
}

#[derive(Serialize)]
struct Beside {
    floor: FloorKind,
    #[serde(flatten)]
    figures: Figures,
    ratio: Option<Spread>,
}

#[derive(Serialize)]
struct Figures {
    requests_per_second: Option<Spread>,
    p50_micros: Option<Spread>,
    p95_micros: Option<Spread>,
    p99_micros: Option<Spread>,
    cpu_millis_per_1000: Option<Spread>,
}

#[derive(Serialize)]
struct Process {
    server: String,
    start_millis: Option<Spread>,
    memory_mib: Option<f64>,
}

/// As JSON, indented.
pub(super) fn json(results: &Results) -> serde_json::Result<String> {
    let requests = [Subject::Sqlite, Subject::Postgres]
        .into_iter()
        .flat_map(|subject| {
            results
                .keys_of(subject)
                .map(move |key| row(results, subject, key))
        });
    let processes = results.starts.iter().map(|(target, starts)| Process {
        server: target.title(),
        start_millis: Spread::of(starts.iter().copied()),
        memory_mib: results.memory.get(target).copied(),
    });
    serde_json::to_string_pretty(&Report {
        users: results.users,
        machine: &results.machine,
        requests: requests.collect(),
        processes: processes.collect(),
        syncs: &results.syncs,
        goals: verdicts(results),
        errors: results.errors,
    })
}

fn row(results: &Results, subject: Subject, key: Key) -> Row {
    let floors = results.floors_of(subject).into_iter().map(|floor| {
        let other = key.of(Target::Floor(floor));
        Beside {
            floor,
            figures: figures(results, other),
            ratio: results.ratio(key, other),
        }
    });
    Row {
        workload: key.workload.title(key.part),
        connections: key.connections,
        subject,
        figures: figures(results, key),
        floors: floors.collect(),
    }
}

fn figures(results: &Results, key: Key) -> Figures {
    let spread = |figure: fn(&Sample) -> f64| results.spread(key, figure);
    Figures {
        requests_per_second: spread(|sample| sample.timing.rate),
        p50_micros: spread(|sample| sample.timing.p50),
        p95_micros: spread(|sample| sample.timing.p95),
        p99_micros: spread(|sample| sample.timing.p99),
        cpu_millis_per_1000: spread(|sample| sample.cpu),
    }
}
