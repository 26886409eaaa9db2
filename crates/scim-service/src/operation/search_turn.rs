//! A limit on concurrent searches without an index, so that other requests always get a database connection.

use std::time::Duration;

use scim_core::condition::Condition;
use scim_core::error::Error;
use scim_core::filter::CompareOp;
use scim_core::schema::AttributeRef;
use tokio::sync::SemaphorePermit;

use crate::failure::Failure;
use crate::service::Call;
use crate::store::Kind;

/// The maximum number of such searches at a time: half of the default database connections of a store.
pub(crate) const SEARCHES: usize = 4;

/// The maximum wait of a search for its turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// The maximum number of lookups joined by `or` that count as a lookup.
const LOOKUPS: usize = 32;

/// The permit of a search, held until it ends.
pub(crate) struct Turn<'a> {
    /// `None` for a lookup.
    permit: Option<SemaphorePermit<'a>>,
}

impl<'a> Turn<'a> {
    /// Waits for the turn of a search with these conditions, one for each type that is searched.
    ///
    /// # Errors
    ///
    /// 503 after a timeout.
    pub(crate) async fn wait(
        call: &Call<'a>,
        conditions: &[(Kind, Option<&Condition>)],
    ) -> Result<Self, Failure> {
        let is_lookup = |(kind, condition): &(Kind, Option<&Condition>)| {
            condition.is_none_or(|condition| is_lookup(*kind, condition))
        };
        if conditions.iter().all(is_lookup) {
            return Ok(Self { permit: None });
        }
        let turn = tokio::time::timeout(PATIENCE, call.service.searches.acquire()).await;
        match turn {
            Ok(Ok(permit)) => Ok(Self { permit: Some(permit) }),
            _ => Err(Error::plain(
                503,
                "too many searches that go over all resources are at work, try again later",
            )
            .into()),
        }
    }

    /// Translates a failure of the search: one that takes too long gets an error that is not retried.
    pub(crate) fn judge(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Overdue(cause) if self.permit.is_some() => {
                tracing::warn!(%cause, "a search took too long");
                Error::too_many(
                    "the filter takes too long over so many resources, give it fewer terms, or `userName`, `externalId` or `id` \
                     with `eq`",
                )
                .into()
            }
            other => other,
        }
    }
}

/// Whether an index finds the resources: identity providers look them up by a key, by a name or by a membership.
fn is_lookup(kind: Kind, condition: &Condition) -> bool {
    match condition {
        Condition::Compare(attribute, comparison) => {
            comparison.op == CompareOp::Equal && (is_key(kind, attribute) || is_shared(kind, attribute))
        }
        Condition::And(operands) => operands.iter().any(|operand| is_lookup(kind, operand)),
        Condition::Or(operands) => {
            operands.len() <= LOOKUPS && operands.iter().all(|operand| finds_few(kind, operand))
        }
        Condition::Element(_, inner) => is_lookup(kind, inner),
        Condition::Present(_) | Condition::Not(_) => false,
    }
}

/// Whether only few resources can match, so that a store can look up each operand of an `or` by itself.
fn finds_few(kind: Kind, condition: &Condition) -> bool {
    match condition {
        Condition::Compare(attribute, comparison) => {
            comparison.op == CompareOp::Equal && is_key(kind, attribute)
        }
        Condition::And(operands) => operands.iter().any(|operand| finds_few(kind, operand)),
        Condition::Or(operands) => operands.iter().all(|operand| finds_few(kind, operand)),
        Condition::Element(_, inner) => finds_few(kind, inner),
        Condition::Present(_) | Condition::Not(_) => false,
    }
}

/// Whether only few resources of the type have the same value.
fn is_key(kind: Kind, attribute: &AttributeRef) -> bool {
    let sub = attribute.sub.as_ref().map(|sub| sub.name.as_str());
    matches!(
        (kind, attribute.core_name(), sub),
        (_, Some("id" | "externalId"), None)
            | (Kind::User, Some("userName"), None)
            | (Kind::User, Some("emails"), Some("value"))
            | (Kind::Group, Some("displayName"), None)
    )
}

/// Whether an index finds the resources of the type with the same value, which may be many.
fn is_shared(kind: Kind, attribute: &AttributeRef) -> bool {
    match kind {
        Kind::User => attribute.is("displayName", None) || attribute.is("groups", Some("value")),
        Kind::Group => attribute.is("members", Some("value")),
        Kind::Other(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use scim_core::filter::Filter;
    use scim_core::schema::ResourceType;

    use super::*;
    use crate::store::ResourceTypeId;

    fn is_lookup(kind: Kind, resource_type: &ResourceType, filter: &str) -> bool {
        let filter: Filter = filter.parse().unwrap();
        super::is_lookup(kind, &filter.resolve(resource_type).unwrap())
    }

    #[test]
    fn what_an_index_answers_need_not_wait() {
        let is_lookup = |filter| is_lookup(Kind::User, &ResourceType::user(), filter);
        for filter in [
            r#"userName eq "a""#,
            r#"externalId eq "a" and active eq true"#,
            r#"emails eq "a""#,
            r#"emails[type eq "work" and value eq "a"]"#,
            r#"userName eq "a" or emails.value eq "a""#,
            r#"displayName eq "a""#,
            r#"groups.value eq "g""#,
            r#"groups eq "g" and title eq "a""#,
        ] {
            assert!(is_lookup(filter), "{filter}");
        }
        for filter in [
            r#"userName co "a""#,
            r#"title eq "a""#,
            r#"userName eq "a" or title eq "a""#,
            r#"userName eq "a" or displayName eq "b""#,
            r#"userName eq "a" or groups.value eq "g""#,
            r#"not (userName eq "a")"#,
            "title pr",
        ] {
            assert!(!is_lookup(filter), "{filter}");
        }
    }

    #[test]
    fn each_type_has_its_own_indexes() {
        let group = ResourceType::group();
        for filter in [r#"displayName eq "a""#, r#"members[value eq "u"]"#] {
            assert!(is_lookup(Kind::Group, &group, filter), "{filter}");
        }
        assert!(!is_lookup(Kind::Group, &group, r#"members.display eq "a""#));
        // a type from a file, with attributes of the same names
        let device = Kind::Other(ResourceTypeId::of("Device"));
        assert!(is_lookup(device, &group, r#"externalId eq "a""#));
        for filter in [r#"displayName eq "a""#, r#"members.value eq "u""#] {
            assert!(!is_lookup(device, &group, filter), "{filter}");
        }
    }
}
