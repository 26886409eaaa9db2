//! What a run found, and the forms in which it is told.

mod html;
mod json;
mod junit;
mod text;

use std::io::{self, Write};

use crate::check::{Check, Strength};
use crate::feature::Feature;
use crate::http::Exchange;
use crate::subject::Profile;

/// What a check came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server keeps the requirement.
    Passed,
    /// It does not; what was seen.
    Failed(String),
    /// It cannot be judged here, and why.
    NotJudged(String),
}

/// `1 error`, `2 errors`.
fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// One check with its outcome and evidence.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The check.
    pub check: &'static Check,
    /// What it came to.
    pub outcome: Outcome,
    /// What was sent and answered.
    pub exchanges: Vec<Exchange>,
    /// How long it took.
    pub seconds: f64,
}

/// All of a run.
#[derive(Debug, Clone)]
pub struct Report {
    /// The server.
    pub base_url: String,
    /// Which client it was judged for.
    pub profile: Profile,
    /// The version of the kit.
    pub version: &'static str,
    /// When.
    pub at: String,
    /// How long the run took.
    pub seconds: f64,
    /// The optional features that the server has.
    pub features: Vec<Feature>,
    /// The checks, in the order of the sections.
    pub judgements: Vec<Judgement>,
}

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For a terminal.
    Text,
    /// For programs.
    Json,
    /// For a CI.
    Junit,
    /// One file for a browser.
    Html,
}

/// How many checks came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Kept.
    pub passed: usize,
    /// A MUST that is broken.
    pub errors: usize,
    /// A SHOULD that is broken.
    pub deviations: usize,
    /// A MAY that is not there.
    pub notes: usize,
    /// Not judged.
    pub not_judged: usize,
}

impl Judgement {
    /// Whether the server broke it.
    pub fn failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_))
    }

    /// `passed`, `error`, `deviation`, `note` or `not judged`.
    pub fn word(&self) -> &'static str {
        match self.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed(_) => self.check.strength.severity(),
            Outcome::NotJudged(_) => "not judged",
        }
    }

    /// What was seen, or why it was not judged.
    pub fn seen(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Passed => None,
            Outcome::Failed(text) | Outcome::NotJudged(text) => Some(text),
        }
    }
}

impl Report {
    /// How many checks came to what.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for judgement in &self.judgements {
            match (&judgement.outcome, judgement.check.strength) {
                (Outcome::Passed, _) => counts.passed += 1,
                (Outcome::NotJudged(_), _) => counts.not_judged += 1,
                (Outcome::Failed(_), Strength::Must) => counts.errors += 1,
                (Outcome::Failed(_), Strength::Should) => counts.deviations += 1,
                (Outcome::Failed(_), Strength::May) => counts.notes += 1,
            }
        }
        counts
    }

    /// Whether no MUST is broken, and something was judged at all.
    pub fn conforms(&self) -> bool {
        let counts = self.counts();
        counts.errors == 0 && counts.passed > 0
    }

    /// The verdict in a sentence.
    pub fn verdict(&self) -> String {
        let counts = self.counts();
        match (self.conforms(), counts.errors) {
            (true, _) if counts.deviations == 0 => "conforms".to_owned(),
            (true, _) => format!("conforms, with {}", counted(counts.deviations, "deviation")),
            (false, 0) => "was not judged: no check could be passed".to_owned(),
            (false, 1) => "does not conform: 1 requirement is broken".to_owned(),
            (false, errors) => format!("does not conform: {errors} requirements are broken"),
        }
    }

    /// The failures, errors first.
    pub fn failures(&self) -> Vec<&Judgement> {
        let mut failures: Vec<&Judgement> = self.judgements.iter().filter(|one| one.failed()).collect();
        failures.sort_by_key(|one| one.check.strength);
        failures
    }

    /// Writes the report.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Text => text::write(self, out),
            Format::Json => json::write(self, out),
            Format::Junit => junit::write(self, out),
            Format::Html => html::write(self, out),
        }
    }
}
