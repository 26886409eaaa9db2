//! New resources that refer to each other in a circle (RFC 7644 section 3.7.1).
//!
//! Each is created without references to resources that do not exist yet, and then replaced by the complete resource. All of it
//! is one transaction: no client sees a resource without its references, and if one fails, none is created.

use std::sync::atomic::Ordering;

use http::{HeaderMap, Method};
use scim_core::bulk::{BulkOperation, CreatedIds};

use super::join::Shared;
use super::part::Part;
use super::request::{Database, Done, Head, done, of, prepare, refused};
use super::run::{Run, conflict};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::service::Call;
use crate::store::{Access, Durable};

/// How many times a circle is tried if concurrent requests change the same resources.
const ATTEMPTS: usize = 4;

/// The operations of a circle, and their indexes in the request.
type Members<'a> = [(usize, &'a BulkOperation)];

/// The failure of a circle.
struct Broken {
    /// The index of the operation that failed; `None` if all of them did.
    index: Option<usize>,
    failure: Failure,
}

impl Run<'_> {
    pub(super) async fn circle(&mut self, indices: &[usize]) {
        if self.results.are_many() {
            self.results.settle().await;
        }
        let members: Vec<(usize, &BulkOperation)> = indices
            .iter()
            .filter_map(|index| Some((*index, self.operation(*index)?)))
            .collect();
        let created = match self.leads_nowhere(&members) {
            Some(broken) => Err(broken),
            None => create_with_retries(self.call, &members, &self.created).await,
        };
        let (done, durable) = match created {
            Ok((done, durable)) => (done, Some(durable)),
            Err(broken) => (broken.told(&members), None),
        };
        self.note(done, durable);
    }

    /// The failure for a reference from the circle to a resource that does not exist.
    fn leads_nowhere(&self, members: &Members<'_>) -> Option<Broken> {
        let is_member = |bulk_id: &str| {
            let mut bulk_ids = members.iter().map(|(_, operation)| operation.bulk_id.as_deref());
            bulk_ids.any(|member| member == Some(bulk_id))
        };
        members.iter().find_map(|(index, operation)| {
            let mut references = operation.references().iter();
            let unknown = references
                .find(|bulk_id| !is_member(bulk_id) && !self.created.contains_key(bulk_id.as_str()))?;
            let shown: String = unknown.chars().take(100).collect();
            Some(Broken {
                index: Some(*index),
                failure: conflict(format!("it refers to `bulkId:{shown}`, which was not created")).into(),
            })
        })
    }
}

impl Broken {
    fn told(self, members: &Members<'_>) -> Vec<Done> {
        let of_all = self.index.is_none();
        let database = Database::after(&self.failure);
        let error = self.failure.into_error();
        let failed = members.iter().find(|(index, _)| Some(*index) == self.index);
        let name = failed
            .and_then(|(_, operation)| operation.bulk_id.as_deref())
            .unwrap_or("?");
        let name: String = name.chars().take(100).collect();
        let told = members
            .iter()
            .map(|(index, operation)| match of_all || Some(*index) == self.index {
                true => Done {
                    database,
                    ..refused(*index, operation, None, error.clone())
                },
                false => {
                    let detail = format!(
                        "it is in a circle of references with `bulkId:{name}`, which was not created"
                    );
                    refused(*index, operation, None, conflict(detail))
                }
            });
        told.collect()
    }
}

async fn create_with_retries(
    call: &Call<'_>,
    members: &Members<'_>,
    known: &CreatedIds,
) -> Result<(Vec<Done>, Durable), Broken> {
    for _ in 0..ATTEMPTS {
        match create(call, members, known).await {
            Err(Broken {
                failure: Failure::Stale,
                ..
            }) => call.met_another.store(true, Ordering::Relaxed),
            result => return result,
        }
    }
    Err(of_all(Failure::Contended))
}

/// Creates the resources, and then completes them.
async fn create(
    call: &Call<'_>,
    members: &Members<'_>,
    known: &CreatedIds,
) -> Result<(Vec<Done>, Durable), Broken> {
    let transaction = call.begin(Access::Write).await.map_err(of_all)?;
    let shared = Shared::new(transaction);
    let mut known = known.clone();
    let mut dones = Vec::with_capacity(members.len());
    for (index, operation) in members {
        let answer = create_one(call, operation, &known, &shared)
            .await
            .map_err(|failure| of_one(*index, failure))?;
        let is_whole = operation.unresolved(&known).is_none();
        if let (Some(bulk_id), Some(id)) = (&operation.bulk_id, &answer.resource_id) {
            known.insert(bulk_id.clone(), id.clone());
        }
        dones.push((is_whole, done(*index, operation, None, answer)));
    }
    for ((index, operation), (is_whole, done)) in members.iter().zip(&mut dones) {
        if !*is_whole && let Some(id) = done.id.clone() {
            let answer = complete(call, operation, &id, &known, &shared)
                .await
                .map_err(|failure| of_one(*index, failure))?;
            done.result.version = answer.etag;
        }
    }
    let durable = end(&shared).await.map_err(of_all)?;
    Ok((dones.into_iter().map(|(_, done)| done).collect(), durable))
}

async fn create_one(
    call: &Call<'_>,
    operation: &BulkOperation,
    known: &CreatedIds,
    shared: &Shared,
) -> Result<Answer, Failure> {
    let data = operation.resolved_so_far(known);
    let part = match operation.unresolved(known) {
        None => Part::joined(shared),
        Some(_) => Part::begun(shared),
    };
    let (route, head) = prepare(call, operation, &operation.path)?;
    of(call, &head, &operation.path, &data, &part).run(&route).await
}

async fn complete(
    call: &Call<'_>,
    operation: &BulkOperation,
    id: &str,
    known: &CreatedIds,
    shared: &Shared,
) -> Result<Answer, Failure> {
    let data = operation.resolved(known);
    let part = Part::joined(shared);
    let head = Head {
        method: Method::PUT,
        headers: HeaderMap::new(),
    };
    let path = format!("/{}/{id}", operation.endpoint());
    let route = call.service.route(&head.method, &path, None)?;
    of(call, &head, &path, &data, &part).run(&route).await
}

async fn end(shared: &Shared) -> Result<Durable, Failure> {
    Ok(shared.end()?.commit_later().await?)
}

fn of_all(failure: Failure) -> Broken {
    Broken { index: None, failure }
}

fn of_one(index: usize, failure: Failure) -> Broken {
    Broken {
        index: Some(index),
        failure,
    }
}
