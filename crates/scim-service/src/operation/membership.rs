//! Changes of members, as deltas.

use std::collections::HashSet;
use std::iter::Peekable;

use scim_core::condition::Condition;
use scim_core::error::Error;
use scim_core::membership::MembershipDelta;
use scim_core::patch::{Member, MemberStep};
use scim_profiles::profile::UnknownMembers;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Members;
use crate::failure::Failure;
use crate::service::Call;
use crate::store::{ResourceId, Transaction, is_possible_id};

/// The maximum number of ids that an error or a line of the log names.
const NAMED: usize = 10;

/// The maximum number of ids that one query looks for.
const TOGETHER: usize = 256;

/// A `remove` with a value path that names ids, and these ids.
type NamedRemoval = (Condition, Vec<String>);

/// Takes `members` out of the body of a POST or PUT; `None` if the body has no `members`.
pub(super) fn take_members(body: &mut Map<String, Value>) -> Result<Option<Vec<Member>>, Error> {
    let mut names = body.keys().filter(|name| name.eq_ignore_ascii_case("members"));
    let name = names.next().cloned();
    if names.next().is_some() {
        let detail = "`members` is given twice, in different spellings";
        return Err(Error::invalid_syntax(detail));
    }
    match name.and_then(|name| body.shift_remove(&name)) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(Vec::new())),
        Some(Value::Array(members)) => Member::parse_all(&members).map(Some),
        Some(_) => Err(Error::invalid_value("`members` must be a list of values")),
    }
}

/// The changes to the members of a group, collected and then applied.
pub(super) struct Changes<'a> {
    call: &'a Call<'a>,
    group: &'a ResourceId,
    delta: MembershipDelta,
    groups: Vec<String>,
    rows: u64,
}

impl<'a> Changes<'a> {
    pub(super) fn new(call: &'a Call<'a>, group: &'a ResourceId) -> Self {
        Self {
            call,
            group,
            delta: MembershipDelta::default(),
            groups: Vec::new(),
            rows: 0,
        }
    }

    /// Applies the steps of a PATCH, in order.
    pub(super) async fn run(
        &mut self,
        steps: Vec<MemberStep>,
        transaction: &mut dyn Transaction,
    ) -> Result<(), Failure> {
        let named: usize = steps.iter().map(MemberStep::len).sum();
        let limit = self.call.service.limits.patch_members;
        if named > limit {
            let detail = format!("a PATCH may add and remove {limit} members, this one names {named}");
            return Err(Error::too_large(detail).into());
        }
        let mut steps = steps.into_iter().peekable();
        while let Some(step) = steps.next() {
            match step {
                MemberStep::Add(members) => self.add(members)?,
                MemberStep::Remove(ids) => self.delta.remove(ids.into_iter().filter(|id| is_possible_id(id))),
                MemberStep::RemoveMatching(_, Some(ids)) if self.is_unchecked(&ids) => self.delta.remove(ids),
                MemberStep::RemoveMatching(condition, Some(ids)) => {
                    let removals = and_those_after((condition, ids), &mut steps);
                    self.remove_named(removals, transaction).await?;
                }
                MemberStep::RemoveMatching(condition, None) => {
                    self.remove_matching(&condition, transaction).await?;
                }
                MemberStep::Replace(members) => self.replace(members)?,
                MemberStep::Clear => self.delta.clear(),
            }
        }
        Ok(())
    }

    pub(super) fn add(&mut self, members: Vec<Member>) -> Result<(), Failure> {
        let ids = self.users(members)?;
        self.delta.add(ids);
        Ok(())
    }

    pub(super) fn replace(&mut self, members: Vec<Member>) -> Result<(), Failure> {
        let ids = self.users(members)?;
        self.delta.replace(ids);
        Ok(())
    }

    /// Applies the collected changes, and returns whether any member joined or left.
    pub(super) async fn finish(mut self, transaction: &mut dyn Transaction) -> Result<Members, Failure> {
        self.flush(transaction).await?;
        if !self.groups.is_empty() {
            self.log_skipped(&self.groups, "members that are groups were skipped");
        }
        Ok(match self.rows {
            0 => Members::Same,
            _ => Members::Changed,
        })
    }

    /// Whether the members with these ids are removed without reading them: a path without matches is no error, or one of them
    /// was added before.
    fn is_unchecked(&self, ids: &[String]) -> bool {
        self.tolerates_no_match() || ids.iter().any(|id| self.delta.decides(id) == Some(true))
    }

    /// `remove` with value paths that name ids. Each must match a member, which one query finds out for all of them.
    async fn remove_named(
        &mut self,
        removals: Vec<NamedRemoval>,
        transaction: &mut dyn Transaction,
    ) -> Result<(), Failure> {
        let (conditions, named): (Vec<Condition>, Vec<Vec<String>>) = removals.into_iter().unzip();
        let mut members = self.matching(&any(conditions), transaction).await?;
        for mut ids in named {
            ids.retain(|id| members.remove(id));
            if ids.is_empty() {
                return Err(no_match());
            }
            self.delta.remove(ids);
        }
        Ok(())
    }

