//! Changes of members, as deltas.

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

/// The maximum number of ids that an error names.
const NAMED: usize = 10;

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
        for step in steps {
            match step {
                MemberStep::Add(members) => self.add(members)?,
                MemberStep::Remove(ids) => self.delta.remove(ids.into_iter().filter(|id| is_possible_id(id))),
                MemberStep::RemoveMatching(condition, ids) => {
                    self.remove_matching(&condition, ids, transaction).await?;
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

    /// `remove` with a value path. Ids that the path names are removed without reading them. For other conditions, and if a path
    /// without matches is an error, the matching members are read.
    async fn remove_matching(
        &mut self,
        condition: &scim_core::condition::Condition,
        ids: Option<Vec<String>>,
        transaction: &mut dyn Transaction,
    ) -> Result<(), Failure> {
        let tolerates = self.call.caller.profile.tolerance().unmatched_paths.tolerates();
        if let Some(ids) = &ids
            && (tolerates || ids.iter().any(|id| self.delta.decides(id) == Some(true)))
        {
            self.delta.remove(ids.iter().cloned());
            return Ok(());
        }
        self.flush(transaction).await?;
        let matching = transaction
            .members_matching(std::slice::from_ref(self.group), condition)
            .await?;
        if matching.is_empty() && !tolerates {
            return Err(Error::no_target("no member of the group matches the path of an operation").into());
        }
        self.delta.remove(
            matching
                .into_iter()
                .map(|membership| membership.user.into_string()),
        );
        Ok(())
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

    /// Logs the skipped members that look like ids; anything else may be the name of a person.
    fn log_skipped(&self, ids: &[String], message: &str) {
        let named: Vec<&String> = ids.iter().filter(|id| Uuid::try_parse(id).is_ok()).collect();
        tracing::warn!(
            connection = %self.call.caller.connection,
            group = %self.group,
            members = ?named,
            others = ids.len() - named.len(),
            "{message}"
        );
    }
}

fn listed(ids: &[String]) -> String {
    let shorten = |id: &String| format!("`{}`", id.chars().take(64).collect::<String>());
    let shown = ids.iter().take(NAMED).map(shorten).collect::<Vec<_>>().join(", ");
    match ids.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
