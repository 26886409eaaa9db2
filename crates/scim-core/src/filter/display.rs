//! The canonical text of a filter: lower-case operators, one space, only the brackets that are needed.
//!
//! For every filter that the parser returns, parsing its text gives the same filter. The text may be longer than the one
//! that was parsed, and one level deeper where a test followed a value path.

use std::fmt::{self, Display, Formatter};

use super::{CompareOp, Filter, Literal};

impl Display for Filter {
    /// Writes the canonical text: lower-case operators, one space, only the brackets that are needed.
    ///
    /// ```
    /// use scim_core::filter::Filter;
    ///
    /// let filter: Filter = r#"emails[type EQ "work"].value pr and NOT(title pr)"#.parse()?;
    /// assert_eq!(filter.to_string(), r#"emails[type eq "work" and value pr] and not (title pr)"#);
    /// # Ok::<(), scim_core::filter::ParseError>(())
    /// ```
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Present(path) => write!(f, "{path} pr"),
            Self::Compare(path, operator, literal) => write!(f, "{path} {operator} {literal}"),
            Self::And(all) => list(f, " and ", all, |one| matches!(one, Self::And(_) | Self::Or(_))),
            Self::Or(all) => list(f, " or ", all, |one| matches!(one, Self::Or(_))),
            Self::Not(filter) => write!(f, "not ({filter})"),
            Self::Element(path, filter) => write!(f, "{path}[{filter}]"),
        }
    }
}

impl Display for CompareOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(boolean) => write!(f, "{boolean}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::String(text) if text.contains(|c| c == '"' || c == '\\' || c < ' ') => {
                f.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
            }
            Self::String(text) => write!(f, "\"{text}\""),
        }
    }
}

fn list(
    f: &mut Formatter<'_>,
    link: &str,
    operands: &[Filter],
    needs_group: impl Fn(&Filter) -> bool,
) -> fmt::Result {
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 {
            f.write_str(link)?;
        }
        if needs_group(operand) {
            write!(f, "({operand})")?;
        } else {
            operand.fmt(f)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_stand_where_they_are_needed() {
        for (text, canonical) in [
            ("(a pr and b pr) or c pr", "a pr and b pr or c pr"),
            ("a pr and (b pr or c pr)", "a pr and (b pr or c pr)"),
            ("a pr or (b pr or c pr)", "a pr or (b pr or c pr)"),
            ("a[(b pr)or(c pr)].d eq 1", "a[(b pr or c pr) and d eq 1]"),
            ("((not((a pr))))", "not (a pr)"),
        ] {
            assert_eq!(text.parse::<Filter>().unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn strings_are_escaped_as_json_does() {
        assert_eq!(
            Literal::String("a\"\\\0é\n".to_owned()).to_string(),
            r#""a\"\\\u0000é\n""#
        );
    }
}
