//! Filters and orders, as SQL: those that identity providers ask for. The rest is refused, and the client told so.

use rusqlite::types::Value;
use scim_core::condition::{Comparison, Condition, Operand};
use scim_core::filter::CompareOp;
use scim_core::query::{Sort, SortOrder};
use scim_core::schema::AttributeRef;
use scim_service::store::StoreError;

/// The SQL of a condition; its parameters are put behind those that are there. It is 0 or 1 and never NULL, so that NOT
/// is the opposite.
pub(crate) fn condition(condition: &Condition, parameters: &mut Vec<Value>) -> Result<String, StoreError> {
    let mut each = |operands: &[Condition], between: &str, none: &str| {
        let mut sql = none.to_owned();
        for operand in operands {
            sql = format!("{sql} {between} ({})", self::condition(operand, parameters)?);
        }
        Ok(sql)
    };
    match condition {
        Condition::And(operands) => each(operands, "AND", "1"),
        Condition::Or(operands) => each(operands, "OR", "0"),
        Condition::Not(operand) => Ok(format!("NOT ({})", self::condition(operand, parameters)?)),
        Condition::Present(attribute) => Ok(format!("coalesce({} <> '', 0)", column(attribute)?)),
        Condition::Compare(attribute, comparison) => compare(attribute, comparison, parameters),
        Condition::Element(attribute, _) => Err(unsupported(attribute)),
    }
}

/// The SQL of an order, of creation without one.
pub(crate) fn order(sort: Option<&Sort>) -> Result<String, StoreError> {
    let Some(Sort { by, order }) = sort else {
        return Ok("id".to_owned());
    };
    let order = match order {
        SortOrder::Ascending => "ASC NULLS LAST",
        SortOrder::Descending => "DESC NULLS FIRST",
    };
    let unsupported = |_| StoreError::UnsupportedOrder(format!("this server does not sort by `{by}`"));
    Ok(format!("{} {order}, id", column(by).map_err(unsupported)?))
}

fn compare(
    attribute: &AttributeRef,
    Comparison { op, operand }: &Comparison,
    parameters: &mut Vec<Value>,
) -> Result<String, StoreError> {
    let value = match operand {
        Operand::Exact(text) | Operand::Folded(text) => Value::from(text.clone()),
        Operand::Boolean(is) => Value::from(*is),
        _ => return Err(unsupported(attribute)),
    };
    let number = parameters.len() + 1;
    let sql = match (attribute.attribute.name.as_str(), op) {
        ("members", CompareOp::Equal) if is_value(attribute) => {
            format!("id IN (SELECT project FROM project_members WHERE account = ?{number})")
        }
        ("groups", CompareOp::Equal) if is_value(attribute) => {
            format!("id IN (SELECT account FROM project_members WHERE project = ?{number})")
        }
        (_, CompareOp::Equal) => format!("coalesce({} = ?{number}, 0)", column(attribute)?),
        (_, CompareOp::NotEqual) => format!("{} IS NOT ?{number}", column(attribute)?),
        (_, CompareOp::StartsWith) => format!("coalesce(instr({}, ?{number}) = 1, 0)", column(attribute)?),
        _ => return Err(unsupported(attribute)),
    };
    parameters.push(value);
    Ok(sql)
}

/// Where an attribute is kept as it is compared.
fn column(attribute: &AttributeRef) -> Result<&'static str, StoreError> {
    match attribute.attribute.name.as_str() {
        _ if attribute.extension.is_some() || attribute.sub.is_some() => Err(unsupported(attribute)),
        "id" => Ok("id"),
        "userName" => Ok("user_key"),
        "displayName" => Ok("display_key"),
        "externalId" => Ok("external_id"),
        "active" => Ok("active"),
        _ => Err(unsupported(attribute)),
    }
}

fn is_value(attribute: &AttributeRef) -> bool {
    attribute.sub.as_ref().is_none_or(|sub| sub.name == "value")
}

fn unsupported(attribute: &AttributeRef) -> StoreError {
    let name = &attribute.attribute.name;
    StoreError::Unsupported(format!("this server does not filter by `{name}` in this way"))
}
