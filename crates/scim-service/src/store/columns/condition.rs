//! Translation of a condition. Every part is true or false, never NULL, so that NOT is its opposite, and has brackets if it
//! needs them to be joined.

use scim_core::condition::{Comparison, Condition};
use scim_core::filter::CompareOp;
use scim_core::schema::AttributeRef;

use super::{Column, Columns, Dialect, Parameter, Rows, container_of, key_of};
use crate::store::StoreError;

/// The translation of a condition, with its parameters so far.
pub(super) struct Translation {
    pub(super) dialect: Dialect,
    parameters: Vec<Parameter>,
}

/// What the attributes of a condition belong to.
#[derive(Clone, Copy)]
enum Scope<'a> {
    Resource(&'a Columns),
    /// One value of a multi-valued attribute.
    Row(&'a Rows),
}

/// The place of the values of an attribute.
enum Place<'a> {
    One(&'a Column),
    Many(&'a Rows, &'a Column),
    /// Each row is a value, whatever it contains.
    Rows(&'a Rows),
}

impl Translation {
    /// A translation for a statement with its own parameters.
    pub(super) fn new(dialect: Dialect, own: Vec<Parameter>) -> Self {
        Self {
            dialect,
            parameters: own,
        }
    }

    pub(super) fn into_parameters(self) -> Vec<Parameter> {
        self.parameters
    }

    pub(super) fn of_resource(
        &mut self,
        columns: &Columns,
        condition: &Condition,
    ) -> Result<String, StoreError> {
        self.fold(Scope::Resource(columns), condition)
    }

    /// A new placeholder. It has a type on PostgreSQL, which would otherwise infer one from the column.
    pub(super) fn placeholder(&mut self, parameter: impl Into<Parameter>) -> String {
        let parameter = parameter.into();
        let (number, kind) = (self.parameters.len() + 1, parameter.sql_type());
        self.parameters.push(parameter);
        match self.dialect {
            Dialect::Sqlite => format!("?{number}"),
            Dialect::Postgres => format!("CAST(${number} AS {kind})"),
        }
    }

    fn fold(&mut self, scope: Scope<'_>, condition: &Condition) -> Result<String, StoreError> {
        match condition {
            Condition::And(operands) => self.join(scope, operands, " AND ", "TRUE"),
            Condition::Or(operands) => self.join(scope, operands, " OR ", "FALSE"),
            Condition::Not(operand) => Ok(format!("(NOT {})", self.fold(scope, operand)?)),
            Condition::Element(attribute, inner) => match scope {
                Scope::Resource(columns) => {
                    let rows = columns.rows.get(&container_of(attribute));
                    let rows = rows.ok_or_else(|| unsupported(attribute))?;
                    let inner = self.fold(Scope::Row(rows), inner)?;
                    Ok(rows.exists(&inner))
                }
                Scope::Row(_) => self.fold(scope, inner),
            },
            Condition::Present(attribute) => Ok(match scope.place(attribute)? {
                Place::One(column) => column.present(),
                Place::Many(rows, column) => rows.exists(&column.present()),
                Place::Rows(rows) => rows.exists("TRUE"),
            }),
            Condition::Compare(attribute, comparison) => self.compare(scope, attribute, comparison),
        }
    }

    fn join(
        &mut self,
        scope: Scope<'_>,
        operands: &[Condition],
        between: &str,
        none: &str,
    ) -> Result<String, StoreError> {
        let operands: Result<Vec<String>, StoreError> =
            operands.iter().map(|operand| self.fold(scope, operand)).collect();
        Ok(match operands? {
            operands if operands.is_empty() => none.to_owned(),
            operands => format!("({})", operands.join(between)),
        })
    }

    fn compare(
        &mut self,
        scope: Scope<'_>,
        attribute: &AttributeRef,
        comparison: &Comparison,
    ) -> Result<String, StoreError> {
        let differs = comparison.op == CompareOp::NotEqual;
        let place = scope.place(attribute)?;
        let (Place::One(column) | Place::Many(_, column)) = place else {
            return Err(unsupported(attribute));
        };
        let assumed = attribute.is_primary().then(|| column.or_false());
        let column = assumed.as_ref().unwrap_or(column);
        // NULL without a value
        let holds = self.holds(attribute, column, comparison)?;
        let sql = &column.sql;
        // an absent value differs from any other
        Ok(match place {
            Place::One(_) if differs => format!("({sql} IS NULL OR {holds})"),
            Place::Many(rows, _) if differs => {
                let some = rows.exists(&format!("({sql} IS NOT NULL AND {holds})"));
                let any = rows.exists(&format!("{sql} IS NOT NULL"));
                format!("({some} OR NOT {any})")
            }
            Place::Many(rows, _) => rows.exists(&format!("({sql} IS NOT NULL AND {holds})")),
            _ => format!("({sql} IS NOT NULL AND {holds})"),
        })
    }
}

impl<'a> Scope<'a> {
    fn place(self, attribute: &AttributeRef) -> Result<Place<'a>, StoreError> {
        let sub = match &attribute.sub {
            Some(sub) => Some(sub.name.as_str()),
            None if attribute.attribute.is_complex() => None,
            None => Some("value"),
        };
        let in_row = |rows: &'a Rows| sub.and_then(|sub| rows.columns.get(&key_of(sub)));
        let found = match self {
            Self::Row(rows) => in_row(rows).map(Place::One),
            Self::Resource(columns) => match columns.rows.get(&container_of(attribute)) {
                Some(rows) if sub.is_none() => Some(Place::Rows(rows)),
                Some(rows) => in_row(rows).map(|column| Place::Many(rows, column)),
                None => columns
                    .columns
                    .get(&key_of(&attribute.to_string()))
                    .map(Place::One),
            },
        };
        found.ok_or_else(|| unsupported(attribute))
    }
}

fn unsupported(attribute: &AttributeRef) -> StoreError {
    StoreError::UnsupportedFilter(format!("this server does not filter by `{attribute}`"))
}
