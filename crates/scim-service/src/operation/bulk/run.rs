//! Execution of the operations of a bulk request, stage by stage.

use std::future::poll_fn;
use std::task::Poll;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use scim_core::bulk::{BulkMethod, BulkOperation, BulkRequest, BulkResponse, CreatedIds};
use scim_core::error::{Error, ScimType};

use super::request::{Done, carry_out, refused};
use super::settle::Results;
use crate::service::Call;
use crate::store::Durable;

/// The maximum number of operations at a time. The database connections of a store are limited, and other requests need some,
/// too.
const AT_ONCE: usize = 8;

/// The number of operations after which other tasks on this thread get a turn.
pub(super) const TURN: usize = 16;

/// A bulk request in progress.
pub(super) struct Run<'a> {
    pub(super) call: &'a Call<'a>,
    pub(super) request: &'a BulkRequest,
    /// The ids of created resources.
    pub(super) created: CreatedIds,
    pub(super) results: Results,
}

impl<'a> Run<'a> {
    pub(super) fn new(call: &'a Call<'a>, request: &'a BulkRequest) -> Self {
        Self {
            call,
            request,
            created: CreatedIds::default(),
            results: Results::default(),
        }
    }

    /// Whether no further operation may start.
    pub(super) fn has_failed_enough(&self) -> bool {
        self.may_fail() == 0
    }

    /// Executes operations that do not refer to each other.
    pub(super) async fn together(&mut self, indices: &[usize]) {
        let others = self.create_users(indices).await;
        self.side_by_side(&others).await;
    }

    /// Executes each operation in its own transaction. At most as many run at a time as may still fail, so that no operation runs
    /// after the last failure that `failOnErrors` allows.
    async fn side_by_side(&mut self, indices: &[usize]) {
        let mut waiting = indices.iter().copied();
        let mut at_work = FuturesUnordered::new();
        let mut turn = 0;
        loop {
            while !self.results.are_many()
                && self.results.unavailable().is_none()
                && at_work.len() < self.may_fail().min(AT_ONCE)
                && let Some(index) = waiting.next()
                && let Some(operation) = self.operation(index)
            {
                let (call, problem) = (self.call, problem(self.request, &self.created, operation));
                let path = operation.resolved_path(&self.created);
                let data = operation.resolved(&self.created);
                at_work.push(async move {
                    match problem {
                        Some(error) => (refused(index, operation, None, error), None),
                        None => carry_out(call, index, operation, &path, &data).await,
                    }
                });
            }
            match at_work.next().await {
                Some((done, durable)) => self.note(vec![done], durable),
                None if self.results.are_many() && self.results.unavailable().is_none() => {
                    self.results.settle().await;
                }
                None => return,
            }
            turn += 1;
            if turn % TURN == 0 {
                breathe().await;
            }
        }
    }

    /// If the database is unavailable, sets that as the result of every operation that was not started.
    pub(super) fn give_up(&mut self) {
        let Some(error) = self.results.unavailable().cloned() else {
            return;
        };
        let operations = (0..).zip(&self.request.operations);
        let left: Vec<Done> = operations
            .filter(|(index, _)| !self.results.has(*index))
            .map(|(index, operation)| refused(index, operation, None, error.clone()))
            .collect();
        let may_fail = self.may_fail();
        self.results.add(left.into_iter().take(may_fail).collect(), None);
    }

    /// Waits until everything is durable, and returns the results.
    pub(super) async fn finish(self) -> BulkResponse {
        self.results.finish().await
    }

    pub(super) fn operation(&self, index: usize) -> Option<&'a BulkOperation> {
        self.request.operations.get(index)
    }

    /// Records the results of operations that shared a transaction, and its durability.
    pub(super) fn note(&mut self, done: Vec<Done>, durable: Option<Durable>) {
        for Done { result, id, .. } in &done {
            if let (BulkMethod::Post, Some(bulk_id), Some(id)) = (&result.method, &result.bulk_id, id) {
                self.created.insert(bulk_id.clone(), id.clone());
            }
        }
        self.results.add(done, durable);
    }

    fn may_fail(&self) -> usize {
        let allowed = self.request.fail_on_errors.unwrap_or(usize::MAX);
        allowed.saturating_sub(self.results.failed)
    }
}

/// The reason why the operation cannot be executed with the resources created so far.
pub(super) fn problem(
    request: &BulkRequest,
    created: &CreatedIds,
    operation: &BulkOperation,
) -> Option<Error> {
    operation.unresolved(created).map(|bulk_id| {
        let is_created_here = request
            .operations
            .iter()
            .any(|other| other.method == BulkMethod::Post && other.bulk_id.as_deref() == Some(bulk_id));
        let shown: String = bulk_id.chars().take(100).collect();
        conflict(match is_created_here {
            true => format!("it refers to `bulkId:{shown}`, which was not created"),
            false => {
                format!("it refers to `bulkId:{shown}`, but no POST of the request has that `bulkId`")
            }
        })
    })
}

/// A reference that leads nowhere (RFC 7644 section 3.7.1).
pub(super) fn conflict(detail: String) -> Error {
    Error::new(409, Some(ScimType::InvalidValue), detail)
}

/// Lets other tasks run.
pub(super) async fn breathe() {
    let mut has_yielded = false;
    poll_fn(|context| match std::mem::replace(&mut has_yielded, true) {
        true => Poll::Ready(()),
        false => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}
