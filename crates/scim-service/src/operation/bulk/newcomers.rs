//! New users who have nothing to do with each other: many share a transaction, in which each is kept or not by itself.

use std::collections::HashSet;

use http::StatusCode;
use scim_core::bulk::{BulkMethod, BulkOperation};
use scim_core::resource::Resource;
use scim_profiles::profile::FormerUsers;

use super::part::Part;
use super::request::{Done, done, of, prepare};
use super::run::Run;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::operation::create_user;
use crate::precondition::etag;
use crate::route::Route;
use crate::service::Call;
use crate::store::{Access, Draft, Durable, FreeNames, Kind, Meta};

/// How many users share a transaction. Half as many cost more statements, twice as many gain nothing.
const TOGETHER: usize = 128;

/// An operation that creates a user, checked.
struct Newcomer<'a> {
    index: usize,
    operation: &'a BulkOperation,
    user: Resource,
}

impl<'a> Run<'a> {
    /// Creates the users that some of the operations ask for, and gives back the operations that are to be carried out by
    /// themselves: the others, those that something is wrong with, and those whose `userName` somebody has or had.
    ///
    /// Where failures are counted (`failOnErrors`), nothing is done that comes after one of those.
    pub(super) async fn create_users(&mut self, indices: &[usize]) -> Vec<usize> {
        let in_order = self.request.fail_on_errors.is_some();
        let mut waiting = indices.iter().copied();
        let mut left = Vec::new();
        loop {
            let mut newcomers = Vec::new();
            while newcomers.len() < TOGETHER
                && (left.is_empty() || !in_order)
                && let Some(index) = waiting.next()
            {
                match self.newcomer(index) {
                    Some(newcomer) => newcomers.push(newcomer),
                    None => left.push(index),
                }
            }
            if newcomers.is_empty() {
                left.extend(waiting);
                return left;
            }
            if self.results.are_many() {
                self.results.settle().await;
            }
            let mut apart: Vec<usize> = match create(self.call, &newcomers, in_order).await {
                Ok((dones, durable)) => {
                    let created: HashSet<usize> = dones.iter().map(|done| done.index).collect();
                    self.note(dones, Some(durable));
                    let others = newcomers.iter().map(|newcomer| newcomer.index);
                    others.filter(|index| !created.contains(index)).collect()
                }
                // by itself, each is told what is wrong, or tried again
                Err(_) => newcomers.iter().map(|newcomer| newcomer.index).collect(),
            };
            // those who are created come before what stopped the search
            apart.append(&mut left);
            left = apart;
        }
    }

    /// The user that an operation asks for, if it does, and nothing is wrong with it.
    fn newcomer(&self, index: usize) -> Option<Newcomer<'a>> {
        let operation = self.operation(index)?;
        if operation.method != BulkMethod::Post || self.problem(operation).is_some() {
            return None;
        }
        let (route, head) = prepare(self.call, operation, &operation.path).ok()?;
        if route != Route::Create(Kind::User) || operation.path.contains('?') {
            return None;
        }
        let (data, part) = (operation.resolved(&self.created), Part::single());
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
