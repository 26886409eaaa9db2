//! The report as one HTML file that needs nothing else: verdict, failures first, each with its evidence.

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Judgement, Outcome, Report, counted};
use crate::http::Exchange;

const STYLE: &str = include_str!("report.css");

/// What a body is cut to: a report is read, not parsed.
const LONGEST_BODY: usize = 20_000;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(page(report).into_string().as_bytes())
}

fn page(report: &Report) -> Markup {
    let counts = report.counts();
    let failures = report.failures();
    let (class, mark) = if report.conforms() {
        ("good", "✓")
    } else {
        ("bad", "✗")
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "SCIM conformance of " (report.base_url) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "SCIM conformance" }
                    p.subject { code { (report.base_url) } " as " b { (format!("{:?}", report.profile).to_lowercase()) } }
                    p.verdict.(class) { (mark) " The server " (report.verdict()) "." }
                    ul.counts {
                        (count("error", counts.errors, noun(counts.errors, "error", "errors")))
                        (count("deviation", counts.deviations, noun(counts.deviations, "deviation", "deviations")))
                        (count("note", counts.notes, noun(counts.notes, "note", "notes")))
                        (count("passed", counts.passed, "passed"))
                        (count("skipped", counts.not_judged, "not judged"))
                    }
                    p.small {
                        "An " b { "error" } " breaks something that the standard demands (MUST), a " b { "deviation" }
                        " something that it recommends (SHOULD); a " b { "note" } " is worth knowing. "
                        (report.at) ", " (format!("{:.1}", report.seconds)) " s, scim-conformance " (report.version) "."
                    }
                }
                main {
                    @if !failures.is_empty() {
                        h2 { "What to look at" }
                        @for failure in &failures { (failed(failure)) }
                    }
                    h2 { "All checks" }
                    (all(report))
                }
            }
        }
    }
}

fn count(class: &str, number: usize, word: &str) -> Markup {
    html! { li.(class).none[number == 0] { b { (number) } " " (word) } }
}

fn noun<'a>(number: usize, one: &'a str, many: &'a str) -> &'a str {
    if number == 1 { one } else { many }
}

fn failed(judgement: &Judgement) -> Markup {
    let check = judgement.check;
    html! {
        article.(judgement.word()) id=(anchor(check.id)) {
            h3 { span.badge { (judgement.word()) } " " (words(check.requirement)) }
            p.small { (check.strength.as_str()) ", " (section(judgement)) ", " code { (check.id) } }
            dl {
                dt { "Seen" } dd { (words(judgement.seen().unwrap_or_default())) }
                dt { "What to do" } dd { (words(check.remedy)) }
            }
            @if let Some((last, before)) = judgement.exchanges.split_last() {
                @if !before.is_empty() {
                    details {
                        summary { (counted(before.len(), "request")) " before it" }
                        @for one in before { (exchange(one)) }
                    }
                }
                (exchange(last))
            }
        }
    }
}

fn section(judgement: &Judgement) -> Markup {
    let check = judgement.check;
    let mut parts = check.id.split('/');
    let link = match (
        parts.next().and_then(|part| part.strip_prefix("rfc")),
        parts.next(),
    ) {
        (Some(rfc), Some(section)) => Some(format!(
            "https://www.rfc-editor.org/rfc/rfc{rfc}#section-{section}"
        )),
        _ => None,
    };
    html! {
        @match link {
            Some(link) => a href=(link) { (check.section()) },
            None => (check.section()),
        }
    }
}

fn exchange(exchange: &Exchange) -> Markup {
    let exchange = exchange.clone().shortened(LONGEST_BODY);
    html! {
        div.exchange {
            pre.request {
                b { (exchange.method) " " (exchange.url) } "\n"
                @for (name, value) in &exchange.request_headers { (name) ": " (value) "\n" }
                @if let Some(body) = &exchange.request_body { "\n" (pretty(body)) }
            }
            pre.response {
                b { (exchange.status) } " after " (exchange.milliseconds) " ms\n"
                @for (name, value) in &exchange.response_headers { (name) ": " (value) "\n" }
                @if !exchange.response_body.is_empty() { "\n" (pretty(&exchange.response_body)) }
            }
        }
    }
}

fn all(report: &Report) -> Markup {
    html! {
        @for group in report.judgements.chunk_by(|a, b| a.check.section() == b.check.section()) {
            @if let Some(first) = group.first() {
                @let bad = group.iter().filter(|one| one.failed()).count();
                details.section open[bad > 0] {
                    summary { (first.check.section()) " — " (counted(group.len(), "check")) @if bad > 0 { ", " (bad) " not kept" } }
                    ul { @for one in group { (line(one)) } }
                }
            }
        }
    }
}

fn line(judgement: &Judgement) -> Markup {
    let check = judgement.check;
    let class = match judgement.outcome {
        Outcome::NotJudged(_) => "skipped",
        _ => judgement.word(),
    };
    html! {
        li.(class) {
            span.badge { (judgement.word()) } " "
            @if judgement.failed() { a href={ "#" (anchor(check.id)) } { (words(check.requirement)) } }
            @else { (words(check.requirement)) }
            @if let Outcome::NotJudged(reason) = &judgement.outcome { span.small { " (" (reason) ")" } }
        }
    }
}

/// What stands between backticks as code; all as it is when they are no pairs.
fn words(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return html! { (text) };
    }
    html! {
        @for (place, part) in parts.iter().enumerate() {
            @if place % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

fn anchor(id: &str) -> String {
    id.replace(['/', '.'], "-")
}

/// JSON with a line for each member; anything else as it is.
fn pretty(body: &str) -> String {
    serde_json::from_str::<serde_json::Value>(body)
        .and_then(|document| serde_json::to_string_pretty(&document))
        .unwrap_or_else(|_| body.to_owned())
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn backticks_are_code() {
        assert_eq!(
            words("answer `a<b` to it").into_string(),
            "answer <code>a&lt;b</code> to it"
        );
        assert_eq!(words("a ` alone").into_string(), "a ` alone");
    }
}
