//! The one place that prints.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "results of commands belong on standard output, errors and secrets shown once on standard error"
)]

use std::fmt::Display;
use std::io::Write as _;

/// Prints a line of a result.
pub(crate) fn line(text: impl Display) {
    write(&text.to_string());
}

/// Writes to standard output. A reader that has seen enough, such as `head`, is no failure.
fn write(text: &str) {
    if writeln!(std::io::stdout(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// Prints a line for whoever sits at the terminal, which is neither a result nor part of the log.
pub(crate) fn notice(text: impl Display) {
    eprintln!("{text}");
}

/// Prints why a command failed, with what led to it.
pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("error: {error:#}");
}

/// Prints JSON, indented.
pub(crate) fn json(value: &serde_json::Value) {
    write(&format!("{value:#}"));
}

/// Prints rows in columns as wide as they need to be.
pub(crate) fn columns<const N: usize>(titles: [&str; N], rows: &[[String; N]]) {
    let mut widths = titles.map(|title| title.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let print = |cells: [&str; N]| {
        let padded = cells
            .into_iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        let text: Vec<String> = padded.collect();
        write(text.join("  ").trim_end());
    };
    print(titles);
    for row in rows {
        print(row.each_ref().map(String::as_str));
    }
}

/// Text from elsewhere without what could steer a terminal.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
