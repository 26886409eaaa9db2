//! Filters of a query across several resource types (RFC 7644 section 3.4.2.1). An attribute that a type does not have, or whose
//! type does not fit the comparison, counts as an attribute without a value.

use super::Condition;
use super::resolve::unknown;
use crate::error::Error;
use crate::filter::{CompareOp, Filter, Literal};
use crate::path::AttributePath;
use crate::schema::ResourceType;

impl Filter {
    /// Resolves the filter for one of several resource types that are queried together.
    ///
    /// It differs from [`Filter::resolve`] where only `others` have an attribute: that counts as an attribute without a value, for
    /// which `ne` and `eq null` hold and nothing else does. The same applies to an attribute whose type fits the filter only in
    /// one of `others`, such as a number where another has text.
    ///
    /// ```
    /// use scim_core::condition::Condition;
    /// use scim_core::filter::Filter;
    /// use scim_core::schema::ResourceType;
    ///
    /// let (user, group) = (ResourceType::user(), ResourceType::group());
    /// let filter: Filter = r#"userName eq "bjensen" or displayName eq "Tour Guides""#.parse()?;
    /// let of_groups = filter.resolve_among(&group, &[&user])?;
    /// assert_eq!(of_groups, r#"displayName eq "Tour Guides""#.parse::<Filter>()?.resolve(&group)?);
    /// assert!("userName pr".parse::<Filter>()?.resolve_among(&group, &[&user])?.is_never());
    /// # Ok::<(), scim_core::error::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns 400 `invalidFilter`, as [`Filter::resolve`] does, where the filter can be resolved for none of the types.
    pub fn resolve_among(
        &self,
        resource_type: &ResourceType,
        others: &[&ResourceType],
    ) -> Result<Condition, Error> {
        let is_known = |path: &AttributePath| match resource_type.resolve(path) {
            Some(_) => Ok(true),
            None if others.iter().any(|other| other.resolve(path).is_some()) => Ok(false),
            None => {
                let types: Vec<&ResourceType> = others.iter().copied().chain([resource_type]).collect();
                Err(unknown(path, &types))
            }
        };
        match self {
            Self::And(operands) => {
                let operands = resolve_each(operands, resource_type, others)?;
                Ok(Condition::all(operands))
            }
            Self::Or(operands) => {
                let operands = resolve_each(operands, resource_type, others)?;
                Ok(Condition::any(operands))
            }
            Self::Not(operand) => Ok(operand.resolve_among(resource_type, others)?.negated()),
            Self::Present(path) | Self::Compare(path, ..) | Self::Element(path, _) if is_known(path)? => {
                match self.resolve(resource_type) {
                    Err(_) if others.iter().any(|other| self.resolve(other).is_ok()) => {
                        Ok(self.of_no_value())
                    }
                    resolved => resolved,
                }
            }
            Self::Present(_) | Self::Compare(..) | Self::Element(..) => Ok(self.of_no_value()),
        }
    }

    /// The result of a filter by one attribute that has no value.
    fn of_no_value(&self) -> Condition {
        match self {
            Self::Compare(_, CompareOp::NotEqual, literal) if *literal != Literal::Null => {
                Condition::always()
            }
            Self::Compare(_, CompareOp::Equal, Literal::Null) => Condition::always(),
            _ => Condition::never(),
        }
    }
}

fn resolve_each(
    operands: &[Filter],
    resource_type: &ResourceType,
    others: &[&ResourceType],
) -> Result<Vec<Condition>, Error> {
    let resolved = operands
        .iter()
        .map(|operand| operand.resolve_among(resource_type, others));
    resolved.collect()
}

impl Condition {
    /// Returns the condition that every resource meets: an empty `And`.
    #[must_use]
    pub fn always() -> Self {
        Self::And(Vec::new())
    }

    /// Returns the condition that no resource meets: an empty `Or`.
    #[must_use]
    pub fn never() -> Self {
        Self::Or(Vec::new())
    }

    /// Returns whether this is [`always`](Self::always). It is not a test whether the condition holds for all resources.
    #[must_use]
    pub fn is_always(&self) -> bool {
        *self == Self::always()
    }

    /// Returns whether this is [`never`](Self::never), so that nothing needs to be read.
    #[must_use]
    pub fn is_never(&self) -> bool {
        *self == Self::never()
    }

    fn all(mut operands: Vec<Self>) -> Self {
        if operands.iter().any(Self::is_never) {
            return Self::never();
        }
        operands.retain(|operand| !operand.is_always());
        match (operands.pop(), operands.is_empty()) {
            (None, _) => Self::always(),
            (Some(only), true) => only,
            (Some(last), false) => {
                operands.push(last);
                Self::And(operands)
            }
        }
    }

    fn any(mut operands: Vec<Self>) -> Self {
        if operands.iter().any(Self::is_always) {
            return Self::always();
        }
        operands.retain(|operand| !operand.is_never());
        match (operands.pop(), operands.is_empty()) {
            (None, _) => Self::never(),
            (Some(only), true) => only,
            (Some(last), false) => {
                operands.push(last);
                Self::Or(operands)
            }
        }
    }

    fn negated(self) -> Self {
        if self.is_always() {
            return Self::never();
        }
        if self.is_never() {
            return Self::always();
        }
        Self::Not(Box::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_groups(filter: &str) -> Result<Condition, Error> {
        let filter: Filter = filter.parse().unwrap();
        filter.resolve_among(&ResourceType::group(), &[&ResourceType::user()])
    }

    #[test]
    fn what_a_type_does_not_have_has_no_value() {
        for never in [
            "userName pr",
            "userName eq \"a\"",
            "active ne null",
            "emails[type eq \"work\"]",
            "userName co \"\" and displayName pr",
            "not (userName ne \"a\")",
            "urn:ietf:params:scim:schemas:core:2.0:User:displayName pr",
        ] {
            assert!(of_groups(never).unwrap().is_never(), "{never}");
        }
        for always in [
            "userName ne \"a\"",
            "userName eq null",
            "not (userName pr)",
            "userName eq null or id pr",
        ] {
            assert!(of_groups(always).unwrap().is_always(), "{always}");
        }
    }

    #[test]
    fn what_another_type_has_as_something_else_has_no_value() {
        let mut device = ResourceType::group();
        let number = crate::schema::Attribute {
            kind: crate::schema::AttributeType::Integer,
            ..crate::schema::Attribute::named("displayName")
        };
        let mut schema = (*device.schema).clone();
        schema.attributes = vec![std::sync::Arc::new(number)];
        device.schema = std::sync::Arc::new(schema);
        let (user, filters) = (ResourceType::user(), ["displayName eq \"5\"", "displayName eq 5"]);
        let [of_text, of_number] = filters.map(|filter| filter.parse::<Filter>().unwrap());
        assert!(of_text.resolve_among(&device, &[&user]).unwrap().is_never());
        assert!(of_number.resolve_among(&user, &[&device]).unwrap().is_never());
        assert_eq!(of_text.resolve_among(&user, &[&device]), of_text.resolve(&user));
        assert_eq!(
            of_number.resolve_among(&device, &[&user]),
            of_number.resolve(&device)
        );
        let of_neither: Filter = "displayName eq true".parse().unwrap();
        assert!(of_neither.resolve_among(&user, &[&device]).is_err());
        assert!(of_neither.resolve_among(&device, &[&user]).is_err());
    }

    #[test]
    fn what_no_type_has_is_refused() {
        let error = of_groups("userName pr or shoeSize gt 41").unwrap_err();
        assert_eq!(error.detail(), "unknown attribute `shoeSize`");
    }
}
