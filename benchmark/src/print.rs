//! The one place that prints.

use std::fmt::Display;
use std::io::Write as _;

/// Prints a line of the result. A reader that has seen enough, such as `head`, is no failure.
pub(crate) fn line(text: impl Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints a line for whoever waits, which is no part of the result.
pub(crate) fn notice(text: impl Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
