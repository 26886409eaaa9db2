//! The values of a filter: JSON scalars (RFC 7644 figure 1, `compValue`; RFC 8259 sections 3, 6 and 7).

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while_m_n, take_while1};
use nom::character::complete::{char, one_of};
use nom::combinator::{map_opt, recognize, verify};
use nom::multi::many0_count;
use nom::sequence::{preceded, terminated};
use serde_json::Number;

use super::Literal;
use super::error::{Failure, Reason};
use super::parse::{Parsed, boundary, is_delimiter};

/// `compValue = string / number / "true" / "false" / "null"`
///
/// `true`, `false` and `null` are lower case. A dateTime is a string.
pub(super) fn literal(input: &str) -> Parsed<'_, Literal> {
    terminated(alt((string, scalar)), boundary).parse(input)
}

/// `string = %x22 *char %x22`, a JSON string with all its escapes.
fn string(input: &str) -> Parsed<'_, Literal> {
    let (body, _) = char('"').parse(input)?;
    let (rest, plain) = take_while(is_plain).parse(body)?;
    match rest.strip_prefix('"') {
        Some(rest) => Ok((rest, Literal::String(plain.to_owned()))),
        None => escaped_string(input, rest),
    }
}

/// Parses a string that is not closed at `rest`: it has an escape, or is malformed.
#[cold]
fn escaped_string<'t>(input: &'t str, rest: &'t str) -> Parsed<'t, Literal> {
    let (end, _) = many0_count(alt((take_while1(is_plain), escape))).parse(rest)?;
    let refused = |what| Err(Failure::fatal(end, Reason::Refused(what)));
    let Some(after) = end.strip_prefix('"') else {
        return match end {
            "" | "\\" => Err(Failure::fatal(
                end,
                Reason::Unclosed {
                    what: "the string",
                    from: input,
                },
            )),
            _ if end.starts_with('\\') => refused("JSON strings have no such escape"),
            _ => refused("a control character in a string must be escaped"),
        };
    };
    let decoded = input.get(..input.len() - after.len()).map(serde_json::from_str);
    match decoded {
        Some(Ok(text)) => Ok((after, Literal::String(text))),
        _ => Err(Failure::fatal(
            input,
            Reason::Refused("this is not a JSON string"),
        )),
    }
}

/// `escape = "\" ( %x22 / "\" / "/" / "b" / "f" / "n" / "r" / "t" / "u" 4HEXDIG )`
///
/// Surrogates are valid only in pairs.
fn escape(input: &str) -> Parsed<'_, &str> {
    let short = (char('\\'), one_of("\"\\/bfnrt")).map(|_| ());
    let pair = (
        verify(code_unit, |unit| (0xD800..0xDC00).contains(unit)),
        verify(code_unit, |unit| (0xDC00..0xE000).contains(unit)),
    );
    let single = verify(code_unit, |unit| !(0xD800..0xE000).contains(unit)).map(|_| ());
    recognize(alt((short, pair.map(|_| ()), single))).parse(input)
}

/// `"\u" 4HEXDIG`
fn code_unit(input: &str) -> Parsed<'_, u16> {
    let digits = take_while_m_n(4, 4, |c: char| c.is_ascii_hexdigit());
    map_opt(preceded(tag("\\u"), digits), |hex| {
        u16::from_str_radix(hex, 16).ok()
    })
    .parse(input)
}

/// `number`, `true`, `false` or `null`: a value without quotes.
fn scalar(input: &str) -> Parsed<'_, Literal> {
    let (rest, word) = take_while(|c| !is_delimiter(c)).parse(input)?;
    let literal = match word {
        "true" => Literal::Boolean(true),
        "false" => Literal::Boolean(false),
        "null" => Literal::Null,
        _ if word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => match number(word) {
            Some(number) => Literal::Number(number),
            None => {
                return Err(not_a_value(
                    input,
                    "numbers are written as in JSON, strings stand in double quotes",
                ));
            }
        },
        "" => return Err(Failure::fatal(input, Reason::Expected("a value"))),
        _ if ["true", "false", "null"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(word)) =>
        {
            return Err(not_a_value(
                input,
                "`true`, `false` and `null` are written in lower case",
            ));
        }
        _ => return Err(not_a_value(input, "strings stand in double quotes")),
    };
    Ok((rest, literal))
}

/// `number = [ "-" ] int [ frac ] [ exp ]`, as JSON writes it.
fn number(word: &str) -> Option<Number> {
    let number: Number = serde_json::from_str(word).ok()?;
    if number.is_f64() {
        // The fast parser of serde_json may be off in the last digit; printing and parsing would then give another number.
        return Number::from_f64(word.parse().ok()?);
    }
    Some(number)
}

fn not_a_value<'t>(input: &'t str, advice: &'static str) -> nom::Err<Failure<'t>> {
    Failure::fatal(input, Reason::ExpectedBecause("a value", advice))
}

fn is_plain(c: char) -> bool {
    c != '"' && c != '\\' && c >= ' '
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Literal> {
        literal(text)
            .ok()
            .filter(|(rest, _)| rest.is_empty())
            .map(|(_, literal)| literal)
    }

    #[test]
    fn strings_take_every_escape_of_json() {
        let expected = Literal::String("\"\\/\u{8}\u{c}\n\r\té😀".to_owned());
        assert_eq!(read(r#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00""#), Some(expected));
    }

    #[test]
    fn integers_stay_integers() {
        assert_eq!(read("25"), Some(Literal::Number(25.into())));
        assert_eq!(read("-7"), Some(Literal::Number((-7).into())));
        assert_eq!(read("2e2"), Number::from_f64(200.0).map(Literal::Number));
        assert_eq!(
            read("18446744073709551615"),
            Some(Literal::Number(u64::MAX.into()))
        );
    }

    #[test]
    fn what_json_has_no_word_for_is_refused() {
        for text in [
            "", "True", "NULL", "01", "1.", ".5", "+1", "1e999", "-", "bjensen", r#""a"b"#, "'a'",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_surrogate_alone_is_no_character() {
        assert!(escape(r"\uD83D\uDE00").is_ok_and(|(rest, _)| rest.is_empty()));
        for text in [
            r"\uD83D",
            r"\uDE00",
            r"\uD83Dx",
            r"\uD83D\uD83D",
            r"\uD83",
            r"\x",
            r"\u+123",
            r"\",
        ] {
            assert!(escape(text).is_err(), "{text}");
        }
    }
}
