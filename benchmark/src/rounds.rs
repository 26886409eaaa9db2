//! What is measured in which order.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::time::Instant;

use crate::cli::Options;
use crate::floor::FloorKind;
use crate::load::directory::{Layout, State};
use crate::load::driver::{Drive, Measured, drive};
use crate::load::fill;
use crate::load::workload::Workload;
use crate::print;
use crate::results::{Key, Results, Sample, Sync};
use crate::server::postgres::Postgres;
use crate::server::{Running, Stage, Subject, Target, Template};

/// The most users of an initial sync.
const MOST_SYNCED: usize = 100_000;

/// Measures everything.
pub(crate) async fn run(options: &Options) -> anyhow::Result<Results> {
    let postgres = match options.postgres.as_deref() {
        None => None,
        Some("auto") => Some(Postgres::start(&options.cache.join("postgres.log")).await?),
        Some(address) => Some(Postgres::at(address).await?),
    };
    let mut targets = vec![Target::Subject(Subject::Sqlite)];
    targets.extend(options.floors.iter().copied().map(Target::Floor));
    if postgres.is_some() {
        targets.extend([Target::Subject(Subject::Postgres), Target::Floor(FloorKind::Pg)]);
    }
    let stage = Stage::new(
        options.server.clone(),
        options.cache.clone(),
        postgres.map(Arc::new),
    )?;
    let mut benchmark = Benchmark {
        options,
        stage,
        templates: BTreeMap::new(),
        running: BTreeMap::new(),
        results: Results::new(options.users),
    };
    if let Some(warning) = benchmark.results.machine.warning() {
        print::notice(warning);
    }
    let mut terminate = signal(SignalKind::terminate())?;
    let done = tokio::select! {
        done = benchmark.all(&targets) => done,
        _ = terminate.recv() => Err(anyhow::anyhow!("stopped")),
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("stopped")),
    };
    // what was started ends, whatever happened
    benchmark.running.clear();
    benchmark.stage.close().await?;
    done.map(|()| benchmark.results)
}

struct Benchmark<'a> {
    options: &'a Options,
    stage: Stage,
    templates: BTreeMap<Target, Template>,
    running: BTreeMap<Target, (Running, Arc<State>)>,
    results: Results,
}

impl Benchmark<'_> {
    async fn all(&mut self, targets: &[Target]) -> anyhow::Result<()> {
        for target in targets.iter().copied() {
            let template = self.stage.template(target, self.options.users).await?;
            self.templates.insert(target, template);
        }
        if self.options.sync {
            for target in targets {
                if let Target::Subject(subject) = target {
                    self.sync(*subject).await?;
                }
            }
        }
        for round in 0..self.options.rounds {
            self.round(round, targets).await?;
        }
        Ok(())
    }

    /// Every workload once, over every number of connections, with all targets beside each other.
    async fn round(&mut self, round: usize, targets: &[Target]) -> anyhow::Result<()> {
        let mut order = targets.to_vec();
        let length = order.len().max(1);
        order.rotate_left(round % length);
        for workload in self.options.workloads.iter().copied() {
            let connections = match workload.is_single() {
                true => &[1],
                false => self.options.connections.as_slice(),
            };
            for connections in connections.iter().copied() {
                let has_floors = workload.has_floors();
                let asked = |target: &Target| has_floors || matches!(target, Target::Subject(_));
                for target in order.iter().copied().filter(asked) {
                    self.measure(target, workload, connections).await?;
                }
                print::notice(format!(
                    "round {} of {}: {}, {connections} connections",
                    round + 1,
                    self.options.rounds,
                    workload.title(crate::load::workload::Part::Whole)
                ));
                order.reverse();
            }
        }
        while let Some((target, (running, _))) = self.running.pop_first() {
            self.stop(target, running).await?;
        }
        Ok(())
    }

    async fn measure(
        &mut self,
        target: Target,
        workload: Workload,
        connections: usize,
    ) -> anyhow::Result<()> {
        if !self.running.contains_key(&target) {
            self.start(target).await?;
        }
        let Some((running, state)) = self.running.get(&target) else {
            anyhow::bail!("{} does not run", target.title());
        };
        if workload == Workload::Cursor && state.far.get().is_none() {
            let far = fill::far_cursor(running.port).await?;
            state.far.get_or_init(|| far);
        }
        let measured = drive(&Drive {
            port: running.port,
            pid: running.pid(),
            language: target.language(),
            state: Arc::clone(state),
            workload,
            connections,
            warm_up: self.options.warm_up,
            time: self.options.time,
        })
        .await?;
        self.note(target, workload, connections, &measured);
        if workload.grows()
            && let Some((running, _)) = self.running.remove(&target)
        {
            self.stop(target, running).await?;
        }
        Ok(())
    }

    fn note(&mut self, target: Target, workload: Workload, connections: usize, measured: &Measured) {
        self.results.errors += measured.errors;
        if let Some(example) = &measured.example {
            let title = target.title();
            print::notice(format!("{title}: {} errors, such as {example}", measured.errors));
        }
        for part in workload.parts().iter().copied() {
            let Some(timing) = measured.parts.get(&part).copied() else {
                print::notice(format!(
                    "{}: no answer to {}",
                    target.title(),
                    workload.title(part)
                ));
                self.results.errors += 1;
                continue;
            };
            let key = Key {
                workload,
                part,
                connections,
                target,
            };
            let cpu = measured.cpu;
            let samples = self.results.samples.entry(key).or_default();
            samples.push(Sample { timing, cpu });
        }
    }

    async fn start(&mut self, target: Target) -> anyhow::Result<()> {
        let Some(template) = self.templates.get(&target) else {
            anyhow::bail!("nothing is loaded for {}", target.title());
        };
        let running = self.stage.start(target, template).await?;
        let starts = self.results.starts.entry(target).or_default();
        starts.push(running.started.as_secs_f64() * 1_000.0);
        let state = Arc::new(State::new(Arc::clone(&template.directory)));
        self.running.insert(target, (running, state));
        Ok(())
    }

    async fn stop(&mut self, target: Target, running: Running) -> anyhow::Result<()> {
        let memory = running.stop().await?;
        let most = self.results.memory.entry(target).or_default();
        *most = most.max(memory);
        Ok(())
    }

    /// All users and then all groups into a database with nothing in it, as an identity provider does first.
    async fn sync(&mut self, subject: Subject) -> anyhow::Result<()> {
        let users = self.options.users.min(MOST_SYNCED);
        let layout = Layout::sync(users);
        print::notice(format!("initial sync of {users} users on {}", subject.title()));
        let running = self.stage.start_empty(Target::Subject(subject)).await?;
        let begin = Instant::now();
        fill::through_scim(running.port, &layout).await?;
        let seconds = begin.elapsed().as_secs_f64();
        let memory = running.stop().await?;
        self.results.syncs.push(Sync {
            subject,
            users,
            groups: layout.groups.len(),
            seconds,
            memory,
        });
        Ok(())
    }
}
