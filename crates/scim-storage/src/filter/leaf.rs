//! Single values: where they are found, and how they compare.

use scim_core::condition::{Comparison, Operand};
use scim_core::filter::CompareOp;
use scim_core::schema::{AttributeRef, AttributeType};
use scim_service::store::{Kind, StoreError};
use sea_orm::sea_query::{Expr, ExprTrait, Func};

use super::{Scope, Translator};
use crate::dialect::Dialect;

/// A single value in SQL.
#[derive(Debug, Clone)]
pub(super) enum Leaf {
    /// Text in a column with the collation of code points; perhaps NULL.
    Column { text: Expr, nullable: bool },
    /// Text in a JSON document.
    Text(Expr),
    /// A number, or a point in time as milliseconds.
    Number(Expr),
    /// A boolean: the expression is true, false or NULL.
    Boolean(Expr),
    /// The version of a resource, of which filters see the entity tag.
    Version(Expr),
    /// The same text for every resource.
    Constant(&'static str),
    /// A complex value: the expression says whether there is one.
    Complex(Expr),
}

/// The table of a kind of resource.
pub(crate) fn table(kind: Kind) -> &'static str {
    match kind {
        Kind::Group => "teams",
        _ => "users",
    }
}

/// The path of an attribute in a `comparable` document.
pub(crate) fn path(attribute: &AttributeRef, with_sub: bool) -> Vec<&str> {
    let extension = attribute.extension.iter().map(|schema| schema.id.as_str());
    let sub = attribute
        .sub
        .iter()
        .filter(|_| with_sub)
        .map(|sub| sub.name.as_str());
    extension
        .chain([attribute.attribute.name.as_str()])
        .chain(sub)
        .collect()
}

impl Leaf {
    /// The value that an attribute has in a scope.
    pub(super) fn of(
        translator: &Translator,
        attribute: &AttributeRef,
        scope: Scope,
    ) -> Result<Self, StoreError> {
        let sub = attribute.sub.as_ref().map(|sub| sub.name.as_str());
        let unsupported = || StoreError::Unsupported(format!("`{attribute}` cannot be filtered by"));
        let column = |table: &'static str, name: &'static str| Expr::col((table, name));
        let key = |table, name| Self::Column {
            text: column(table, name),
            nullable: false,
        };
        match scope {
            Scope::Resource => Ok(Self::of_resource(translator, attribute).ok_or_else(unsupported)?),
            Scope::Element => Ok(Self::of_element(translator.dialect, attribute)),
            Scope::Email => match sub {
                Some("value") => Ok(Self::Column {
                    text: column("user_emails", "value_key"),
                    nullable: true,
                }),
                Some("type") => Ok(Self::Column {
                    text: column("user_emails", "type_key"),
                    nullable: true,
                }),
                _ => Err(unsupported()),
            },
            Scope::TeamOfUser => match sub {
                Some("value") => Ok(key("teams", "id")),
                Some("display") => Ok(key("teams", "display_key")),
                Some("type") => Ok(Self::Constant("direct")),
                _ => Err(unsupported()),
            },
            Scope::MemberOfTeam => match sub {
                Some("value") => Ok(key("users", "id")),
                Some("display") => Ok(key("users", "display_key")),
                Some("type") => Ok(Self::Constant("user")),
                _ => Err(unsupported()),
            },
        }
    }

    fn of_resource(translator: &Translator, attribute: &AttributeRef) -> Option<Self> {
        let table = table(translator.kind);
        let column = |name: &'static str| Expr::col((table, name));
        let sub = attribute.sub.as_ref().map(|sub| sub.name.as_str());
        match (translator.kind, attribute.core_name(), sub) {
            (_, Some("id"), None) => Some(Self::Column {
                text: column("id"),
                nullable: false,
            }),
            (_, Some("externalId"), None) => Some(Self::Column {
                text: column("external_id"),
                nullable: true,
            }),
            (Kind::User, Some("userName"), None) => Some(Self::Column {
                text: column("user_name_key"),
                nullable: false,
            }),
            (Kind::Group, Some("displayName"), None) => Some(Self::Column {
                text: column("display_key"),
                nullable: false,
            }),
            (_, Some("meta"), None) => Some(Self::Complex(Expr::val(true))),
            (_, Some("meta"), Some("created")) => Some(Self::Number(column("created_at"))),
            (_, Some("meta"), Some("lastModified")) => Some(Self::Number(column("modified_at"))),
            (_, Some("meta"), Some("version")) => Some(Self::Version(column("version"))),
            (Kind::User, Some("meta"), Some("resourceType")) => Some(Self::Constant("User")),
            (Kind::Group, Some("meta"), Some("resourceType")) => Some(Self::Constant("Group")),
            (_, Some("meta"), Some(_)) => None,
            _ => {
                let json = column("comparable");
                Some(Self::of_json(
                    translator.dialect,
                    attribute.leaf().kind,
                    json,
                    &path(attribute, true),
                ))
            }
        }
    }

