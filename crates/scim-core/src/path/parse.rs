//! The grammar of attribute paths (RFC 7644 figures 1 and 7) of this parser:
//!
//! ```text
//! attrPath = [URN ":"] ATTRNAME ["." ATTRNAME]
//! PATH     = [URN ":"] step *( "." step )
//! step     = ATTRNAME [ [WS] "[" filter "]" ]
//! ATTRNAME = ["$"] ALPHA *( ALPHA / DIGIT / "-" / "_" )
//! URN      = "urn:" 1*( ALPHA / DIGIT / "-" / "." / ":" / … )
//! ```
//!
//! A schema URN contains dots and colons itself (`urn:ietf:params:scim:schemas:core:2.0:User`). It reaches to the last colon
//! before a bracket; names follow. A path that is only a URN is parsed as an attribute named by its last part, and told apart
//! where the schemas are known.
//!
//! The filter inside brackets follows the filter grammar, without value paths.

use std::str::FromStr;

use nom::Parser;
use nom::bytes::complete::take_while;
use nom::character::complete::{char, satisfy};
use nom::combinator::{cut, opt, recognize};
use nom::sequence::preceded;

use super::{AttributePath, PatchPath, PathStep};
use crate::filter::{Failure, FilterLimits, Grammar, ParseError, Parsed, Reason, blank, boundary};

impl AttributePath {
    /// Parses an attribute path (RFC 7644 section 3.10) of at most the default [`FilterLimits::max_bytes`]. [`str::parse`] does
    /// the same.
    ///
    /// ```
    /// use scim_core::path::AttributePath;
    ///
    /// let path = AttributePath::parse("urn:ietf:params:scim:schemas:core:2.0:User:name.familyName")?;
    /// assert_eq!(path.urn.as_deref(), Some("urn:ietf:params:scim:schemas:core:2.0:User"));
    /// assert_eq!((path.name.as_str(), path.sub.as_deref()), ("name", Some("familyName")));
    /// # Ok::<(), scim_core::filter::ParseError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns a [`ParseError`] if the text is not an `attrPath`. [`ParseError::into_invalid_path`] turns it into a 400
    /// `invalidPath`.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Grammar::new(&FilterLimits::default()).read(text, "path", "the end", attribute_path)
    }
}

impl FromStr for AttributePath {
    type Err = ParseError;

    /// Parses a path, as [`AttributePath::parse`] does.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl PatchPath {
    /// Parses the path of a PATCH operation (RFC 7644 section 3.5.2). It has at most [`FilterLimits::max_depth`] steps; its
    /// filters together share the other limits.
    ///
    /// ```
    /// use scim_core::filter::FilterLimits;
    /// use scim_core::path::PatchPath;
    ///
    /// let path = PatchPath::parse(r#"addresses[type eq "work"].street"#, &FilterLimits::default())?;
    /// assert_eq!(path.steps.len(), 2);
    /// assert_eq!(path.to_string(), r#"addresses[type eq "work"].street"#);
    /// # Ok::<(), scim_core::filter::ParseError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns a [`ParseError`] if the text is not a `PATH` or exceeds the limits. [`ParseError::into_invalid_path`] turns it into
    /// a 400 `invalidPath`.
    pub fn parse(text: &str, limits: &FilterLimits) -> Result<Self, ParseError> {
        let grammar = Grammar::new(limits);
        grammar.read(text, "path", "`.`, `[` or the end", |input| {
            patch_path(&grammar, limits, input)
        })
    }
}

impl FromStr for PatchPath {
    type Err = ParseError;

    /// Parses a path with the default limits, as [`PatchPath::parse`] does.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text, &FilterLimits::default())
    }
}

/// `attrPath = [URN ":"] ATTRNAME ["." ATTRNAME]`
pub(crate) fn attribute_path(input: &str) -> Parsed<'_, AttributePath> {
    let (rest, urn) = urn(input)?;
    let (rest, name) = attribute_name(rest)?;
    let (rest, sub) = opt(preceded(char('.'), cut(attribute_name))).parse(rest)?;
    if rest.starts_with('.') && sub.is_some() {
        return Err(Failure::fatal(
            rest,
            Reason::Refused("a sub-attribute has no sub-attributes"),
        ));
    }
    let (rest, ()) = end_of_name(rest)?;
    let path = AttributePath {
        urn: urn.map(str::to_owned),
        name: name.to_owned(),
        sub: sub.map(str::to_owned),
    };
    Ok((rest, path))
}

