//! The results of operations, and waiting until those that went well last.

use std::ops::Range;

use scim_core::bulk::{BulkMethod, BulkResponse, BulkResult};
use scim_core::error::Error;

use super::request::Done;
use crate::failure::Failure;
use crate::store::Durable;

/// The status of what could not be done because the database is not there.
const UNAVAILABLE: u16 = 503;

/// How many transactions may be waiting for the disk: so many share a commit.
const TOGETHER: usize = 256;

/// What came of the operations so far.
#[derive(Debug, Default)]
pub(super) struct Results {
    /// By the place of the operation in the request.
    results: Vec<(usize, BulkResult)>,
    /// What is still to last, by the places in `results`.
    waiting: Vec<(Range<usize>, Durable)>,
    /// How many operations failed.
    pub(super) failed: usize,
    /// Why the database cannot be reached, since that was found out.
    unavailable: Option<Error>,
}

impl Results {
    /// Adds what came of operations that shared a transaction.
    pub(super) fn add(&mut self, done: Vec<Done>, durable: Option<Durable>) {
        let first = self.results.len();
        for Done { index, result, .. } in done {
            self.failed += usize::from(result.outcome.is_err());
            if let Err(error) = &result.outcome
                && error.status() == UNAVAILABLE
            {
                self.unavailable = Some(error.clone());
            }
            self.results.push((index, result));
        }
        self.waiting
            .extend(durable.map(|durable| (first..self.results.len(), durable)));
    }

    /// Why nothing more is to be begun: what comes would wait for the database as long as this did, one after the other.
    pub(super) fn unavailable(&self) -> Option<&Error> {
        self.unavailable.as_ref()
    }

    /// Whether nothing was done, as the database could not be reached.
    pub(super) fn are_nothing(&self) -> bool {
        self.unavailable.is_some() && self.results.iter().all(|(_, result)| result.outcome.is_err())
    }

    /// Whether the operation at that place has a result.
    pub(super) fn has(&self, index: usize) -> bool {
        self.results.iter().any(|(of, _)| *of == index)
    }

    /// Whether it is time to [`settle`](Self::settle).
    pub(super) fn are_many(&self) -> bool {
        self.waiting.len() >= TOGETHER
    }

    pub(super) async fn finish(mut self) -> BulkResponse {
        self.settle().await;
        self.results.sort_by_key(|(index, _)| *index);
        BulkResponse {
            results: self.results.into_iter().map(|(_, result)| result).collect(),
        }
    }

    /// Waits until all lasts that went well so far. The first that is awaited asks for the commit that all of them share. No
    /// operation may be at work meanwhile: the commit would wait for it, and it for its turn.
    pub(super) async fn settle(&mut self) {
        for (places, durable) in std::mem::take(&mut self.waiting) {
            let Err(error) = durable.await else {
                continue;
            };
            self.failed += places.len();
            let error = Failure::from(error).into_error();
            for (_, result) in self.results.get_mut(places).unwrap_or_default() {
                result.outcome = Err(error.clone());
                result.version = None;
                if result.method == BulkMethod::Post {
                    result.location = None;
                }
            }
        }
    }
}
