//! New users who have nothing to do with each other: many share a transaction, in which each is kept or not by itself.

use std::collections::HashSet;

use futures_util::future;
use http::StatusCode;
use scim_core::bulk::{BulkMethod, BulkOperation, BulkRequest, CreatedIds};
use scim_core::resource::Resource;
use scim_profiles::profile::FormerUsers;

use super::part::Part;
use super::request::{Done, done, of, prepare};
use super::run::{Run, TURN, breathe, problem};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::operation::create_user;
use crate::precondition::etag;
use crate::route::Route;
use crate::service::Call;
use crate::store::{Access, Draft, Durable, FreeNames, Kind, Meta};

/// How many users share a transaction: many, and few enough that others need not wait long for their turn to write.
const TOGETHER: usize = 128;

/// An operation that creates a user, checked.
struct Newcomer<'a> {
    index: usize,
    operation: &'a BulkOperation,
    user: Resource,
}

/// The search for operations that create users.
struct Search<'r, I> {
    call: &'r Call<'r>,
    request: &'r BulkRequest,
    waiting: I,
    /// What is to be carried out by itself.
    left: Vec<usize>,
    /// Whether it ends where something is left.
    in_order: bool,
}

impl<'r, I: Iterator<Item = usize>> Search<'r, I> {
    /// The next users, as many as share a transaction.
    async fn next(&mut self, known: &CreatedIds) -> Vec<Newcomer<'r>> {
        let mut newcomers = Vec::new();
        while newcomers.len() < TOGETHER
            && (self.left.is_empty() || !self.in_order)
            && let Some(index) = self.waiting.next()
        {
            match self.newcomer(index, known) {
                Some(newcomer) => newcomers.push(newcomer),
                None => self.left.push(index),
            }
            if newcomers.len().is_multiple_of(TURN) {
                breathe().await;
            }
        }
        newcomers
    }

    /// The user that an operation asks for, if it does, and nothing is wrong with it.
    fn newcomer(&self, index: usize, known: &CreatedIds) -> Option<Newcomer<'r>> {
        let operation = self.request.operations.get(index)?;
        if operation.method != BulkMethod::Post || problem(self.request, known, operation).is_some() {
            return None;
        }
        let (route, head) = prepare(self.call, operation, &operation.path).ok()?;
        if route != Route::Create(Kind::User) || operation.path.contains('?') {
            return None;
        }
        let (data, part) = (operation.resolved(known), Part::single());
        let call = of(self.call, &head, &operation.path, &data, &part);
        let user = create_user::asked_for(&call).ok()?;
        call.draft(&user, Kind::User).ok()?;
        Some(Newcomer {
            index,
            operation,
            user,
        })
    }
}

impl Run<'_> {
    /// Creates the users that some of the operations ask for, and gives back the operations that are to be carried out by
    /// themselves: the others, those that something is wrong with, and those whose `userName` somebody has or had.
    ///
    /// Where failures are counted (`failOnErrors`), nothing is done that comes after one of those.
    pub(super) async fn create_users(&mut self, indices: &[usize]) -> Vec<usize> {
        let in_order = self.request.fail_on_errors.is_some();
        let mut search = Search {
            call: self.call,
            request: self.request,
            waiting: indices.iter().copied(),
            left: Vec::new(),
            in_order,
        };
        let mut newcomers = search.next(&self.created).await;
        let mut is_away = false;
        while !newcomers.is_empty() {
            if self.results.are_many() {
                self.results.settle().await;
            }
            // while the database is at work, the next ones are checked
            let (created, next) = future::join(
                create(self.call, &newcomers, in_order),
                search.next(&self.created),
            )
            .await;
            let of_all = || newcomers.iter().map(|newcomer| newcomer.index);
            let apart: Vec<usize> = match created {
                Ok((dones, durable)) => {
                    let created: HashSet<usize> = dones.iter().map(|done| done.index).collect();
                    self.note(dones, Some(durable));
                    of_all().filter(|index| !created.contains(index)).collect()
                }
                Err(Failure::Unavailable(cause)) => {
                    is_away = true;
                    tracing::debug!(%cause, "new users are not created together");
                    of_all().collect()
                }
                // by itself, each is told what is wrong, or tried again
                Err(_) => of_all().collect(),
            };
            let has_stopped = is_away || (in_order && !apart.is_empty());
            search.left.extend(apart);
            newcomers = next;
            if has_stopped {
                search
                    .left
                    .extend(newcomers.drain(..).map(|newcomer| newcomer.index));
            }
        }
        search.left.extend(search.waiting);
        search.left.sort_unstable();
        search.left
    }
}

/// Creates those whose names are free; with `all`, either all of them or none.
async fn create(
    call: &Call<'_>,
    newcomers: &[Newcomer<'_>],
    all: bool,
) -> Result<(Vec<Done>, Durable), Failure> {
    let drafts: Vec<Draft<'_>> = newcomers
        .iter()
        .map(|newcomer| call.draft(&newcomer.user, Kind::User))
        .collect::<Result<_, _>>()?;
    let free = match call.caller.profile.behavior().former_users {
        FormerUsers::Reactivate => FreeNames::Unknown,
        _ => FreeNames::OfDeleted,
    };
    let mut transaction = call.begin(Access::Write).await?;
    let kept = transaction.insert_users(&drafts, free).await?;
    if all && kept.iter().any(Option::is_none) {
        return Err(Failure::Stale);
    }
    let durable = transaction.commit_later().await?;
    let dones = newcomers
        .iter()
        .zip(kept)
        .filter_map(|(newcomer, meta)| Some(created(call, newcomer, meta?)))
        .collect();
    Ok((dones, durable))
}

fn created(call: &Call<'_>, newcomer: &Newcomer<'_>, meta: Meta) -> Done {
    let location = call.render(Kind::User).location(&meta.id);
    let answer = Answer {
        status: StatusCode::CREATED,
        etag: Some(etag(meta.version, None)),
        resource_id: Some(meta.id.0),
        ..Answer::ok(String::new())
    };
    done(newcomer.index, newcomer.operation, Some(location), answer)
}
