//! The filter grammar (RFC 7644 figure 1) of this parser:
//!
//! ```text
//! filter     = [WS] or [WS]
//! or         = and *( WS "or" WS and )
//! and        = operand *( WS "and" WS operand )
//! operand    = not / group / expression
//! not        = "not" [WS] group
//! group      = "(" [WS] or [WS] ")"
//! expression = attrPath [WS] "[" [WS] or [WS] "]" [ "." ATTRNAME test ]    ; a value path
//!            / attrPath test
//! test       = WS "pr"
//!            / WS compareOp WS compValue
//! compareOp  = "eq" / "ne" / "co" / "sw" / "ew" / "gt" / "ge" / "lt" / "le"
//! compValue  = string / number / "true" / "false" / "null"                 ; the scalars of JSON
//! attrPath   = [URN ":"] ATTRNAME ["." ATTRNAME]
//! ATTRNAME   = ["$"] ALPHA *( ALPHA / DIGIT / "-" / "_" )
//! WS         = 1*( SP / HTAB )
//! ```
//!
//! Operators are compared without regard to case. Where the RFC requires one space, the parser accepts any number of spaces
//! and tabs, and beside a bracket none. Value paths do not nest. The `.value eq "x"` after the bracket of a value path is
//! outside the RFC; see [`Filter::Element`].
//!
//! No word is reserved: `not`, `and` and `null` may be attributes, because what follows tells them apart.
//!
//! After an open bracket or an operator the parser does not backtrack, so that the error describes that place instead of
//! another alternative.

use std::cell::Cell;
use std::str::FromStr;

use nom::branch::alt;
use nom::bytes::complete::{tag_no_case, take_while};
use nom::character::complete::char;
use nom::combinator::{cut, opt};
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

use super::error::{Failure, Reason};
use super::literal::literal;
use super::{CompareOp, Filter, FilterLimits, ParseError};
use crate::path::{AttributePath, attribute_name, attribute_path};

impl Filter {
    /// Parses a filter (RFC 7644 section 3.4.2.2). [`str::parse`] does the same with the default limits.
    ///
    /// ```
    /// use scim_core::filter::{Filter, FilterLimits};
    ///
    /// let filter = Filter::parse(r#"userName Eq "bjensen""#, &FilterLimits::default())?;
    /// assert_eq!(filter.to_string(), r#"userName eq "bjensen""#);
    /// # Ok::<(), scim_core::filter::ParseError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns a [`ParseError`] if the text does not follow the grammar or exceeds the limits. As an
    /// [`Error`](crate::error::Error) it is a 400 `invalidFilter`.
    pub fn parse(text: &str, limits: &FilterLimits) -> Result<Self, ParseError> {
        let grammar = Grammar::new(limits);
        grammar.read(text, "filter", "`and`, `or` or the end", |input| {
            grammar.or(grammar.outside(), input)
        })
    }
}

impl FromStr for Filter {
    type Err = ParseError;

    /// Parses a filter with the default limits, as [`Filter::parse`] does.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text, &FilterLimits::default())
    }
}

pub(crate) type Parsed<'t, T> = IResult<&'t str, T, Failure<'t>>;

/// The productions that nest, and the limits.
pub(crate) struct Grammar {
    limits: FilterLimits,
    terms: Cell<usize>,
}

/// The current place in the tree.
#[derive(Clone, Copy)]
struct Place {
    depth: usize,
    inside: Inside,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Filter,
    ValuePath,
}

impl Grammar {
    pub(crate) fn new(limits: &FilterLimits) -> Self {
        Self {
            limits: *limits,
            terms: Cell::new(0),
        }
    }

