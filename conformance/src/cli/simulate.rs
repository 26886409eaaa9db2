//! `simulate`.

use std::io::Write;
use std::sync::Mutex;

use clap::Args;

use super::reach::reach;
use super::{Progress, Target};
use crate::simulate::{Provider, Rate, Scenario, Watch, simulate};
use crate::subject::Profile;

#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// The identity provider
    #[arg(value_enum)]
    provider: Provider,
    #[command(flatten)]
    target: Target,
    /// How many users are assigned
    #[arg(long, default_value_t = 100)]
    users: usize,
    /// How many groups are pushed
    #[arg(long, default_value_t = 10)]
    groups: usize,
    /// How many members a group has at first
    #[arg(long, default_value_t = 20)]
    members_per_group: usize,
    /// How many incremental cycles follow the initial sync
    #[arg(long, default_value_t = 3)]
    cycles: usize,
    /// How many requests are under way at the same time
    #[arg(long, default_value_t = 8)]
    concurrency: usize,
    /// Requests a second: `flat` for as fast as it goes, `provider` for what the provider does, or a number
    #[arg(long, default_value = "flat")]
    rate: Rate,
    /// The same seed plays the same
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Leave users and groups on the server; the next run there needs another seed
    #[arg(long)]
    keep: bool,
}

impl Simulate {
    pub(super) async fn run(self) -> anyhow::Result<bool> {
        let profile = match self.provider {
            Provider::Okta => Profile::Okta,
            Provider::Entra => Profile::Entra,
        };
        let subject = self.target.subject(profile)?;
        reach(&subject).await?;
        let scenario = Scenario {
            provider: self.provider,
            users: self.users,
            groups: self.groups,
            members_per_group: self.members_per_group,
            cycles: self.cycles,
            concurrency: self.concurrency,
            rate: self.rate,
            seed: self.seed,
            keep: self.keep,
        };
        let phases = Phases(Mutex::new(Progress::new(0)));
        let outcome = simulate(&subject, &scenario, &phases).await;
        phases.finish();

        let mut out = std::io::stdout().lock();
        for problem in &outcome.problems {
            writeln!(out, "wrong answer: {problem}")?;
        }
        for difference in &outcome.differences {
            writeln!(out, "wrong end state: {difference}")?;
        }
        outcome.table.write(outcome.took, &mut out)?;
        writeln!(
            out,
            "\n{} users, {} groups, {} cycles, seed {}: {} requests in {:.1} s, {} wrong answers; the end state is {}",
            self.users,
            self.groups,
            self.cycles,
            self.seed,
            outcome.table.count(),
            outcome.took.as_secs_f64(),
            outcome.errors,
            if outcome.differences.is_empty() {
                "right"
            } else {
                "wrong"
            },
        )?;
        Ok(outcome.is_good())
    }
}

/// A bar for each phase.
struct Phases(Mutex<Progress>);

impl Phases {
    fn with(&self, act: impl FnOnce(&mut Progress)) {
        act(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    fn finish(&self) {
        self.with(|progress| progress.finish());
    }
}

impl Watch for Phases {
    fn phase(&self, name: &str, requests: usize) {
        self.with(|progress| {
            progress.finish();
            *progress = Progress::new(requests);
            progress.name(name);
        });
    }

    fn request(&self) {
        self.with(|progress| progress.tick());
    }
}