/// `ATTRNAME = ["$"] ALPHA *( ALPHA / DIGIT / "-" / "_" )`; the dollar is for `$ref`.
pub(crate) fn attribute_name(input: &str) -> Parsed<'_, &str> {
    let first = satisfy(|c| c.is_ascii_alphabetic());
    let others = take_while(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    recognize((opt(char('$')), first, others))
        .parse(input)
        .map_err(|_: nom::Err<Failure<'_>>| Failure::expected(input, "an attribute name"))
}

/// `PATH = [URN ":"] step *( "." step )`
fn patch_path<'t>(grammar: &Grammar, limits: &FilterLimits, input: &'t str) -> Parsed<'t, PatchPath> {
    let (mut rest, urn) = urn(input)?;
    let mut steps = Vec::new();
    loop {
        if steps.len() >= limits.depth() {
            return Err(Failure::fatal(rest, Reason::TooManySteps(limits.depth())));
        }
        let (after, step) = path_step(grammar, rest)?;
        steps.push(step);
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None => {
                return Ok((
                    after,
                    PatchPath {
                        urn: urn.map(str::to_owned),
                        steps,
                    },
                ));
            }
        }
    }
}

/// `step = ATTRNAME [ [WS] "[" filter "]" ]`
fn path_step<'t>(grammar: &Grammar, input: &'t str) -> Parsed<'t, PathStep> {
    let (rest, name) = attribute_name(input)?;
    let (rest, filter) = opt(preceded(blank, |input| grammar.value_filter(input))).parse(rest)?;
    let (rest, ()) = if rest.starts_with('.') || filter.is_some() {
        (rest, ())
    } else {
        end_of_name(rest)?
    };
    Ok((
        rest,
        PathStep {
            name: name.to_owned(),
            filter,
        },
    ))
}

/// `[URN ":"]`, up to the last colon of the word.
fn urn(input: &str) -> Parsed<'_, Option<&str>> {
    let (_, word) = take_while(is_urn_character).parse(input)?;
    let Some((urn, name)) = word.rsplit_once(':') else {
        return Ok((input, None));
    };
    let scheme = urn
        .split_at_checked(4)
        .filter(|(scheme, id)| scheme.eq_ignore_ascii_case("urn:") && !id.is_empty());
    if scheme.is_none() {
        let what = "a schema URN (`urn:…`) before the last colon";
        return Err(Failure::fatal(input, Reason::Expected(what)));
    }
    let rest = input.get(word.len() - name.len()..).unwrap_or_default();
    Ok((rest, Some(urn)))
}

/// The characters of a URN (RFC 8141 section 2), except for parentheses, which are brackets here.
fn is_urn_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~%!$&'*+,;=:@/".contains(c)
}

fn end_of_name(input: &str) -> Parsed<'_, ()> {
    boundary(input)
        .map_err(|_| Failure::fatal(input, Reason::Refused("this cannot be part of an attribute name")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_urn_is_read_as_its_last_part() {
        let text = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let path: PatchPath = text.parse().unwrap();
        assert_eq!(
            path.urn.as_deref(),
            Some("urn:ietf:params:scim:schemas:extension:enterprise:2.0")
        );
        assert_eq!(
            path.steps,
            [PathStep {
                name: "User".to_owned(),
                filter: None
            }]
        );
    }

    #[test]
    fn a_urn_needs_something_to_name() {
        for text in ["urn:attr", "urn::attr", "urn:a:", "User:userName", ":a"] {
            assert!(text.parse::<AttributePath>().is_err(), "{text}");
        }
    }

    #[test]
    fn steps_are_bounded() {
        let limits = FilterLimits::default().with_max_depth(2);
        assert!(PatchPath::parse("a.b", &limits).is_ok());
        let error = PatchPath::parse("a.b.c", &limits).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the step at byte 4 is one more than the limit of 2"
        );
    }
}
