//! Searches that go over many resources take turns, so that others always find a connection to the database.

use std::time::Duration;

use scim_core::condition::{Comparison, Condition};
use scim_core::error::Error;
use scim_core::filter::CompareOp;
use scim_core::schema::AttributeRef;
use tokio::sync::SemaphorePermit;

use crate::failure::Failure;
use crate::service::Call;

/// How many of such searches are at work at once: half of the connections that a store has by default.
pub(crate) const SEARCHES: usize = 4;

/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many lookups beside each other are still a lookup.
const LOOKUPS: usize = 32;

/// What identity providers look resources up by. A store answers these from an index.
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

/// The turn of a search, as long as it lasts.
pub(crate) struct Turn<'a> {
    /// Nothing for a lookup.
    permit: Option<SemaphorePermit<'a>>,
}

impl<'a> Turn<'a> {
    /// Waits for the turn of a search with that condition.
    ///
    /// # Errors
    ///
    /// 503 after a while.
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

    /// What a failure of the search means: one that takes too long is not to be tried again as it is.
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
