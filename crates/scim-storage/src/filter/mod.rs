//! SQL for conditions.
//!
//! Every condition becomes one expression that the database evaluates; none is evaluated here. The expression is true or false
//! and never NULL, so that `NOT` in SQL means `not` in a filter. It agrees with
//! [`Condition::matches`](scim_core::condition::Condition::matches).
//!
//! An attribute has a [`Place`]: a column, a path into the comparable form of the resource, or rows, either of another table or
//! of a JSON list. [`comparison`] compares the value that is found there.

mod comparison;
mod lookup;
mod place;
mod rows;

use scim_core::condition::{Comparison, Condition};
use scim_core::filter::CompareOp;
use scim_core::schema::AttributeRef;
use scim_service::store::{Kind, StoreError};
use sea_orm::sea_query::{Expr, ExprTrait};

use crate::dialect::Dialect;

pub(crate) use lookup::is_lookup;
pub(crate) use place::{Content, Found, Nullability, Place, Scope, container_path};

/// The translation of conditions and orders for the resources of one kind and connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Translation {
    pub(crate) dialect: Dialect,
    pub(crate) kind: Kind,
    pub(crate) connection: i64,
}

impl Translation {
    /// Translates a condition on resources.
    pub(crate) fn condition(&self, condition: &Condition) -> Result<Expr, StoreError> {
        self.within(condition, Scope::Resource)
    }

    /// Translates the inner condition of `members[…]`, on the users that are members.
    pub(crate) fn condition_on_members(&self, condition: &Condition) -> Result<Expr, StoreError> {
        self.within(condition, Scope::Members)
    }

    fn within(&self, condition: &Condition, scope: Scope) -> Result<Expr, StoreError> {
        match condition {
            Condition::And(operands) => self.joined(operands, scope, true, |left, right| left.and(right)),
            Condition::Or(operands) if scope == Scope::Resource && self.are_lookups(operands) => {
                self.any_lookup(operands)
            }
            Condition::Or(operands) => self.joined(operands, scope, false, |left, right| left.or(right)),
            Condition::Not(operand) => Ok(self.within(operand, scope)?.not()),
            Condition::Element(attribute, inner) => self.element(attribute, inner, scope),
            Condition::Present(attribute) => self.present(attribute, scope),
            Condition::Compare(attribute, comparison) => self.compare(attribute, comparison, scope),
        }
    }

    fn are_lookups(&self, operands: &[Condition]) -> bool {
        operands.len() > 1 && operands.iter().all(|operand| is_lookup(self.kind, operand))
    }

    fn joined(
        &self,
        operands: &[Condition],
        scope: Scope,
        of_none: bool,
        join: impl Fn(Expr, Expr) -> Expr,
    ) -> Result<Expr, StoreError> {
        let operands = operands.iter().map(|operand| self.within(operand, scope));
        let joined = operands.reduce(|left, right| Ok(join(left?, right?)));
        joined.unwrap_or_else(|| Ok(comparison::constant(of_none)))
    }

    fn element(&self, attribute: &AttributeRef, inner: &Condition, scope: Scope) -> Result<Expr, StoreError> {
        if !matches!(scope, Scope::Resource) {
            return self.within(inner, scope);
        }
        if attribute.is("meta", None) {
            return self.within(inner, scope);
        }
        if !attribute.attribute.multi_valued {
            let is_there = match self.place(attribute, scope)? {
                Place::One(found) => comparison::exists(&found),
                Place::Many(elements) => elements.any(comparison::constant(true)),
            };
            return Ok(is_there.and(self.within(inner, scope)?));
        }
        let elements = match names_only_columns(attribute, inner) {
            true => self.elements(attribute)?,
            false => self.json_elements(attribute)?,
        };
        let inner = self.within(inner, elements.scope)?;
        Ok(elements.any(inner))
    }

    fn present(&self, attribute: &AttributeRef, scope: Scope) -> Result<Expr, StoreError> {
        Ok(match self.place(attribute, scope)? {
            Place::One(found) => comparison::present(&found),
            Place::Many(elements) => {
                let inner = match self.place(attribute, elements.scope)? {
                    Place::One(found) => comparison::present(&found),
                    Place::Many(leaves) => {
                        let leaf = self.leaf(attribute, leaves.scope);
                        leaves.any(comparison::present(&leaf))
                    }
                };
                elements.any(inner)
            }
        })
    }

    fn compare(
        &self,
        attribute: &AttributeRef,
        comparison: &Comparison,
        scope: Scope,
    ) -> Result<Expr, StoreError> {
        let negated = comparison.op == CompareOp::NotEqual;
        let any = |condition: &dyn Fn(&Found) -> Expr| -> Result<Expr, StoreError> {
            let condition = |found: &Found| match attribute.is_primary() {
                true => condition(&found.clone().or_false()),
                false => condition(found),
            };
            Ok(match self.place(attribute, scope)? {
                Place::One(found) => condition(&found),
                Place::Many(elements) => {
                    let inner = match self.place(attribute, elements.scope)? {
                        Place::One(found) => condition(&found),
                        Place::Many(leaves) => {
                            let leaf = self.leaf(attribute, leaves.scope);
                            leaves.any(condition(&leaf))
                        }
                    };
                    elements.any(inner)
                }
            })
        };
        let holds = any(&|found| comparison::holds(self.dialect, found, comparison))?;
        match negated {
            // without a value, `ne` is true
            true => Ok(holds.or(any(&comparison::exists)?.not())),
            false => Ok(holds),
        }
    }
}

/// Whether the columns of a table (of e-mails, members or teams) suffice to evaluate a value path.
fn names_only_columns(attribute: &AttributeRef, inner: &Condition) -> bool {
    if !attribute.is("emails", None) {
        return true;
    }
    match inner {
        Condition::And(operands) | Condition::Or(operands) => operands
            .iter()
            .all(|operand| names_only_columns(attribute, operand)),
        Condition::Not(operand) | Condition::Element(_, operand) => names_only_columns(attribute, operand),
        Condition::Present(inner) | Condition::Compare(inner, _) => place::is_email_column(inner),
    }
}
