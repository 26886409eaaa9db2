//! The report for programs. Every check is in it; exchanges of those that did not pass.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Judgement, Outcome, Report};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = json!({
        "kit": report.version,
        "baseUrl": report.base_url,
        "profile": report.profile,
        "at": report.at,
        "seconds": report.seconds,
        "conforms": report.conforms(),
        "verdict": report.verdict(),
        "counts": report.counts(),
        "features": report.features,
        "checks": report.judgements.iter().map(check).collect::<Vec<Value>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn check(judgement: &Judgement) -> Value {
    let mut document = json!({
        "id": judgement.check.id,
        "strength": judgement.check.strength,
        "section": judgement.check.section(),
        "requirement": judgement.check.requirement,
        "outcome": judgement.word(),
        "seconds": judgement.seconds,
    });
    if let (Some(members), Some(seen)) = (document.as_object_mut(), judgement.seen()) {
        members.insert("seen".to_owned(), seen.into());
        if matches!(judgement.outcome, Outcome::Failed(_)) {
            members.insert("remedy".to_owned(), judgement.check.remedy.into());
            members.insert("exchanges".to_owned(), json!(judgement.exchanges));
        }
    }
    document
}