    /// `remove` with any other value path.
    async fn remove_matching(
        &mut self,
        condition: &Condition,
        transaction: &mut dyn Transaction,
    ) -> Result<(), Failure> {
        let members = self.matching(condition, transaction).await?;
        if members.is_empty() && !self.tolerates_no_match() {
            return Err(no_match());
        }
        self.delta.remove(members);
        Ok(())
    }

    /// The members that meet a condition after the changes so far.
    async fn matching(
        &mut self,
        condition: &Condition,
        transaction: &mut dyn Transaction,
    ) -> Result<HashSet<String>, Failure> {
        self.flush(transaction).await?;
        let matching = transaction
            .members_matching(std::slice::from_ref(self.group), condition)
            .await?;
        let ids = matching
            .into_iter()
            .map(|membership| membership.user.into_string());
        Ok(ids.collect())
    }

    fn tolerates_no_match(&self) -> bool {
        self.call.caller.profile.tolerance().unmatched_paths.tolerates()
    }

    async fn flush(&mut self, transaction: &mut dyn Transaction) -> Result<(), Failure> {
        if self.delta.is_empty() {
            return Ok(());
        }
        let mut delta = std::mem::take(&mut self.delta);
        let added: Vec<&str> = delta.added().collect();
        if !added.is_empty() {
            let possible: Vec<&str> = added.iter().copied().filter(|id| is_possible_id(id)).collect();
            let known = transaction.known_users(&possible).await?;
            let unknown: Vec<String> = added
                .into_iter()
                .filter(|id| !known.contains(*id))
                .map(str::to_owned)
                .collect();
            if !unknown.is_empty() {
                self.unknown(&unknown)?;
                delta.retain_added(|id| known.contains(id));
            }
        }
        self.rows += transaction.change_members(self.group, &delta).await?;
        Ok(())
    }

    /// The ids of members that are users, according to the client. Nested groups give no access and are not stored.
    fn users(&mut self, members: Vec<Member>) -> Result<Vec<String>, Failure> {
        let is_user = |member: &Member| {
            member
                .kind
                .as_deref()
                .is_none_or(|kind| kind.eq_ignore_ascii_case("User"))
        };
        let (users, others): (Vec<Member>, Vec<Member>) = members.into_iter().partition(is_user);
        let others: Vec<String> = others.into_iter().map(|member| member.id).collect();
        if !others.is_empty() {
            match self.call.caller.profile.behavior().unknown_members {
                UnknownMembers::Skip => self.groups.extend(others),
                _ => {
                    let detail = format!("only users can be members, these are not: {}", listed(&others));
                    return Err(Error::invalid_value(detail).into());
                }
            }
        }
        Ok(users.into_iter().map(|member| member.id).collect())
    }

    fn unknown(&self, ids: &[String]) -> Result<(), Failure> {
        match self.call.caller.profile.behavior().unknown_members {
            UnknownMembers::Skip => {
                self.log_skipped(ids, "unknown members were skipped");
                Ok(())
            }
            _ => {
                let detail = format!(
                    "`members` names users who do not exist (groups cannot be members): {}",
                    listed(ids)
                );
                Err(Error::invalid_value(detail).into())
            }
        }
    }

    /// Logs how many members were skipped, and the first that look like ids; anything else may be the name of a person.
    fn log_skipped(&self, ids: &[String], message: &str) {
        let are_ids = ids.iter().filter(|id| Uuid::try_parse(id).is_ok());
        let named: Vec<&String> = are_ids.take(NAMED).collect();
        tracing::warn!(
            connection = %self.call.caller.connection,
            group = %self.group,
            members = ?named,
            others = ids.len() - named.len(),
            "{message}"
        );
    }
}

/// A removal and those that follow it, as many as one query can check.
fn and_those_after(
    first: NamedRemoval,
    steps: &mut Peekable<impl Iterator<Item = MemberStep>>,
) -> Vec<NamedRemoval> {
    let mut count = first.1.len();
    let mut removals = vec![first];
    let mut fits = |step: &MemberStep| {
        count += step.len();
        matches!(step, MemberStep::RemoveMatching(_, Some(_))) && count <= TOGETHER
    };
    while let Some(MemberStep::RemoveMatching(condition, Some(ids))) = steps.next_if(&mut fits) {
        removals.push((condition, ids));
    }
    removals
}

/// The condition that one of these is met.
fn any(conditions: Vec<Condition>) -> Condition {
    let operands = conditions.into_iter().flat_map(|condition| match condition {
        Condition::Or(operands) => operands,
        other => vec![other],
    });
    Condition::Or(operands.collect())
}

fn no_match() -> Failure {
    Error::no_target("no member of the group matches the path of an operation").into()
}

fn listed(ids: &[String]) -> String {
    let shorten = |id: &String| format!("`{}`", id.chars().take(64).collect::<String>());
    let shown = ids.iter().take(NAMED).map(shorten).collect::<Vec<_>>().join(", ");
    match ids.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
