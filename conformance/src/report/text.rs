//! The report for a terminal: failures with their last exchange, then what was not judged, then the verdict.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Judgement, Outcome, Report, counted};

/// How many checks that saw the same are worth a line.
const OFTEN: usize = 3;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for failure in report.failures() {
        write_failure(failure, out)?;
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for judgement in &report.judgements {
        if let Outcome::NotJudged(reason) = &judgement.outcome {
            *reasons.entry(reason).or_default() += 1;
        }
    }
    for (reason, number) in reasons {
        writeln!(out, "not judged: {}: {reason}", counted(number, "check"))?;
    }
    for (seen, number) in seen_often(report) {
        writeln!(
            out,
            "one cause: {} saw the same: {seen}",
            counted(number, "check")
        )?;
    }
    let counts = report.counts();
    writeln!(
        out,
        "\n{} ({:?}) {}\n{} passed, {}, {}, {}, {} not judged, in {:.1} s",
        report.base_url,
        report.profile,
        report.verdict(),
        counts.passed,
        counted(counts.errors, "error"),
        counted(counts.deviations, "deviation"),
        counted(counts.notes, "note"),
        counts.not_judged,
        report.seconds,
    )
}

/// What several checks that failed saw alike, the most first: whoever mends it mends them all.
fn seen_often(report: &Report) -> Vec<(&str, usize)> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for failure in report.failures() {
        *seen.entry(failure.seen().unwrap_or_default()).or_default() += 1;
    }
    let mut often: Vec<(&str, usize)> = seen.into_iter().filter(|(_, number)| *number >= OFTEN).collect();
    often.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    often
}

fn write_failure(failure: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    let check = failure.check;
    writeln!(
        out,
        "{}: {}  ({}, {})",
        failure.word(),
        check.id,
        check.strength.as_str(),
        check.section()
    )?;
    writeln!(out, "  required: {}", check.requirement)?;
    writeln!(out, "  seen:     {}", failure.seen().unwrap_or_default())?;
    writeln!(out, "  remedy:   {}", check.remedy)?;
    if let Some(exchange) = failure.exchanges.last() {
        let exchange = exchange.clone().shortened(600);
        writeln!(out, "  last:     {}", exchange.line())?;
        if let Some(body) = &exchange.request_body {
            writeln!(out, "            > {body}")?;
        }
        if !exchange.response_body.is_empty() {
            writeln!(out, "            < {}", exchange.response_body.replace('\n', " "))?;
        }
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::super::Judgement;
    use super::*;
    use crate::registry;
    use crate::subject::Profile;

    #[test]
    fn one_cause_of_many_failures_is_told_once() {
        let seen = ["no answer within 30 s"; 3].into_iter().chain(["404"; 2]);
        let judgements = registry::all()
            .into_iter()
            .zip(seen)
            .map(|(check, seen)| Judgement {
                check,
                outcome: Outcome::Failed(seen.to_owned()),
                exchanges: Vec::new(),
                seconds: 0.0,
            });
        let report = Report {
            base_url: "https://scim.example.com".to_owned(),
            profile: Profile::Standard,
            version: "1",
            at: String::new(),
            seconds: 0.0,
            features: Vec::new(),
            judgements: judgements.collect(),
        };
        let mut text = Vec::new();
        write(&report, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let told: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("one cause"))
            .collect();
        assert_eq!(told, ["one cause: 3 checks saw the same: no answer within 30 s"]);
    }
}
