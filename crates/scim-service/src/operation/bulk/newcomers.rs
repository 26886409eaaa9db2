//! New users without references to each other: many share a transaction, in which each is created or not by itself.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt as _;
use futures_util::future::{self, Either};
use futures_util::stream::FuturesOrdered;
use http::StatusCode;
use scim_core::bulk::{BulkMethod, BulkOperation, BulkRequest, CreatedIds};
use scim_core::resource::Resource;
use scim_core::text::fold;
use scim_profiles::profile::FormerUsers;

use super::part::Part;
use super::request::{Database, Done, done, of, prepare, refused};
use super::run::{Run, TURN, breathe, problem};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::operation::create_user;
use crate::operation::lookup::check_lengths;
use crate::precondition::etag;
use crate::route::Route;
use crate::service::Call;
use crate::store::{Access, Draft, Durable, FreeNames, Kind, Meta};

/// The maximum number of users that share a transaction: few enough that other writers do not wait long.
const TOGETHER: usize = 128;

/// The number of such transactions at a time: the service prepares one while the database executes the other.
const AT_ONCE: usize = 2;

/// A validated operation that creates a user.
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
    /// Operations that run by themselves.
    left: Vec<usize>,
    /// Whether the search ends at the first operation that it leaves out.
    in_order: bool,
    /// Set once no more users are created together.
    has_stopped: &'r AtomicBool,
    /// The folded names of the users found so far. The plan separates users with the same name, as far as it can tell before the
    /// profile has rewritten the request; of two that remain, the first gets the name.
    names: HashSet<String>,
}

/// The result of users that share a transaction.
struct Attempt {
    dones: Vec<Done>,
    durable: Option<Durable>,
    /// Users that must be created by themselves.
    apart: Vec<usize>,
}

impl<'r, I: Iterator<Item = usize>> Search<'r, I> {
    /// The next users, as many as may share a transaction.
    async fn next(&mut self, known: &CreatedIds) -> Vec<Newcomer<'r>> {
        let mut newcomers = Vec::new();
        while newcomers.len() < TOGETHER
            && !self.has_stopped.load(Ordering::Relaxed)
            && (self.left.is_empty() || !self.in_order)
            && let Some(index) = self.waiting.next()
        {
            match self.newcomer(index, known) {
                Some(newcomer) if self.is_first(&newcomer) => newcomers.push(newcomer),
                _ => self.left.push(index),
            }
            if newcomers.len().is_multiple_of(TURN) {
                breathe().await;
            }
        }
        newcomers
    }

    fn is_first(&mut self, newcomer: &Newcomer<'_>) -> bool {
        let name = newcomer.user.user_name().unwrap_or_default();
        self.names.insert(fold(name).into_owned())
    }

    /// The user of an operation that creates one; `None` for another operation, and if it is invalid.
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
        check_lengths(&user).ok()?;
        Some(Newcomer {
            index,
            operation,
            user,
        })
    }
}

impl Run<'_> {
    /// Creates the users of the operations, and returns the operations that must run by themselves: those that do not create a
    /// user, those that are invalid, and those whose `userName` is or was in use.
    ///
    /// If failures are counted (`failOnErrors`), no operation after one of those is executed.
    pub(super) async fn create_users(&mut self, indices: &[usize]) -> Vec<usize> {
        if self.results.are_many() {
            self.results.settle().await;
        }
        let in_order = self.request.fail_on_errors.is_some();
        let has_stopped = AtomicBool::new(false);
        let mut search = Search {
            call: self.call,
            request: self.request,
            waiting: indices.iter().copied(),
            left: Vec::new(),
            in_order,
            has_stopped: &has_stopped,
            names: HashSet::with_capacity(indices.len()),
        };
        let attempts = attempts(&mut search, &self.created).await;
        let mut left = search.left;
        left.extend(search.waiting);
        for Attempt {
            dones,
            durable,
            apart,
        } in attempts
        {
            self.note(dones, durable);
            left.extend(apart);
        }
        left.sort_unstable();
        left
    }
}

