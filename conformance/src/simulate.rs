//! Plays what an identity provider does to a server: an initial sync, then incremental cycles, then the proof.
//!
//! Everything is decided before the first request by the [`Scenario`] and its seed: who is in which group, what changes
//! in which cycle, and what the server must look like in the end. The [`Outcome`] says whether it does.

mod pace;
mod plan;
mod play;
mod proof;
mod requests;
mod table;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::subject::Subject;

pub use pace::Rate;
pub use table::Table;

/// Which provider is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Provider {
    /// Okta, with an app of its catalog.
    Okta,
    /// Microsoft Entra ID.
    Entra,
}

/// What is played.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The provider.
    pub provider: Provider,
    /// How many users are assigned.
    pub users: usize,
    /// How many groups are pushed.
    pub groups: usize,
    /// How many members a group has at first.
    pub members_per_group: usize,
    /// How many incremental cycles follow the initial sync.
    pub cycles: usize,
    /// How many requests are under way at the same time.
    pub concurrency: usize,
    /// How fast.
    pub rate: Rate,
    /// The same seed plays the same.
    pub seed: u64,
    /// Whether users and groups stay on the server.
    pub keep: bool,
}

/// How it went.
#[derive(Debug)]
pub struct Outcome {
    /// Operations with their numbers.
    pub table: Table,
    /// From the first request to the last one.
    pub took: Duration,
    /// What was answered wrongly; the first of many.
    pub problems: Vec<String>,
    /// How many answers were wrong.
    pub errors: u64,
    /// In what the server differs from what it must look like.
    pub differences: Vec<String>,
}

impl Outcome {
    /// Whether every answer was right, and the end state is.
    pub fn is_good(&self) -> bool {
        self.errors == 0 && self.differences.is_empty()
    }
}

/// Says what is being done, and how far it is.
pub trait Watch: Sync {
    /// A phase of so many requests begins.
    fn phase(&self, name: &str, requests: usize);
    /// A request was answered.
    fn request(&self);
}

/// Plays a scenario against a server.
pub async fn simulate(subject: &Subject, scenario: &Scenario, watch: &dyn Watch) -> Outcome {
    let plan = plan::Plan::new(scenario);
    let started = Instant::now();
    let player = play::Player {
        subject,
        provider: scenario.provider,
        concurrency: scenario.concurrency.max(1),
        pace: pace::Pace::new(scenario.rate, scenario.provider),
        names: requests::Names::new(scenario.seed),
        users: (0..scenario.users).map(|_| std::sync::OnceLock::new()).collect(),
        groups: (0..scenario.groups).map(|_| std::sync::OnceLock::new()).collect(),
        log: Mutex::new(play::Log::default()),
        watch,
    };
    player.initial(&plan).await;
    for (number, cycle) in plan.cycles.iter().enumerate() {
        player.cycle(number + 1, cycle).await;
    }
    let differences = player.prove(&plan).await;
    if !scenario.keep {
        player.remove().await;
    }
    let took = started.elapsed();
    let log = player
        .log
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    Outcome {
        table: log.table,
        took,
        problems: log.problems,
        errors: log.errors,
        differences,
    }
}
