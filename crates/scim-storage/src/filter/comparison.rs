//! Comparisons of one value. Each is true or false, and false if there is no value.

use scim_core::condition::{Comparison, Operand};
use scim_core::filter::CompareOp;
use sea_orm::sea_query::{Expr, ExprTrait, Func, Value};

use super::place::{Content, Found, Nullability};
use crate::dialect::Dialect;

/// Returns the literal `TRUE` or `FALSE`.
pub(super) fn constant(value: bool) -> Expr {
    Expr::cust(if value { "TRUE" } else { "FALSE" })
}

/// The condition that there is a value.
pub(super) fn exists(found: &Found) -> Expr {
    match (found.content, found.nullability) {
        (Content::Condition, _) => found.value.clone(),
        (_, Nullability::Never) => constant(true),
        _ => found.value.clone().is_not_null(),
    }
}

/// The condition that there is a value, other than the empty string.
pub(super) fn present(found: &Found) -> Expr {
    match found.content {
        Content::Text => definite(found, |value| value.ne("")),
        Content::Number | Content::Boolean | Content::Condition => exists(found),
    }
}

/// The condition that there is a value and the comparison is true.
pub(super) fn holds(dialect: Dialect, found: &Found, Comparison { op, operand }: &Comparison) -> Expr {
    match operand {
        Operand::Exact(text) | Operand::Folded(text) => text_holds(dialect, found, *op, text),
        Operand::Number(number) => ordered(found, *op, *number),
        Operand::Boolean(value) => ordered(found, *op, *value),
        Operand::Timestamp(instant) => ordered(found, *op, instant.as_millis()),
    }
}

fn text_holds(dialect: Dialect, found: &Found, op: CompareOp, operand: &str) -> Expr {
    match op {
        CompareOp::Contains | CompareOp::StartsWith | CompareOp::EndsWith if operand.is_empty() => {
            exists(found)
        }
        CompareOp::Contains => definite(found, |text| dialect.contains(text, operand)),
        CompareOp::EndsWith => definite(found, |text| dialect.ends_with(text, operand)),
        // a range, for which an index can be used; text is ordered by code point
        CompareOp::StartsWith => definite(found, |text| {
            let from = text.clone().gte(operand);
            match after_all_that_start_with(operand) {
                Some(end) => from.and(text.lt(end)),
                None => from,
            }
        }),
        _ => ordered(found, op, operand),
    }
}

fn ordered(found: &Found, op: CompareOp, operand: impl Into<Value>) -> Expr {
    let operand = Expr::val(operand);
    definite(found, |value| match op {
        CompareOp::Equal => value.eq(operand),
        CompareOp::NotEqual => value.ne(operand),
        CompareOp::Greater => value.gt(operand),
        CompareOp::GreaterOrEqual => value.gte(operand),
        CompareOp::Less => value.lt(operand),
        CompareOp::LessOrEqual => value.lte(operand),
        CompareOp::Contains | CompareOp::StartsWith | CompareOp::EndsWith => constant(false),
    })
}

/// Makes a comparison false where the value is NULL, in a form that lets a column use its index.
fn definite(found: &Found, comparison: impl FnOnce(Expr) -> Expr) -> Expr {
    let compared = comparison(found.value.clone());
    match found.nullability {
        Nullability::Never => compared,
        Nullability::Column => found.value.clone().is_not_null().and(compared),
        Nullability::Computed => Func::coalesce([compared, constant(false)]).into(),
    }
}

/// Returns the smallest string that is greater than all strings with this prefix, if there is one.
fn after_all_that_start_with(prefix: &str) -> Option<String> {
    let mut characters: Vec<char> = prefix.chars().collect();
    while let Some(last) = characters.pop() {
        if let Some(next) = ((u32::from(last) + 1)..=u32::from(char::MAX)).find_map(char::from_u32) {
            characters.push(next);
            return Some(characters.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_range_is_the_next_text_of_that_length_or_a_shorter_one() {
        let end = |prefix: &str| after_all_that_start_with(prefix);
        assert_eq!(end("bj").as_deref(), Some("bk"));
        assert_eq!(end("a\u{d7ff}").as_deref(), Some("a\u{e000}"));
        assert_eq!(end("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(end("\u{10ffff}"), None);
    }
}
