//! What identity providers change, as the application hears of it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use scim_service::core::text::name_key;
use scim_service::event::{Event, Hook, Veto};

/// How many events are remembered.
const REMEMBERED: usize = 100;

/// The latest events.
#[derive(Default)]
pub(crate) struct News(Mutex<VecDeque<Event>>);

impl News {
    /// One JSON object a line, the latest last.
    pub(crate) fn lines(&self) -> serde_json::Result<String> {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines: Result<Vec<String>, _> = events.iter().map(serde_json::to_string).collect();
        Ok(lines?.join("\n"))
    }
}

#[async_trait]
impl Hook for News {
    /// The Team `owners` belongs to the application: no identity provider makes anybody an owner.
    async fn before_commit(&self, events: &[Event]) -> Result<(), Veto> {
        // compared as names of Teams are: `Owners ` is the same Team
        let is_owners = |name: &str| name_key(name) == "owners";
        let claims = |event: &Event| match event {
            Event::TeamCreated(event) => event.new.display_name().is_some_and(is_owners),
            Event::TeamRenamed(event) => is_owners(&event.new_name),
            _ => false,
        };
        match events.iter().any(claims) {
            true => Err(Veto::new(
                "the group `owners` is managed in the application itself, do not push it",
            )),
            false => Ok(()),
        }
    }

    /// Here an application ends sessions, sends mail, or tells other services.
    async fn after_commit(&self, events: &[Event]) {
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        latest.extend(events.iter().cloned());
        let surplus = latest.len().saturating_sub(REMEMBERED);
        latest.drain(..surplus);
    }
}
