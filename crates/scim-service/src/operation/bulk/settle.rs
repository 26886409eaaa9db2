//! The results of operations, and waiting until they are durable.

use std::ops::Range;

use futures_util::future::join_all;
use scim_core::bulk::{BulkMethod, BulkResponse, BulkResult};
use scim_core::error::Error;

use super::request::{Database, Done};
use crate::failure::{Failure, out_of_reach};
use crate::store::{Durable, StoreError};

/// The maximum number of transactions that wait for the disk together.
const TOGETHER: usize = 256;

/// The results of the operations so far.
#[derive(Debug, Default)]
pub(super) struct Results {
    /// The results, by the index of the operation in the request.
    results: Vec<(usize, BulkResult)>,
    /// The transactions that are not durable yet, by index in `results`.
    waiting: Vec<(Range<usize>, Durable)>,
    /// The number of failed operations.
    pub(super) failed: usize,
    /// The reason why the database is unavailable, once that is known.
    unavailable: Option<Error>,
    /// Whether it is unknown if an operation was executed.
    are_unsure: bool,
}

impl Results {
    /// Adds the results of operations that shared a transaction.
    pub(super) fn add(&mut self, done: Vec<Done>, durable: Option<Durable>) {
        let first = self.results.len();
        for Done {
            index,
            result,
            database,
            ..
        } in done
        {
            if let Err(error) = &result.outcome {
                self.failed += 1;
                self.heed(database, error);
            }
            self.results.push((index, result));
        }
        self.waiting
            .extend(durable.map(|durable| (first..self.results.len(), durable)));
    }

    fn heed(&mut self, database: Database, error: &Error) {
        match database {
            Database::There => {}
            Database::Away => self.unavailable = Some(error.clone()),
            Database::Silent => {
                self.unavailable = Some(out_of_reach());
                self.are_unsure = true;
            }
        }
    }

    /// The reason to start no more operations: each would wait for the database as long as this one did.
    pub(super) fn unavailable(&self) -> Option<&Error> {
        self.unavailable.as_ref()
    }

    /// Whether no operation was executed because the database is unavailable.
    pub(super) fn are_nothing(&self) -> bool {
        self.unavailable.is_some()
            && !self.are_unsure
            && self.results.iter().all(|(_, result)| result.outcome.is_err())
    }

    /// Whether the operation with this index has a result.
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

    /// Waits until all successful operations are durable. Awaiting the first one starts the commit that all of them share. No
    /// operation may run in the meantime: the commit would wait for it, and it for the commit.
    pub(super) async fn settle(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting).into_iter();
        // in order, for the hooks
        while self.unavailable.is_none()
            && let Some(next) = waiting.next()
        {
            let (places, lasts) = lasting(next).await;
            self.note(places, lasts);
        }
        // each waits as long as it may for a disk that does not answer: together, not one after the other
        for (places, lasts) in join_all(waiting.map(lasting)).await {
            self.note(places, lasts);
        }
    }

    fn note(&mut self, places: Range<usize>, lasts: Result<(), StoreError>) {
        let Err(error) = lasts else {
            return;
        };
        self.failed += places.len();
        let failure = Failure::from(error);
        let database = Database::after(&failure);
        let error = failure.into_error();
        self.heed(database, &error);
        for (_, result) in self.results.get_mut(places).unwrap_or_default() {
            result.outcome = Err(error.clone());
            result.version = None;
            if result.method == BulkMethod::Post {
                result.location = None;
            }
        }
    }
}

async fn lasting((places, durable): (Range<usize>, Durable)) -> (Range<usize>, Result<(), StoreError>) {
    (places, durable.await)
}
