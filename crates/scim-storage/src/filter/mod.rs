//! From a [`Condition`] to SQL.
//!
//! Every expression made here is true or false, never NULL, so `not` means the same as in
//! [`Condition::matches`], which says what each condition means. What is looked up by identity providers (`userName`,
//! `externalId`, `id`, `emails`, a group's `displayName`, `members`) is compared with indexed columns, everything else with the
//! `comparable` document.

mod leaf;
mod rows;

use scim_core::condition::{Comparison, Condition};
use scim_core::filter::CompareOp;
use scim_core::schema::AttributeRef;
use scim_service::store::{Kind, StoreError};
use sea_orm::sea_query::{Expr, ExprTrait};

use crate::dialect::Dialect;
use leaf::Leaf;
use rows::Rows;

pub(crate) use leaf::{path, table};

/// Translates conditions on the resources of one kind, in one connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Translator {
    pub(crate) dialect: Dialect,
    pub(crate) kind: Kind,
    pub(crate) connection: i64,
}

/// What the attributes of a condition are attributes of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A row of `users` or `teams`.
    Resource,
    /// An element of a JSON list.
    Element,
    /// A row of `user_emails`.
    Email,
    /// A membership seen from the user: the team is what counts.
    TeamOfUser,
    /// A membership seen from the team: the user is what counts.
    MemberOfTeam,
}

impl Translator {
    /// The condition on rows of `users` or `teams`.
    pub(crate) fn condition(&self, condition: &Condition) -> Result<Expr, StoreError> {
        self.translate(condition, Scope::Resource)
    }

    /// The inner condition of `members[…]`, on rows of `users`.
    pub(crate) fn members(&self, condition: &Condition) -> Result<Expr, StoreError> {
        self.translate(condition, Scope::MemberOfTeam)
    }

    fn translate(&self, condition: &Condition, scope: Scope) -> Result<Expr, StoreError> {
        match condition {
            Condition::And(operands) => self.join(operands, scope, |left, right| left.and(right)),
            Condition::Or(operands) => self.join(operands, scope, |left, right| left.or(right)),
            Condition::Not(operand) => Ok(self.translate(operand, scope)?.not()),
            Condition::Element(attribute, inner) => self.element(attribute, inner, scope),
            Condition::Present(attribute) => self.present(attribute, scope),
            Condition::Compare(attribute, comparison) => self.compare(attribute, comparison, scope),
        }
    }

    fn join(
        &self,
        operands: &[Condition],
        scope: Scope,
        join: impl Fn(Expr, Expr) -> Expr,
    ) -> Result<Expr, StoreError> {
        let mut joined: Option<Expr> = None;
        for operand in operands {
            let operand = self.translate(operand, scope)?;
            joined = Some(match joined {
                Some(before) => join(before, operand),
                None => operand,
            });
        }
        Ok(joined.unwrap_or_else(|| Expr::val(true)))
    }

    /// One value meets all of the inner condition.
    fn element(&self, attribute: &AttributeRef, inner: &Condition, scope: Scope) -> Result<Expr, StoreError> {
        match self.rows(attribute, scope, &mut subs(inner))? {
            Some(rows) => {
                let scope = rows.scope;
                Ok(rows.any(Some(self.translate(inner, scope)?)))
            }
            // a single value: its sub-attributes are reached from the resource
            None => Ok(self.present(attribute, scope)?.and(self.translate(inner, scope)?)),
        }
    }

    fn present(&self, attribute: &AttributeRef, scope: Scope) -> Result<Expr, StoreError> {
        let mut names = attribute.sub.iter().map(|sub| sub.name.as_str());
        match self.rows(attribute, scope, &mut names)? {
            Some(rows) if attribute.sub.is_some() => {
                let leaf = self.leaf(attribute, rows.scope)?;
                Ok(rows.any(Some(leaf.present())))
            }
            Some(rows) => Ok(rows.any(None)),
            None => Ok(self.leaf(attribute, scope)?.present()),
        }
    }

    fn compare(
        &self,
        attribute: &AttributeRef,
        comparison: &Comparison,
        scope: Scope,
    ) -> Result<Expr, StoreError> {
        let mut names = attribute.sub.iter().map(|sub| sub.name.as_str());
        let Some(rows) = self.rows(attribute, scope, &mut names)? else {
            return self.leaf(attribute, scope)?.compare(self.dialect, comparison);
        };
        let leaf = self.leaf(attribute, rows.scope)?;
        if comparison.op != CompareOp::NotEqual {
            return Ok(rows.any(Some(leaf.compare(self.dialect, comparison)?)));
        }
        // one value differs, or there is none
        let has_value = leaf.exists();
        let differs = has_value.clone().and(leaf.compare(self.dialect, comparison)?);
        Ok(rows.any(Some(differs)).or(rows.any(Some(has_value)).not()))
    }

    /// The rows that stand for the values of a multi-valued attribute of a resource.
    fn rows(
        &self,
        attribute: &AttributeRef,
        scope: Scope,
        subs: &mut dyn Iterator<Item = &str>,
    ) -> Result<Option<Rows>, StoreError> {
        match scope == Scope::Resource && attribute.attribute.multi_valued {
            true => Rows::of(self, attribute, subs).map(Some),
            false => Ok(None),
        }
    }

    fn leaf(&self, attribute: &AttributeRef, scope: Scope) -> Result<Leaf, StoreError> {
        Leaf::of(self, attribute, scope)
    }
}

/// The names of the sub-attributes that an inner condition compares.
fn subs(condition: &Condition) -> Box<dyn Iterator<Item = &str> + '_> {
    match condition {
        Condition::And(operands) | Condition::Or(operands) => Box::new(operands.iter().flat_map(subs)),
        Condition::Not(operand) | Condition::Element(_, operand) => subs(operand),
        Condition::Present(attribute) | Condition::Compare(attribute, _) => {
            Box::new(attribute.sub.iter().map(|sub| sub.name.as_str()))
        }
    }
}