/// Creates the users that the search finds. The next ones are validated while the database is busy.
async fn attempts<I: Iterator<Item = usize>>(search: &mut Search<'_, I>, known: &CreatedIds) -> Vec<Attempt> {
    let (call, in_order, has_stopped) = (search.call, search.in_order, search.has_stopped);
    let at_once = if in_order { 1 } else { AT_ONCE };
    let mut at_work = FuturesOrdered::new();
    let mut attempts = Vec::new();
    let mut found = search.next(known).await;
    while !found.is_empty() {
        if at_work.len() >= at_once {
            attempts.extend(at_work.next().await);
        }
        at_work.push_back(attempt(call, found, in_order, has_stopped));
        let mut finding = pin!(search.next(known));
        found = loop {
            match future::select(finding.as_mut(), at_work.next()).await {
                Either::Left((found, _)) => break found,
                Either::Right((Some(attempt), _)) => attempts.push(attempt),
                Either::Right((None, _)) => break finding.await,
            }
        };
    }
    while let Some(attempt) = at_work.next().await {
        attempts.push(attempt);
    }
    attempts
}

async fn attempt(
    call: &Call<'_>,
    newcomers: Vec<Newcomer<'_>>,
    in_order: bool,
    has_stopped: &AtomicBool,
) -> Attempt {
    let created = match has_stopped.load(Ordering::Relaxed) {
        true => None,
        false => match create(call, &newcomers, in_order).await {
            Ok((dones, durable)) => Some((dones, Some(durable))),
            Err(failure @ Failure::OutcomeUnknown(_)) => {
                has_stopped.store(true, Ordering::Relaxed);
                Some((unconfirmed(&newcomers, failure), None))
            }
            Err(failure) => {
                if let Failure::Unavailable(cause) = failure {
                    has_stopped.store(true, Ordering::Relaxed);
                    tracing::debug!(%cause, "new users are not created together");
                }
                // by itself, each gets its own error, or is repeated
                None
            }
        },
    };
    let (dones, durable) = created.unwrap_or_default();
    let done: HashSet<usize> = dones.iter().map(|done| done.index).collect();
    let of_all = newcomers.iter().map(|newcomer| newcomer.index);
    let apart: Vec<usize> = of_all.filter(|index| !done.contains(index)).collect();
    if in_order && !apart.is_empty() {
        has_stopped.store(true, Ordering::Relaxed);
    }
    Attempt {
        dones,
        durable,
        apart,
    }
}

/// Creates the users whose names are free; with `all`, either all of them or none.
async fn create(
    call: &Call<'_>,
    newcomers: &[Newcomer<'_>],
    all: bool,
) -> Result<(Vec<Done>, Durable), Failure> {
    let users = newcomers.iter().map(|newcomer| &newcomer.user);
    let drafts: Vec<Draft<'_>> = users
        .map(|user| call.draft_of_checked(user, Kind::User))
        .collect();
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

/// The results of users who may have been created: to create each by itself could create nobody, and say that the name is taken.
fn unconfirmed(newcomers: &[Newcomer<'_>], failure: Failure) -> Vec<Done> {
    let database = Database::after(&failure);
    let error = failure.into_error();
    let dones = newcomers.iter().map(|newcomer| Done {
        database,
        ..refused(newcomer.index, newcomer.operation, None, error.clone())
    });
    dones.collect()
}

fn created(call: &Call<'_>, newcomer: &Newcomer<'_>, meta: Meta) -> Done {
    let location = call.render(Kind::User).location(&meta.id);
    let answer = Answer {
        status: StatusCode::CREATED,
        etag: Some(etag(meta.version, None)),
        resource_id: Some(meta.id.into_string()),
        ..Answer::ok(String::new())
    };
    done(newcomer.index, newcomer.operation, Some(location), answer)
}
