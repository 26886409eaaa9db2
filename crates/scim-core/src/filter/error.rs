//! Parse errors of filters and paths, with their position.

use super::parse::is_delimiter;
use crate::error::Error;

/// An error from parsing a filter or a path (RFC 7644 figure 1), or from exceeding the limits.
///
/// An administrator reads the message in the console of an identity provider. It begins in lower case and has no period at the
/// end; what the client sent is in backticks.
///
/// [`Error::from`] turns it into a 400 `invalidFilter`, [`into_invalid_path`](Self::into_invalid_path) into a 400 `invalidPath`.
///
/// ```
/// use scim_core::filter::Filter;
///
/// let text = "userName eqs \"bjensen\"";
/// let error = text.parse::<Filter>().unwrap_err();
/// assert_eq!(error.position(), 9);
/// assert_eq!(error.caret(text), "userName eqs \"bjensen\"\n         ^");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    position: usize,
    message: String,
}

impl ParseError {
    /// Returns the position of the error, a byte offset into the text.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Returns the message, which also names the position.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns two lines for a terminal: the text, and a caret under the position.
    ///
    /// `text` is the text that was parsed. Columns are counted in characters, and control characters are shown as spaces.
    #[must_use]
    pub fn caret(&self, text: &str) -> String {
        let line: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let column = text
            .char_indices()
            .take_while(|(start, c)| start + c.len_utf8() <= self.position)
            .count();
        format!("{line}\n{:column$}^", "")
    }

    /// Turns the error into a 400 `invalidPath` (RFC 7644 section 3.12), for a text that should have been a path.
    #[must_use]
    pub fn into_invalid_path(self) -> Error {
        Error::invalid_path(self.message)
    }
}

impl From<ParseError> for Error {
    /// Turns the error into a 400 `invalidFilter`.
    fn from(error: ParseError) -> Self {
        Self::invalid_filter(error.message)
    }
}

/// The error of the parsers: the rest of the text where it occurred, and the reason. It is turned into a [`ParseError`]
/// once, at the end, because most failures only mean "try the next alternative".
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failure<'t> {
    rest: &'t str,
    reason: Reason<'t>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Reason<'t> {
    /// Something else is expected.
    Expected(&'static str),
    /// Like `Expected`, with advice at the end.
    ExpectedBecause(&'static str, &'static str),
    /// The text is not allowed.
    Refused(&'static str),
    /// What was opened at `from` lacks its closing character.
    Unclosed { what: &'static str, from: &'t str },
    /// The text is blank.
    Empty(&'static str),
    /// The text is longer than this many bytes.
    TooLong(usize),
    /// The nesting is deeper than this many levels.
    TooDeep(usize),
    /// There are more than this many comparisons.
    TooManyTerms(usize),
    /// There are more than this many steps.
    TooManySteps(usize),
}

impl<'t> Failure<'t> {
    pub(crate) fn new(rest: &'t str, reason: Reason<'t>) -> Self {
        Self { rest, reason }
    }

    /// A failure after which the parser tries the next alternative.
    pub(crate) fn expected(rest: &'t str, what: &'static str) -> nom::Err<Self> {
        nom::Err::Error(Self::new(rest, Reason::Expected(what)))
    }

    /// Replaces a failure at `rest` itself, where not even the first word of an alternative was found.
    pub(crate) fn or_expected(error: nom::Err<Self>, rest: &'t str, what: &'static str) -> nom::Err<Self> {
        match error {
            nom::Err::Error(failure) if failure.rest.len() == rest.len() => Self::expected(rest, what),
            other => other,
        }
    }

    /// A failure after which the parser stops.
    pub(crate) fn fatal(rest: &'t str, reason: Reason<'t>) -> nom::Err<Self> {
        nom::Err::Failure(Self::new(rest, reason))
    }

    /// Turns the failure into an error; `text` is the whole text that was parsed.
    pub(crate) fn explain(self, text: &str) -> ParseError {
        let offset = |rest: &str| text.len().saturating_sub(rest.len());
        let position = offset(self.rest);
        let found = found(self.rest);
        let message = match self.reason {
            Reason::Expected(what) => format!("expected {what} at byte {position}, found {found}"),
            Reason::ExpectedBecause(what, advice) => {
                format!("expected {what} at byte {position}, found {found}: {advice}")
            }
            Reason::Refused(what) => format!("{what} at byte {position}: {found}"),
            Reason::Unclosed { what, from } => format!("{what} at byte {} is not closed", offset(from)),
            Reason::Empty(what) => format!("the {what} is empty"),
            Reason::TooLong(limit) => {
                format!(
                    "the text is {} bytes long, the limit is {limit} bytes",
                    text.len()
                )
            }
            Reason::TooDeep(limit) => {
                format!("the nesting at byte {position} is deeper than the limit of {limit} levels")
            }
            Reason::TooManyTerms(limit) => {
                format!("the comparison at byte {position} is one more than the limit of {limit}")
            }
            Reason::TooManySteps(limit) => {
                format!("the step at byte {position} is one more than the limit of {limit}")
            }
        };
        ParseError { position, message }
    }
}

impl<'t> nom::error::ParseError<&'t str> for Failure<'t> {
    fn from_error_kind(rest: &'t str, _: nom::error::ErrorKind) -> Self {
        Self::new(rest, Reason::Expected("something else"))
    }

    fn append(_: &'t str, _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

/// The beginning of `rest`: a word, a bracket, or the end.
fn found(rest: &str) -> String {
    const LONGEST: usize = 40;
    let bracket = match rest.chars().next() {
        None => return "the end".to_owned(),
        Some(' ' | '\t') => return "a space".to_owned(),
        Some(first) => is_delimiter(first).then_some(first),
    };
    let mut word = bracket
        .into_iter()
        .chain(rest.chars().take_while(|c| !is_delimiter(*c)));
    let mut shown = String::new();
    for c in word.by_ref().take(LONGEST) {
        if c.is_control() {
            shown.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            shown.push(c);
        }
    }
    if word.next().is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_counts_characters_and_not_bytes() {
        let text = "né eq \"ü\"\tx";
        let error = ParseError {
            position: "né eq \"ü\"\t".len(),
            message: String::new(),
        };
        assert_eq!(error.caret(text), "né eq \"ü\" x\n          ^");
    }

    #[test]
    fn the_caret_stands_behind_the_text_when_that_ended_too_early() {
        let error = ParseError {
            position: 6,
            message: String::new(),
        };
        assert_eq!(error.caret("a eq €"), "a eq €\n     ^");
        let error = ParseError {
            position: 8,
            message: String::new(),
        };
        assert_eq!(error.caret("a eq €"), "a eq €\n      ^");
    }

    #[test]
    fn what_was_found_is_cut_short_and_printable() {
        assert_eq!(found(""), "the end");
        assert_eq!(found("eqs \"x\""), "`eqs`");
        assert_eq!(found(") or"), "`)`");
        assert_eq!(found("\0"), "`\\u0000`");
        assert_eq!(found(&"é".repeat(50)), format!("`{}…`", "é".repeat(40)));
    }
}
