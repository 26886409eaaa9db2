//! Runs checks, several at a time, each with data of its own.

use std::sync::Arc;
use std::time::Instant;

use futures_util::StreamExt;

use crate::check::{Check, Finding};
use crate::feature::Features;
use crate::report::{Judgement, Outcome, Report};
use crate::subject::Subject;
use crate::trial::{Names, Trial};

/// Runs those checks against a server, `parallel` at a time, and says of each when it is done.
pub async fn run(
    subject: &Subject,
    checks: &[&'static Check],
    parallel: usize,
    done: impl Fn(&Judgement),
) -> Report {
    let started = Instant::now();
    let features = Arc::new(Features::read(subject).await);
    let names = Arc::new(Names::new(format!("{:08x}", rand::random::<u32>())));
    let trials = checks.iter().enumerate().map(|(place, check)| {
        let (features, names) = (Arc::clone(&features), Arc::clone(&names));
        let done = &done;
        async move {
            let judgement = judge(check, subject, features, names).await;
            done(&judgement);
            (place, judgement)
        }
    });
    let mut judgements: Vec<(usize, Judgement)> = futures_util::stream::iter(trials)
        .buffer_unordered(parallel.max(1))
        .collect()
        .await;
    judgements.sort_by_key(|(place, _)| *place);
    Report {
        base_url: subject.base_url().to_owned(),
        profile: subject.profile,
        version: env!("CARGO_PKG_VERSION"),
        at: jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string(),
        seconds: started.elapsed().as_secs_f64(),
        features: features.supported.iter().copied().collect(),
        judgements: judgements.into_iter().map(|(_, judgement)| judgement).collect(),
    }
}

/// Tries one check and cleans up after it.
async fn judge(
    check: &'static Check,
    subject: &Subject,
    features: Arc<Features>,
    names: Arc<Names>,
) -> Judgement {
    let started = Instant::now();
    let judgement = |outcome, exchanges| Judgement {
        check,
        outcome,
        exchanges,
        seconds: started.elapsed().as_secs_f64(),
    };
    if !check.profiles.is_empty() && !check.profiles.contains(&subject.profile) {
        let reason = "it is for another profile".to_owned();
        return judgement(Outcome::NotJudged(reason), Vec::new());
    }
    if let Some(missing) = check.needs.iter().find(|feature| !features.has(**feature)) {
        let reason = format!("the server does not say that it has {missing:?}");
        return judgement(Outcome::NotJudged(reason), Vec::new());
    }
    let trial = Trial::new(subject.clone(), features, names, check.style);
    let verdict = (check.attempt)(&trial).await;
    let exchanges = trial.finish().await;
    let outcome = match verdict {
        Ok(()) => Outcome::Passed,
        Err(Finding::Violation(seen)) => Outcome::Failed(seen),
        Err(Finding::NotJudged(reason)) => Outcome::NotJudged(reason),
    };
    judgement(outcome, exchanges)
}
