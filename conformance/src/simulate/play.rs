//! Sends what the plan says, and checks every answer.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{Stream, StreamExt};

use super::plan::{Change, Plan};
use super::requests::Names;
use super::{Provider, Table, Watch, pace::Pace};
use crate::http::{Answer, Request};
use crate::subject::Subject;
use crate::trial::{Style, encode};

/// How many members one request carries at most.
const MEMBERS: usize = 100;
/// How many problems are told; the rest is counted.
const PROBLEMS: usize = 20;
/// How often a request is sent again when the server asks for patience.
const PATIENCE: usize = 5;

/// Plays a plan.
pub(super) struct Player<'a> {
    pub(super) subject: &'a Subject,
    pub(super) provider: Provider,
    pub(super) concurrency: usize,
    pub(super) pace: Pace,
    pub(super) names: Names,
    pub(super) users: Vec<OnceLock<String>>,
    pub(super) groups: Vec<OnceLock<String>>,
    pub(super) log: Mutex<Log>,
    pub(super) watch: &'a dyn Watch,
}

/// What happened.
#[derive(Default)]
pub(super) struct Log {
    pub(super) table: Table,
    pub(super) problems: Vec<String>,
    pub(super) errors: u64,
}

impl Player<'_> {
    /// The initial sync: every user, then every group with its members.
    pub(super) async fn initial(&self, plan: &Plan) {
        self.watch.phase("users", self.users.len() * 2);
        self.each(0..self.users.len(), |user| self.assign(user)).await;
        let chunks: usize = plan
            .initial
            .iter()
            .map(|group| group.members.len().div_ceil(MEMBERS))
            .sum();
        self.watch.phase("groups", self.groups.len() * 2 + chunks);
        self.each(plan.initial.iter().enumerate(), |(number, group)| async move {
            self.push(number).await;
            let members: Vec<usize> = group.members.iter().copied().collect();
            for chunk in members.chunks(MEMBERS) {
                self.change_members(number, chunk, &[]).await;
            }
        })
        .await;
    }

    /// One incremental cycle.
    pub(super) async fn cycle(&self, number: usize, changes: &[Change]) {
        self.watch.phase(&format!("cycle {number}"), changes.len());
        self.each(changes.iter(), |change| self.change(change)).await;
    }

    /// Removes everything.
    pub(super) async fn remove(&self) {
        self.watch.phase("removal", self.users.len() + self.groups.len());
        let paths = (0..self.groups.len()).filter_map(|number| self.group_path(number));
        let paths = paths.chain((0..self.users.len()).filter_map(|number| self.user_path(number)));
        self.each(paths, |path| async move {
            self.call("delete", Request::delete(path), &[204]).await;
        })
        .await;
    }

    async fn each<T, F: Future<Output = ()>>(&self, items: impl Iterator<Item = T>, act: impl Fn(T) -> F) {
        let work = futures_util::stream::iter(items.map(act));
        finish(work.buffer_unordered(self.concurrency)).await;
    }

    async fn assign(&self, user: usize) {
        let name = self.names.user(user);
        let found = self
            .call("find user", self.provider.find_user(&name), &[200])
            .await;
        let linked = found
            .as_ref()
            .and_then(|answer| answer.json["Resources"][0]["id"].as_str());
        let document = self.provider.user(&name, "Initial", true);
        if let Some(id) = linked {
            let request = self
                .provider
                .take_over(&format!("/Users/{}", encode(id)), &document);
            self.call("update user", request, &[200, 204]).await;
            keep(&self.users, user, id);
        } else if let Some(answer) = self
            .call("create user", Request::post("/Users", &document), &[201])
            .await
        {
            keep(&self.users, user, answer.json["id"].as_str().unwrap_or_default());
        }
    }

    async fn push(&self, group: usize) {
        let name = self.names.group(group, 0);
        let found = self
            .call("find group", self.provider.find_group(&name), &[200])
            .await;
        let linked = found
            .as_ref()
            .and_then(|answer| answer.json["Resources"][0]["id"].as_str());
        if let Some(id) = linked {
            let request = self.provider.empty(&format!("/Groups/{}", encode(id)));
            self.call("change members", request, &[200, 204]).await;
            keep(&self.groups, group, id);
            return;
        }
        let create = Request::post("/Groups", &self.provider.group(&name));
        if let Some(answer) = self.call("create group", create, &[201]).await {
            keep(
                &self.groups,
                group,
                answer.json["id"].as_str().unwrap_or_default(),
            );
        }
    }

    async fn change(&self, change: &Change) {
        match change {
            Change::Title { user, title } => {
                let Some(path) = self.user_path(*user) else { return };
                let Some(now) = self.call("read user", Request::get(&path), &[200]).await else {
                    return;
                };
                let request = self.provider.set_title(&path, now.json, title);
                self.call("update user", request, &[200, 204]).await;
            }
            Change::Active { user, active } => {
                let Some(path) = self.user_path(*user) else { return };
                let request = self.provider.set_active(&path, *active);
                self.call("activate user", request, &[200, 204]).await;
            }
            Change::Members { group, add, remove } => self.change_members(*group, add, remove).await,
            Change::Rename { group, renames } => {
                let Some(path) = self.group_path(*group) else {
                    return;
                };
                let id = self
                    .groups
                    .get(*group)
                    .and_then(OnceLock::get)
                    .map_or("", String::as_str);
                let request = self
                    .provider
                    .rename(&path, id, &self.names.group(*group, *renames));
                self.call("rename group", request, &[200, 204]).await;
            }
        }
    }

    async fn change_members(&self, group: usize, add: &[usize], remove: &[usize]) {
        let Some(path) = self.group_path(group) else {
            return;
        };
        let ids = |numbers: &[usize]| -> Vec<&str> {
            numbers
                .iter()
                .filter_map(|number| self.users.get(*number)?.get().map(String::as_str))
                .collect()
        };
        let request = self.provider.change_members(&path, &ids(add), &ids(remove));
        self.call("change members", request, &[200, 204]).await;
    }

    pub(super) fn user_path(&self, user: usize) -> Option<String> {
        Some(format!("/Users/{}", encode(self.users.get(user)?.get()?)))
    }

    pub(super) fn group_path(&self, group: usize) -> Option<String> {
        Some(format!("/Groups/{}", encode(self.groups.get(group)?.get()?)))
    }

    /// Sends a request in its turn, measures it, and gives the answer when it is one of the expected.
    pub(super) async fn call(
        &self,
        operation: &'static str,
        request: Request,
        expected: &[u16],
    ) -> Option<Answer> {
        for attempt in 0..=PATIENCE {
            self.pace.wait().await;
            let sent = Instant::now();
            let style = match self.provider {
                Provider::Okta => Style::Okta,
                Provider::Entra => Style::Entra,
            };
            let (answer, exchange) = self.subject.send(request.clone(), style).await;
            let took = sent.elapsed();
            if let Ok(answer) = &answer
                && answer.status == 429
                && attempt < PATIENCE
            {
                let seconds = answer
                    .header("retry-after")
                    .and_then(|text| text.parse().ok())
                    .unwrap_or(1);
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                continue;
            }
            self.watch.request();
            let right = answer
                .as_ref()
                .is_ok_and(|answer| expected.contains(&answer.status));
            let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
            log.table.add(operation, took, right);
            if right {
                return answer.ok();
            }
            log.errors += 1;
            if log.problems.len() < PROBLEMS {
                let exchange = exchange.shortened(200);
                log.problems.push(format!(
                    "{operation}: {}: {}",
                    exchange.line(),
                    exchange.response_body
                ));
            }
            return None;
        }
        None
    }
}

async fn finish(work: impl Stream<Item = ()>) {
    work.for_each(|()| std::future::ready(())).await;
}

fn keep(ids: &[OnceLock<String>], number: usize, id: &str) {
    if let Some(place) = ids.get(number) {
        // each number is played once
        drop(place.set(id.to_owned()));
    }
}