    /// Parses the whole text, except for white space around it.
    pub(crate) fn read<'t, T>(
        &self,
        text: &'t str,
        what: &'static str,
        or_else: &'static str,
        production: impl Parser<&'t str, Output = T, Error = Failure<'t>>,
    ) -> Result<T, ParseError> {
        if text.len() > self.limits.max_bytes {
            let rest = text
                .get(text.floor_char_boundary(self.limits.max_bytes)..)
                .unwrap_or_default();
            return Err(Failure::new(rest, Reason::TooLong(self.limits.max_bytes)).explain(text));
        }
        match delimited(blank, production, blank).parse(text) {
            Ok(("", parsed)) => Ok(parsed),
            Ok((rest, _)) => Err(Failure::new(rest, Reason::Expected(or_else)).explain(text)),
            Err(_) if text.trim_matches([' ', '\t']).is_empty() => {
                Err(Failure::new(text, Reason::Empty(what)).explain(text))
            }
            Err(nom::Err::Error(failure) | nom::Err::Failure(failure)) => Err(failure.explain(text)),
            Err(nom::Err::Incomplete(_)) => Err(Failure::new("", Reason::Expected("more")).explain(text)),
        }
    }

    /// `or = and *( WS "or" WS and )`
    fn or<'t>(&self, place: Place, input: &'t str) -> Parsed<'t, Filter> {
        operands("or", Filter::Or, |input| self.and(place, input), input)
    }

    /// `and = operand *( WS "and" WS operand )`
    fn and<'t>(&self, place: Place, input: &'t str) -> Parsed<'t, Filter> {
        operands("and", Filter::And, |input| self.operand(place, input), input)
    }

    /// `operand = not / group / expression`
    fn operand<'t>(&self, place: Place, input: &'t str) -> Parsed<'t, Filter> {
        alt((
            |input| self.not(place, input),
            |input| self.group(place, input),
            |input| self.expression(place, input),
        ))
        .parse(input)
    }

    /// `not = "not" [WS] group`
    fn not<'t>(&self, place: Place, input: &'t str) -> Parsed<'t, Filter> {
        preceded((tag_no_case("not"), blank), |input| self.group(place, input))
            .map(|filter| Filter::Not(Box::new(filter)))
            .parse(input)
    }

    /// `group = "(" [WS] or [WS] ")"`
    fn group<'t>(&self, place: Place, input: &'t str) -> Parsed<'t, Filter> {
        let (rest, _) = char('(').parse(input)?;
        let place = self.deeper(place, input)?;
        let (rest, filter) = cut(delimited(blank, |input| self.or(place, input), blank)).parse(rest)?;
        close(
            rest,
            ')',
            Brackets {
                what: "`(`",
                instead: "`and`, `or` or `)`",
                from: input,
            },
        )
        .map(|(rest, ())| (rest, filter))
    }

    /// `"[" [WS] or [WS] "]"`, the filter of a value path.
    pub(crate) fn value_filter<'t>(&self, input: &'t str) -> Parsed<'t, Filter> {
        self.brackets(self.outside(), input)
    }

    fn brackets<'t>(&self, place: Place, input: &'t str) -> Parsed<'t, Filter> {
        let (rest, _) = char('[').parse(input)?;
        if place.inside == Inside::ValuePath {
            return Err(Failure::fatal(
                input,
                Reason::Refused("a value path inside a value path is not allowed"),
            ));
        }
        let place = Place {
            inside: Inside::ValuePath,
            ..self.deeper(place, input)?
        };
        let (rest, filter) = cut(delimited(blank, |input| self.or(place, input), blank)).parse(rest)?;
        close(
            rest,
            ']',
            Brackets {
                what: "`[`",
                instead: "`and`, `or` or `]`",
                from: input,
            },
        )
        .map(|(rest, ())| (rest, filter))
    }

    /// `expression = attrPath [WS] "[" or "]" [ "." ATTRNAME test ] / attrPath test`
    fn expression<'t>(&self, place: Place, input: &'t str) -> Parsed<'t, Filter> {
        let (rest, path) = attribute_path(input)
            .map_err(|error| Failure::or_expected(error, input, "an attribute, `not` or `(`"))?;
        match opt(preceded(blank, |input| self.brackets(place, input))).parse(rest)? {
            (rest, Some(filter)) => self.element(path, filter, rest),
            (rest, None) => self.test(path, input, rest),
        }
    }

    /// What may follow a value path: `[ "." ATTRNAME test ]`
    fn element<'t>(&self, path: AttributePath, filter: Filter, input: &'t str) -> Parsed<'t, Filter> {
        let (rest, sub) = opt(preceded(char('.'), cut(attribute_name))).parse(input)?;
        let Some(sub) = sub else {
            return boundary(input).map(|(rest, ())| (rest, Filter::Element(path, Box::new(filter))));
        };
        let (rest, test) = self.test(AttributePath::of(sub), input, rest)?;
        let mut all = match filter {
            Filter::And(all) => all,
            other => vec![other],
        };
        all.push(test);
        Ok((rest, Filter::Element(path, Box::new(Filter::And(all)))))
    }

    /// `test = WS "pr" / WS compareOp WS compValue`; it belongs to the path that begins at `start`.
    fn test<'t>(&self, path: AttributePath, start: &'t str, input: &'t str) -> Parsed<'t, Filter> {
        self.count_term(start)?;
        let (input, _) = blank(input)?;
        let (rest, word) = take_while(|c| !is_delimiter(c)).parse(input)?;
        if word.eq_ignore_ascii_case("pr") {
            return Ok((rest, Filter::Present(path)));
        }
        let Some(operator) = CompareOp::from_word(word) else {
            return Err(Failure::fatal(input, no_operator(&path)));
        };
        let (rest, literal) = preceded(blank, literal).parse(rest)?;
        Ok((rest, Filter::Compare(path, operator, literal)))
    }

    fn count_term<'t>(&self, input: &'t str) -> Result<(), nom::Err<Failure<'t>>> {
        if self.terms.get() >= self.limits.max_terms {
            return Err(Failure::fatal(input, Reason::TooManyTerms(self.limits.max_terms)));
        }
        self.terms.set(self.terms.get() + 1);
        Ok(())
    }

    fn outside(&self) -> Place {
        Place {
            depth: 0,
            inside: Inside::Filter,
        }
    }

    /// Checks the depth before each descent: this bounds the stack, here and when the tree is dropped.
    fn deeper<'t>(&self, place: Place, input: &'t str) -> Result<Place, nom::Err<Failure<'t>>> {
        if place.depth >= self.limits.depth() {
            return Err(Failure::fatal(input, Reason::TooDeep(self.limits.depth())));
        }
        Ok(Place {
            depth: place.depth + 1,
            ..place
        })
    }
}

