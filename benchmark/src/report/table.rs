//! The tables, as cells of text.

use crate::goals::{self, Verdict};
use crate::load::workload::thousands;
use crate::results::{Key, Results, Sample, Spread};
use crate::server::{Subject, Target, floor_name};

/// A table.
pub(super) struct Table {
    /// What it shows.
    pub title: String,
    /// The heads of its columns.
    pub head: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// All tables.
pub(super) fn tables(results: &Results) -> Vec<Table> {
    let mut tables: Vec<Table> = [Subject::Sqlite, Subject::Postgres]
        .into_iter()
        .filter_map(|subject| requests(results, subject))
        .collect();
    tables.push(processes(results));
    if !results.syncs.is_empty() {
        tables.push(syncs(results));
    }
    tables.push(goals(&goals::verdicts(results)));
    tables
}

fn requests(results: &Results, subject: Subject) -> Option<Table> {
    let floors = results.floors_of(subject);
    let mut head: Vec<String> = [
        "workload",
        "conn.",
        "req/s",
        "p50 µs",
        "p95 µs",
        "p99 µs",
        "CPU ms/1,000",
    ]
    .map(str::to_owned)
    .into();
    for floor in &floors {
        let name = floor_name(*floor);
        head.extend([
            format!("floor {name} req/s"),
            "CPU ms/1,000".to_owned(),
            format!("ratio to {name}"),
        ]);
    }
    let rows: Vec<Vec<String>> = results
        .keys_of(subject)
        .map(|key| {
            let figure = |figure: fn(&Sample) -> f64| median(results.spread(key, figure));
            let mut row = vec![
                key.workload.title(key.part),
                key.connections.to_string(),
                spread(results.spread(key, |sample| sample.timing.rate)),
                figure(|sample| sample.timing.p50),
                figure(|sample| sample.timing.p95),
                figure(|sample| sample.timing.p99),
                figure(|sample| sample.cpu),
            ];
            for floor in &floors {
                row.extend(beside(results, key, key.of(Target::Floor(*floor))));
            }
            row
        })
        .collect();
    (!rows.is_empty()).then(|| Table {
        title: format!(
            "Requests, {} users, scim-server on {}",
            thousands(results.users),
            subject.title()
        ),
        head,
        rows,
    })
}

fn beside(results: &Results, key: Key, floor: Key) -> [String; 3] {
    let ratio = results.ratio(key, floor).map_or("–".to_owned(), |ratio| {
        format!("{:.2} ({:.2}–{:.2})", ratio.median, ratio.min, ratio.max)
    });
    [
        spread(results.spread(floor, |sample| sample.timing.rate)),
        median(results.spread(floor, |sample| sample.cpu)),
        ratio,
    ]
}

fn processes(results: &Results) -> Table {
    let rows = results.starts.iter().map(|(target, starts)| {
        let start = Spread::of(starts.iter().copied());
        let memory = results.memory.get(target).copied().unwrap_or_default();
        vec![target.title(), spread(start), format!("{memory:.0}")]
    });
    Table {
        title: format!("Processes, {} users", thousands(results.users)),
        head: ["server", "start ms", "memory at most, MiB"]
            .map(str::to_owned)
            .into(),
        rows: rows.collect(),
    }
}

fn syncs(results: &Results) -> Table {
    let rows = results.syncs.iter().map(|sync| {
        let users: f64 = f64::from(u32::try_from(sync.users).unwrap_or(u32::MAX));
        vec![
            sync.subject.title().to_owned(),
            thousands(sync.users),
            thousands(sync.groups),
            format!("{:.1}", sync.seconds),
            number(users / sync.seconds),
            format!("{:.0}", sync.memory),
        ]
    });
    Table {
        title: "Initial sync: users by POST, groups of 100 by PATCH".to_owned(),
        head: [
            "database",
            "users",
            "groups",
            "seconds",
            "users/s",
            "memory at most, MiB",
        ]
        .map(str::to_owned)
        .into(),
        rows: rows.collect(),
    }
}

fn goals(verdicts: &[Verdict]) -> Table {
    let rows = verdicts.iter().map(|verdict| {
        let is_met = if verdict.is_met { "yes" } else { "no" };
        vec![
            verdict.what.clone(),
            verdict.goal.clone(),
            verdict.reached.clone(),
            is_met.to_owned(),
        ]
    });
    Table {
        title: "Goals".to_owned(),
        head: ["what", "goal", "reached", "met"].map(str::to_owned).into(),
        rows: rows.collect(),
    }
}

fn spread(spread: Option<Spread>) -> String {
    spread.map_or("–".to_owned(), |spread| {
        format!(
            "{} ({}–{})",
            number(spread.median),
            number(spread.min),
            number(spread.max)
        )
    })
}

fn median(spread: Option<Spread>) -> String {
    spread.map_or("–".to_owned(), |spread| number(spread.median))
}

/// As many digits as mean something.
fn number(value: f64) -> String {
    if value < 10.0 {
        return format!("{value:.1}");
    }
    let whole = format!("{value:.0}");
    whole.parse().map(thousands).unwrap_or(whole)
}
