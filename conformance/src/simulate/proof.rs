//! Reads everything back, and compares it with the plan.

use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

use futures_util::StreamExt;
use serde_json::Value;

use super::plan::{Group, Plan, User};
use super::play::Player;
use crate::http::Request;

/// How many differences are told.
const DIFFERENCES: usize = 20;

impl Player<'_> {
    /// In what the server differs from what the plan ends with.
    pub(super) async fn prove(&self, plan: &Plan) -> Vec<String> {
        self.watch.phase("proof", plan.users.len() + plan.groups.len());
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        for (number, id) in self.users.iter().enumerate() {
            let id = id.get().map(String::as_str);
            if let Some(id) = id
                && let Some(other) = numbers.insert(id, number)
            {
                return vec![format!("users {other} and {number} have one id, {id}")];
            }
        }
        let users = futures_util::stream::iter(plan.users.iter().enumerate())
            .map(|(number, user)| self.prove_user(number, user))
            .buffer_unordered(self.concurrency);
        let groups = futures_util::stream::iter(plan.groups.iter().enumerate())
            .map(|(number, group)| self.prove_group(number, group, &numbers))
            .buffer_unordered(self.concurrency);
        let differences = users.chain(groups).filter_map(std::future::ready);
        differences.take(DIFFERENCES).collect().await
    }

    async fn prove_user(&self, number: usize, expected: &User) -> Option<String> {
        let name = self.names.user(number);
        let answer = self
            .call("read back", self.provider.find_user(&name), &[200])
            .await;
        let Some(answer) = answer else {
            return Some(format!("{name} cannot be read back"));
        };
        let found = answer.json["Resources"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let [user] = found else {
            return Some(format!("{name} is found {} times", found.len()));
        };
        let id = self.users.get(number).and_then(OnceLock::get).map(String::as_str);
        if user["id"].as_str() != id {
            return Some(format!("the id of {name} went from {id:?} to {}", user["id"]));
        }
        if user["title"] != expected.title.as_str() || user["active"] != expected.active {
            return Some(format!(
                "{name} has the title {} and active {} where {} and {} are right",
                user["title"], user["active"], expected.title, expected.active
            ));
        }
        None
    }

    async fn prove_group(
        &self,
        number: usize,
        expected: &Group,
        numbers: &HashMap<&str, usize>,
    ) -> Option<String> {
        let name = self.names.group(number, expected.renames);
        let path = self.group_path(number)?;
        let answer = self.call("read back", Request::get(path), &[200]).await;
        let Some(group) = answer.map(|answer| answer.json) else {
            return Some(format!("{name} cannot be read back"));
        };
        if group["displayName"] != name.as_str() {
            return Some(format!("{name} is called {}", group["displayName"]));
        }
        let members = group["members"].as_array().map(Vec::as_slice).unwrap_or_default();
        let found: BTreeSet<usize> = members
            .iter()
            .filter_map(|member| number_of(member, numbers))
            .collect();
        if members.len() != expected.members.len() || found != expected.members {
            let missing = expected.members.difference(&found).count();
            return Some(format!(
                "{name} has {} members where {} are right, and {missing} of them are missing",
                members.len(),
                expected.members.len()
            ));
        }
        None
    }
}

fn number_of(member: &Value, numbers: &HashMap<&str, usize>) -> Option<usize> {
    numbers.get(member["value"].as_str()?).copied()
}