    fn of_element(dialect: Dialect, attribute: &AttributeRef) -> Self {
        let kind = attribute.leaf().kind;
        match &attribute.sub {
            Some(sub) => Self::of_json(dialect, kind, dialect.element(), &[&sub.name]),
            None => match kind {
                AttributeType::Boolean => Self::Boolean(dialect.element_scalar().eq(match dialect {
                    Dialect::Sqlite => Expr::val(1),
                    Dialect::Postgres => Expr::val("true"),
                })),
                AttributeType::Integer | AttributeType::Decimal | AttributeType::DateTime => {
                    let scalar = dialect.element_scalar();
                    Self::Number(match dialect {
                        Dialect::Sqlite => scalar,
                        Dialect::Postgres => scalar.cast_as("double precision"),
                    })
                }
                AttributeType::Complex => Self::Complex(Expr::val(true)),
                _ => Self::Text(dialect.element_scalar()),
            },
        }
    }

    fn of_json(dialect: Dialect, kind: AttributeType, json: Expr, path: &[&str]) -> Self {
        match kind {
            AttributeType::Boolean => Self::Boolean(dialect.json_boolean(json, path)),
            AttributeType::Integer | AttributeType::Decimal | AttributeType::DateTime => {
                Self::Number(dialect.json_number(json, path))
            }
            AttributeType::Complex => Self::Complex(dialect.json_exists(json, path)),
            AttributeType::String | AttributeType::Binary | AttributeType::Reference => {
                Self::Text(dialect.json_scalar(json, path))
            }
        }
    }

    /// Whether there is a value with content (`pr`).
    pub(super) fn present(&self) -> Expr {
        match self {
            Self::Column {
                text,
                nullable: false,
            } => text.clone().ne(""),
            Self::Column { text, nullable: true } | Self::Text(text) => {
                text.clone().is_not_null().and(text.clone().ne(""))
            }
            _ => self.exists(),
        }
    }

    /// Whether there is a value, be it an empty string.
    pub(super) fn exists(&self) -> Expr {
        match self {
            Self::Column { nullable: false, .. } | Self::Version(_) | Self::Constant(_) => Expr::val(true),
            Self::Column { text, nullable: true } | Self::Text(text) => text.clone().is_not_null(),
            Self::Number(value) | Self::Boolean(value) => value.clone().is_not_null(),
            Self::Complex(exists) => exists.clone(),
        }
    }

    /// The comparison: true or false, also where there is no value.
    pub(super) fn compare(&self, dialect: Dialect, comparison: &Comparison) -> Result<Expr, StoreError> {
        if comparison.op == CompareOp::NotEqual {
            let equal = Comparison {
                op: CompareOp::Equal,
                operand: comparison.operand.clone(),
            };
            return Ok(self.compare(dialect, &equal)?.not());
        }
        let op = comparison.op;
        match (self, &comparison.operand) {
            (Self::Column { text, nullable }, Operand::Exact(value) | Operand::Folded(value)) => {
                let compared = text_compare(dialect, text.clone(), op, value);
                // NULL and false is false: two-valued, and the index on the column still serves
                Ok(if *nullable {
                    compared.and(text.clone().is_not_null())
                } else {
                    compared
                })
            }
            (Self::Text(text), Operand::Exact(value) | Operand::Folded(value)) => Ok(or_false(text_compare(
                dialect,
                dialect.by_code_point(text.clone()),
                op,
                value,
            ))),
            (Self::Constant(constant), Operand::Exact(value) | Operand::Folded(value)) => Ok(text_compare(
                dialect,
                dialect.by_code_point(Expr::val(*constant)),
                op,
                value,
            )),
            (Self::Number(number), Operand::Number(value)) => {
                Ok(or_false(order_compare(number.clone(), op, Expr::val(*value))))
            }
            (Self::Number(number), Operand::Instant(instant)) => Ok(or_false(order_compare(
                number.clone(),
                op,
                Expr::val(instant.as_millis()),
            ))),
            (Self::Boolean(is_true), Operand::Boolean(value)) => Ok(or_false(match value {
                true => is_true.clone(),
                false => is_true.clone().not(),
            })),
            (Self::Version(version), Operand::Exact(tag) | Operand::Folded(tag))
                if op == CompareOp::Equal =>
            {
                let number = tag.strip_prefix("W/\"").and_then(|tag| tag.strip_suffix('"'));
                let number = number.and_then(|number| number.parse::<i64>().ok());
                Ok(number.map_or(Expr::val(false), |number| version.clone().eq(number)))
            }
            (Self::Version(_), _) => Err(StoreError::Unsupported(format!(
                "`meta.version` can be compared by `eq` and `ne` alone, not by `{}`",
                op.as_str()
            ))),
            _ => Err(StoreError::Unsupported(format!(
                "`{}` cannot be used here",
                op.as_str()
            ))),
        }
    }
}

fn or_false(expression: Expr) -> Expr {
    Func::coalesce([expression, Expr::val(false)]).into()
}

fn text_compare(dialect: Dialect, text: Expr, op: CompareOp, value: &str) -> Expr {
    match op {
        CompareOp::Contains => dialect.contains(text, value),
        CompareOp::StartsWith => dialect.starts_with(text, value),
        CompareOp::EndsWith => dialect.ends_with(text, value),
        _ => order_compare(text, op, Expr::val(value)),
    }
}

fn order_compare(left: Expr, op: CompareOp, right: Expr) -> Expr {
    match op {
        CompareOp::Greater => left.gt(right),
        CompareOp::GreaterOrEqual => left.gte(right),
        CompareOp::Less => left.lt(right),
        CompareOp::LessOrEqual => left.lte(right),
        CompareOp::NotEqual => left.ne(right),
        _ => left.eq(right),
    }
}
