//! Comparisons as SQL. LIKE is not used: it has wildcards, and SQLite ignores case in it.

use scim_core::condition::{Comparison, Operand};
use scim_core::filter::CompareOp;
use scim_core::schema::AttributeRef;

use super::condition::Translation;
use super::{Column, Dialect, Kept};
use crate::store::StoreError;

/// Below it, integers equal their 64-bit floats, by which SCIM compares.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Translation {
    /// The comparison of a column with the operand; NULL if the column is NULL.
    pub(super) fn holds(
        &mut self,
        attribute: &AttributeRef,
        column: &Column,
        Comparison { op, operand }: &Comparison,
    ) -> Result<String, StoreError> {
        let sql = &column.sql;
        match (operand, column.kept) {
            (Operand::Folded(text), Kept::Folded) | (Operand::Exact(text), Kept::Exact) => {
                Ok(self.text(column, *op, text))
            }
            (Operand::Boolean(value), Kept::Boolean) => {
                let value = self.placeholder(*value);
                Ok(format!("{sql} {} {value}", symbol(*op)))
            }
            (Operand::Timestamp(instant), Kept::Timestamp) => {
                let instant = self.placeholder(instant.as_millis());
                Ok(format!("{sql} {} {instant}", symbol(*op)))
            }
            (Operand::Number(number), Kept::Number) => Ok(self.number_holds(sql, *op, *number)),
            (operand, kept) => Err(super::unsuitable(attribute, kept, suiting(operand))),
        }
    }

    fn number_holds(&mut self, sql: &str, op: CompareOp, number: f64) -> String {
        let op = symbol(op);
        if number.fract() == 0.0 && number.abs() < EXACT {
            #[allow(clippy::cast_possible_truncation, reason = "it is whole and small")]
            let number = self.placeholder(number as i64);
            return format!("{sql} {op} {number}");
        }
        let number = self.placeholder(number);
        match self.dialect {
            Dialect::Sqlite => format!("CAST({sql} AS REAL) {op} {number}"),
            Dialect::Postgres => format!("CAST({sql} AS DOUBLE PRECISION) {op} {number}"),
        }
    }

    fn text(&mut self, column: &Column, op: CompareOp, text: &str) -> String {
        let (sql, length) = (&column.sql, text.chars().count());
        let is_part = matches!(
            op,
            CompareOp::Contains | CompareOp::StartsWith | CompareOp::EndsWith
        );
        if is_part && length == 0 {
            return "TRUE".to_owned();
        }
        let text = self.placeholder(text);
        match (op, self.dialect) {
            (CompareOp::Contains, Dialect::Sqlite) => format!("instr({sql}, {text}) > 0"),
            (CompareOp::Contains, Dialect::Postgres) => format!("strpos({sql}, {text}) > 0"),
            (CompareOp::StartsWith, _) => format!("substr({sql}, 1, {length}) = {text}"),
            (CompareOp::EndsWith, _) => {
                format!(
                    "(length({sql}) >= {length} AND substr({sql}, length({sql}) - {length} + 1) = {text})"
                )
            }
            (CompareOp::Equal | CompareOp::NotEqual, _) => format!("{sql} {} {text}", symbol(op)),
            (_, dialect) => format!("{} {} {text}", column.ordered(dialect), symbol(op)),
        }
    }
}

impl Column {
    /// The condition that there is a value. An empty text counts as absent (RFC 7644 section 3.4.2.2).
    pub(super) fn present(&self) -> String {
        let sql = &self.sql;
        match self.kept {
            Kept::Folded | Kept::Exact => format!("({sql} IS NOT NULL AND {sql} <> '')"),
            Kept::Boolean | Kept::Number | Kept::Timestamp => format!("({sql} IS NOT NULL)"),
        }
    }

    /// The column of booleans, with false for NULL.
    pub(super) fn or_false(&self) -> Self {
        Self {
            sql: format!("coalesce({}, FALSE)", self.sql),
            ..self.clone()
        }
    }

    /// The column, in the order in which its values are compared: text by code point, as in SQLite.
    pub(super) fn ordered(&self, dialect: Dialect) -> String {
        match (self.kept, dialect) {
            (Kept::Folded | Kept::Exact, Dialect::Postgres) => format!("({}) COLLATE \"C\"", self.sql),
            _ => self.sql.clone(),
        }
    }
}

fn suiting(operand: &Operand) -> Kept {
    match operand {
        Operand::Exact(_) => Kept::Exact,
        Operand::Folded(_) => Kept::Folded,
        Operand::Number(_) => Kept::Number,
        Operand::Boolean(_) => Kept::Boolean,
        Operand::Timestamp(_) => Kept::Timestamp,
    }
}

fn symbol(op: CompareOp) -> &'static str {
    match op {
        CompareOp::NotEqual => "<>",
        CompareOp::Greater => ">",
        CompareOp::GreaterOrEqual => ">=",
        CompareOp::Less => "<",
        CompareOp::LessOrEqual => "<=",
        CompareOp::Equal | CompareOp::Contains | CompareOp::StartsWith | CompareOp::EndsWith => "=",
    }
}
