//! What was measured, and how it spreads over the rounds.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::floor::FloorKind;
use crate::load::driver::Timing;
use crate::load::workload::{Part, Workload};
use crate::machine::Machine;
use crate::server::{Subject, Target};

/// What a sample is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    /// The workload.
    pub workload: Workload,
    /// The row of it.
    pub part: Part,
    /// Connections at the same time.
    pub connections: usize,
    /// Who answered.
    pub target: Target,
}

/// What a round says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// How fast requests were answered.
    pub timing: Timing,
    /// Milliseconds of processor time of the server for 1,000 requests of the workload.
    pub cpu: f64,
}

/// An initial sync.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Sync {
    /// The database of the subject.
    pub subject: Subject,
    /// Users that were created.
    pub users: usize,
    /// Groups that were created and filled.
    pub groups: usize,
    /// How long all of it took.
    pub seconds: f64,
    /// MiB of memory that the server had at most.
    pub memory: f64,
}

/// The middle of the rounds, and how far they lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Spread {
    /// The middle.
    pub median: f64,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
}

/// Everything that was measured.
#[derive(Debug)]
pub(crate) struct Results {
    /// Users that were loaded.
    pub users: usize,
    /// Where.
    pub machine: Machine,
    /// A sample for each round.
    pub samples: BTreeMap<Key, Vec<Sample>>,
    /// Milliseconds from the start of the process until it was ready, on the loaded database.
    pub starts: BTreeMap<Target, Vec<f64>>,
    /// MiB of memory that a server had at most while it was measured.
    pub memory: BTreeMap<Target, f64>,
    /// Initial syncs.
    pub syncs: Vec<Sync>,
    /// Answers that were not what they must be.
    pub errors: u64,
}

impl Results {
    /// Nothing yet.
    pub(crate) fn new(users: usize) -> Self {
        Self {
            users,
            machine: Machine::this(),
            samples: BTreeMap::new(),
            starts: BTreeMap::new(),
            memory: BTreeMap::new(),
            syncs: Vec::new(),
            errors: 0,
        }
    }

    /// Some figure of every round.
    pub(crate) fn spread(&self, key: Key, figure: fn(&Sample) -> f64) -> Option<Spread> {
        Spread::of(self.samples.get(&key)?.iter().map(figure))
    }

    /// The ratio of the rates of two, round by round.
    pub(crate) fn ratio(&self, of: Key, to: Key) -> Option<Spread> {
        let (of, to) = (self.samples.get(&of)?, self.samples.get(&to)?);
        Spread::of(of.iter().zip(to).map(|(of, to)| of.timing.rate / to.timing.rate))
    }

    /// The rows of a subject: what was measured of it.
    pub(crate) fn keys_of(&self, subject: Subject) -> impl Iterator<Item = Key> {
        self.samples
            .keys()
            .copied()
            .filter(move |key| key.target == Target::Subject(subject))
    }

    /// The floors that were measured and do what the subject does with its database.
    pub(crate) fn floors_of(&self, subject: Subject) -> Vec<FloorKind> {
        let mut floors: Vec<FloorKind> = self
            .samples
            .keys()
            .filter_map(|key| match key.target {
                Target::Floor(floor) if subject.is_comparable_with(floor) => Some(floor),
                _ => None,
            })
            .collect();
        floors.sort_unstable();
        floors.dedup();
        floors
    }
}

impl Key {
    /// The same of another server.
    pub(crate) fn of(self, target: Target) -> Self {
        Self { target, ..self }
    }
}

impl Spread {
    /// Of some values; `None` if there are none.
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let upper = *values.get(middle)?;
        let median = match values.len() % 2 {
            0 => f64::midpoint(*values.get(middle - 1)?, upper),
            _ => upper,
        };
        Some(Self {
            median,
            min: *values.first()?,
            max: *values.last()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let spread = |values: &[f64]| Spread::of(values.iter().copied()).map(|spread| spread.median);
        assert_eq!(spread(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(spread(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(spread(&[]), None);
    }
}