/// `operand *( WS word WS operand )`; a single operand is returned as it is.
fn operands<'t>(
    word: &'static str,
    list: fn(Vec<Filter>) -> Filter,
    mut operand: impl FnMut(&'t str) -> Parsed<'t, Filter>,
    input: &'t str,
) -> Parsed<'t, Filter> {
    let mut link = delimited(blank, terminated(tag_no_case(word), boundary), blank);
    let (mut rest, first) = operand(input)?;
    let Ok((second, _)) = link.parse(rest) else {
        return Ok((rest, first));
    };
    let mut all = vec![first];
    let mut next = Some(second);
    while let Some(input) = next {
        let (after, filter) = cut(&mut operand).parse(input)?;
        all.push(filter);
        rest = after;
        next = link.parse(rest).ok().map(|(input, _): (&str, &str)| input);
    }
    Ok((rest, list(all)))
}

struct Brackets<'t> {
    what: &'static str,
    instead: &'static str,
    from: &'t str,
}

fn close<'t>(input: &'t str, closing: char, brackets: Brackets<'t>) -> Parsed<'t, ()> {
    let Brackets { what, instead, from } = brackets;
    match input.strip_prefix(closing) {
        Some(rest) => Ok((rest, ())),
        None if input.is_empty() => Err(Failure::fatal(input, Reason::Unclosed { what, from })),
        None => Err(Failure::fatal(input, Reason::Expected(instead))),
    }
}

/// The reason that no operator follows `path`.
fn no_operator(path: &AttributePath) -> Reason<'static> {
    const OPERATORS: &str = "an operator (`eq`, `ne`, `co`, `sw`, `ew`, `gt`, `ge`, `lt`, `le` or `pr`)";
    if path.urn.is_none() && path.sub.is_none() && path.name.eq_ignore_ascii_case("not") {
        return Reason::ExpectedBecause("`(`", "what `not` negates stands in parentheses");
    }
    Reason::Expected(OPERATORS)
}

/// `[WS]`
pub(crate) fn blank(input: &str) -> Parsed<'_, &str> {
    take_while(|c| matches!(c, ' ' | '\t')).parse(input)
}

/// The end of a word: white space, a bracket, or the end of the text. Consumes nothing.
pub(crate) fn boundary(input: &str) -> Parsed<'_, ()> {
    if input.chars().next().is_none_or(is_delimiter) {
        return Ok((input, ()));
    }
    Err(Failure::expected(input, "a space"))
}

pub(crate) fn is_delimiter(c: char) -> bool {
    matches!(c, ' ' | '\t' | '(' | ')' | '[' | ']')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Filter {
        text.parse().unwrap()
    }

    #[test]
    fn lists_are_flat_and_groups_are_kept() {
        assert!(matches!(parse("a pr and b pr and c pr"), Filter::And(all) if all.len() == 3));
        assert!(matches!(parse("a pr and (b pr and c pr)"), Filter::And(all) if all.len() == 2));
        assert_eq!(parse("((a pr))"), parse("a pr"));
    }

    #[test]
    fn a_test_after_a_value_path_belongs_into_it() {
        let inside = parse(r#"emails[type eq "work" and value eq "x"]"#);
        assert_eq!(parse(r#"emails[type eq "work"].value eq "x""#), inside);
    }

    #[test]
    fn the_limits_are_exact() {
        let limits = FilterLimits::default()
            .with_max_bytes(12)
            .with_max_depth(2)
            .with_max_terms(2);
        let parse = |text: &str| Filter::parse(text, &limits).is_ok();
        assert!(parse("a pr or b pr") && !parse("a pr or bb pr"));
        assert!(parse("((a pr))") && !parse("(((a pr)))"));
        let one = limits.with_max_terms(1);
        assert!(Filter::parse("a pr", &one).is_ok() && Filter::parse("a pr or b pr", &one).is_err());
    }
}
