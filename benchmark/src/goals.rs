//! What is to be reached, and whether it is.
//!
//! Where a goal is a multiple of what other servers do, it stands here as the figure that this makes on the machine where
//! they were measured beside the floors, or as the ratio to `floor raw` there, which moves with the machine as they do.

use serde::Serialize;

use crate::floor::FloorKind;
use crate::load::workload::{BULK, FAR_PAGE, Part, Workload, thousands};
use crate::results::{Key, Results, Spread};
use crate::server::{Subject, Target, floor_name};

/// A goal.
struct Goal {
    subject: Subject,
    measure: Measure,
}

enum Measure {
    /// The rate of a workload beside a floor, on at least so many connections.
    Ratio(Workload, FloorKind, usize, f64),
    /// The ratio to a floor of adding and removing a member, in a group of so many.
    Members(usize, FloorKind, f64),
    /// Requests per second.
    Rate(Workload, f64),
    /// Users that a bulk creates in the time that one is created in, on eight connections.
    Bulk(f64),
    /// How much more a far page costs than the first, by cursor, at most.
    Far(f64),
    /// How much more a change of one member costs in the largest group than in one of 100, at most.
    Cost(f64),
    /// MiB of memory in an initial sync, at most.
    Memory(f64),
    /// Milliseconds to start, at most.
    Start(f64),
}

/// On SQLite.
const fn sqlite(measure: Measure) -> Goal {
    let subject = Subject::Sqlite;
    Goal { subject, measure }
}

/// On PostgreSQL.
const fn postgres(workload: Workload) -> Goal {
    Goal {
        subject: Subject::Postgres,
        measure: Measure::Ratio(workload, FloorKind::Pg, 1, 0.8),
    }
}

/// All of them.
const GOALS: &[Goal] = &[
    sqlite(Measure::Ratio(Workload::Get, FloorKind::Orm, 1, 0.9)),
    sqlite(Measure::Ratio(Workload::Hit, FloorKind::Orm, 1, 0.9)),
    // group commit needs somebody to share a commit with
    sqlite(Measure::Ratio(Workload::Patch, FloorKind::Orm, 8, 2.0)),
    sqlite(Measure::Ratio(Workload::Post, FloorKind::Orm, 8, 2.0)),
    // 10 times the best server that keeps its writes: 6,300/s where `floor raw` does 15,223/s
    sqlite(Measure::Ratio(Workload::Mixed, FloorKind::Raw, 8, 0.41)),
    // 1,000 times the best server that keeps its writes: 2,000/s where `floor raw` does 2,222/s
    sqlite(Measure::Members(10_000, FloorKind::Raw, 0.9)),
    sqlite(Measure::Cost(1.2)),
    // 20 times the best server
    sqlite(Measure::Rate(Workload::FirstPage, 92.0)),
    sqlite(Measure::Far(1.2)),
    sqlite(Measure::Bulk(5.0)),
    sqlite(Measure::Memory(100.0)),
    sqlite(Measure::Start(200.0)),
    postgres(Workload::Get),
    postgres(Workload::Hit),
    postgres(Workload::Patch),
    postgres(Workload::Post),
    postgres(Workload::Mixed),
    Goal {
        subject: Subject::Postgres,
        measure: Measure::Far(1.2),
    },
    Goal {
        subject: Subject::Postgres,
        measure: Measure::Bulk(5.0),
    },
];

/// How a goal stands.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Verdict {
    /// What it is about.
    pub what: String,
    /// What is to be reached.
    pub goal: String,
    /// What is.
    pub reached: String,
    /// Whether that is enough.
    pub is_met: bool,
}

/// How all goals stand that were measured.
pub(crate) fn verdicts(results: &Results) -> Vec<Verdict> {
    GOALS.iter().flat_map(|goal| judge(goal, results)).collect()
}

/// The least ratio to a floor that is a goal.
pub(crate) fn least_ratio(key: Key, floor: FloorKind) -> Option<f64> {
    GOALS.iter().find_map(|goal| match goal.measure {
        Measure::Ratio(workload, other, connections, least)
            if key.target == Target::Subject(goal.subject)
                && (workload, other) == (key.workload, floor)
                && key.connections >= connections =>
        {
            Some(least)
        }
        Measure::Members(size, other, least) if (Workload::Members(size), other) == (key.workload, floor) => {
            Some(least)
        }
        _ => None,
    })
}

