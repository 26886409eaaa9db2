//! The report for a CI, as JUnit XML. Errors are failures; deviations and notes pass, with what was seen as output.

use std::fmt::Write as _;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::{Judgement, Outcome, Report};
use crate::check::Strength;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(out, b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let counts = report.counts();
    let (tests, failures) = (report.judgements.len().to_string(), counts.errors.to_string());
    let (skipped, time) = (counts.not_judged.to_string(), format!("{:.3}", report.seconds));
    let name = format!("SCIM conformance of {}", clean(&report.base_url));
    xml.create_element("testsuite")
        .with_attributes([
            ("name", name.as_str()),
            ("tests", &tests),
            ("failures", &failures),
            ("errors", "0"),
            ("skipped", &skipped),
            ("time", &time),
        ])
        .write_inner_content(|xml| report.judgements.iter().try_for_each(|one| case(xml, one)))?;
    writeln!(xml.get_mut())
}

fn case(xml: &mut Writer<&mut dyn Write>, judgement: &Judgement) -> io::Result<()> {
    let (place, name) = judgement
        .check
        .id
        .rsplit_once('/')
        .unwrap_or(("", judgement.check.id));
    let (place, time) = (
        place.replace('.', "_").replace('/', "."),
        format!("{:.3}", judgement.seconds),
    );
    let element = xml.create_element("testcase").with_attributes([
        ("classname", place.as_str()),
        ("name", name),
        ("time", &time),
    ]);
    match &judgement.outcome {
        Outcome::Passed => element.write_empty()?,
        Outcome::NotJudged(reason) => element.write_inner_content(|xml| {
            xml.create_element("skipped")
                .with_attribute(("message", clean(reason).as_str()))
                .write_empty()?;
            Ok(())
        })?,
        Outcome::Failed(seen) if judgement.check.strength == Strength::Must => {
            element.write_inner_content(|xml| {
                xml.create_element("failure")
                    .with_attribute(("message", clean(seen).as_str()))
                    .write_text_content(BytesText::new(&clean(&evidence(judgement))))?;
                Ok(())
            })?
        }
        Outcome::Failed(seen) => element.write_inner_content(|xml| {
            let text = format!("{}: {seen}\n{}", judgement.word(), evidence(judgement));
            xml.create_element("system-out")
                .write_text_content(BytesText::new(&clean(&text)))?;
            Ok(())
        })?,
    };
    Ok(())
}

fn evidence(judgement: &Judgement) -> String {
    let check = judgement.check;
    let mut text = format!("{}: {}\n{}\n", check.section(), check.requirement, check.remedy);
    for exchange in &judgement.exchanges {
        let exchange = exchange.clone().shortened(2_000);
        let body = exchange.request_body.as_deref().unwrap_or_default();
        // writing to a String cannot fail
        let _ = write!(
            text,
            "\n{}\n> {body}\n< {}\n",
            exchange.line(),
            exchange.response_body
        );
    }
    text
}

/// XML 1.0 has no control characters, not even escaped.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}
