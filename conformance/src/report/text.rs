//! The report for a terminal: failures with their last exchange, then what was not judged, then the verdict.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Judgement, Outcome, Report, counted};

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