fn judge(goal: &Goal, results: &Results) -> Vec<Verdict> {
    let keys = || results.keys_of(goal.subject);
    let title = |key: Key| {
        let connections = key.connections;
        let plural = if connections == 1 { "" } else { "s" };
        let subject = goal.subject.title();
        format!(
            "{}, {connections} connection{plural}, {subject}",
            key.workload.title(key.part)
        )
    };
    let beside = |key: Key, floor, least| {
        let ratio = results.ratio(key, key.of(Target::Floor(floor)))?;
        Some(Verdict {
            what: title(key),
            goal: format!("at least {least} of floor {}", floor_name(floor)),
            reached: format!("{:.2}", ratio.median),
            is_met: ratio.median >= least,
        })
    };
    match goal.measure {
        Measure::Ratio(workload, floor, connections, least) => keys()
            .filter(|key| key.workload == workload && key.connections >= connections)
            .filter_map(|key| beside(key, floor, least))
            .collect(),
        Measure::Members(size, floor, least) => keys()
            .filter(|key| key.workload == Workload::Members(size))
            .filter_map(|key| beside(key, floor, least))
            .collect(),
        Measure::Rate(workload, least) => keys()
            .filter(|key| key.workload == workload)
            .filter_map(|key| {
                let rate = results.spread(key, |sample| sample.timing.rate)?.median;
                Some(Verdict {
                    what: title(key),
                    goal: format!("at least {least}/s"),
                    reached: format!("{rate:.0}/s"),
                    is_met: rate >= least,
                })
            })
            .collect(),
        Measure::Bulk(least) => {
            let find = |workload| keys().find(|key| key.workload == workload);
            let single = keys().find(|key| key.workload == Workload::Post && key.connections == 8);
            let ratio = find(Workload::Bulk)
                .zip(single)
                .and_then(|(bulk, single)| results.ratio(bulk, single));
            let verdict = ratio.map(|ratio| {
                let users = ratio.median * f64::from(BULK);
                Verdict {
                    what: format!(
                        "users by Bulk, beside POST on 8 connections, {}",
                        goal.subject.title()
                    ),
                    goal: format!("at least {least}"),
                    reached: format!("{users:.1}"),
                    is_met: users >= least,
                }
            });
            verdict.into_iter().collect()
        }
        Measure::Far(most) => {
            let part = |part| keys().find(|key| key.part == part);
            let ratio = part(Part::Near)
                .zip(part(Part::Far))
                .and_then(|(near, far)| results.ratio(near, far));
            let verdict = ratio.map(|ratio| Verdict {
                what: format!(
                    "cost of page {} by cursor, beside page 1, {}",
                    thousands(FAR_PAGE),
                    goal.subject.title()
                ),
                goal: format!("at most {most}"),
                reached: format!("{:.2}", ratio.median),
                is_met: ratio.median <= most,
            });
            verdict.into_iter().collect()
        }
        Measure::Cost(most) => [Part::Add, Part::Remove]
            .into_iter()
            .filter_map(|part| cost(results, goal.subject, part, most))
            .collect(),
        Measure::Memory(most) => results
            .syncs
            .iter()
            .filter(|sync| sync.subject == goal.subject)
            .map(|sync| Verdict {
                what: format!("memory in an initial sync of {} users", thousands(sync.users)),
                goal: format!("below {most} MiB"),
                reached: format!("{:.0} MiB", sync.memory),
                is_met: sync.memory < most,
            })
            .collect(),
        Measure::Start(most) => results
            .starts
            .get(&Target::Subject(goal.subject))
            .and_then(|starts| Spread::of(starts.iter().copied()))
            .map(|start| Verdict {
                what: format!("start with {} users", thousands(results.users)),
                goal: format!("below {most} ms"),
                reached: format!("{:.0} ms", start.median),
                is_met: start.median < most,
            })
            .into_iter()
            .collect(),
    }
}

fn cost(results: &Results, subject: Subject, part: Part, most: f64) -> Option<Verdict> {
    let keys = || results.keys_of(subject).filter(move |key| key.part == part);
    let small = keys().find(|key| key.workload == Workload::Members(100))?;
    let large = keys()
        .filter(|key| *key != small)
        .max_by_key(|key| key.workload)?;
    let cost = results.ratio(small, large)?.median;
    Some(Verdict {
        what: format!("cost to {}, beside 100", large.workload.title(part)),
        goal: format!("at most {most}"),
        reached: format!("{cost:.2}"),
        is_met: cost <= most,
    })
}
