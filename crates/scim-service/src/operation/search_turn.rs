//! A limit on concurrent searches without an index, so that other requests always get a database connection.

use std::time::Duration;

use scim_core::condition::{Comparison, Condition};
use scim_core::error::Error;
use scim_core::filter::CompareOp;
use scim_core::schema::AttributeRef;
use tokio::sync::SemaphorePermit;

use crate::failure::Failure;
use crate::service::Call;

/// The maximum number of such searches at a time: half of the default database connections of a store.
pub(crate) const SEARCHES: usize = 4;

/// The maximum wait of a search for its turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// The maximum number of lookups joined by `or` that count as a lookup.
const LOOKUPS: usize = 32;

/// The attributes by which identity providers look up resources. A store has an index for these.
const LOOKED_UP: [(&str, Option<&str>); 10] = [
    ("id", None),
    ("userName", None),
    ("externalId", None),
    ("displayName", None),
    ("emails", None),
    ("emails", Some("value")),
    ("members", None),
    ("members", Some("value")),
    ("groups", None),
    ("groups", Some("value")),
];

/// The permit of a search, held until it ends.
pub(crate) struct Turn<'a> {
    /// `None` for a lookup.
    permit: Option<SemaphorePermit<'a>>,
}

impl<'a> Turn<'a> {
    /// Waits for the turn of a search with this condition.
    ///
    /// # Errors
    ///
    /// 503 after a timeout.
    pub(crate) async fn wait(call: &Call<'a>, condition: Option<&Condition>) -> Result<Self, Failure> {
        if condition.is_none_or(is_lookup) {
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

fn is_lookup(condition: &Condition) -> bool {
    match condition {
        Condition::Compare(attribute, comparison) => is_looked_up(attribute, comparison),
        Condition::And(operands) => operands.iter().any(is_lookup),
        Condition::Or(operands) => operands.len() <= LOOKUPS && operands.iter().all(is_lookup),
        Condition::Element(_, inner) => is_lookup(inner),
        Condition::Present(_) | Condition::Not(_) => false,
    }
}

fn is_looked_up(attribute: &AttributeRef, comparison: &Comparison) -> bool {
    let mut names = LOOKED_UP.iter();
    comparison.op == CompareOp::Equal && names.any(|(name, sub)| attribute.is(name, *sub))
}

#[cfg(test)]
mod tests {
    use scim_core::filter::Filter;
    use scim_core::schema::ResourceType;

    use super::*;

    #[test]
    fn what_an_index_answers_need_not_wait() {
        let is_lookup = |filter: &str| {
            let filter: Filter = filter.parse().unwrap();
            is_lookup(&filter.resolve(&ResourceType::user()).unwrap())
        };
        for filter in [
            r#"userName eq "a""#,
            r#"externalId eq "a" and active eq true"#,
            r#"emails[type eq "work" and value eq "a"]"#,
            r#"userName eq "a" or emails.value eq "a""#,
        ] {
            assert!(is_lookup(filter), "{filter}");
        }
        for filter in [
            r#"userName co "a""#,
            r#"title eq "a""#,
            r#"userName eq "a" or title eq "a""#,
            r#"not (userName eq "a")"#,
            "title pr",
        ] {
            assert!(!is_lookup(filter), "{filter}");
        }
    }
}
