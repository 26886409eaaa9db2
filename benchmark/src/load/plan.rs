//! Which request a connection sends next.

use std::sync::Arc;

use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

use super::directory::State;
use super::workload::{BULK, Part, Step, Workload};

/// What one connection does.
pub(super) struct Plan {
    workload: Workload,
    state: Arc<State>,
    random: SmallRng,
    /// Which connection this is, of how many.
    place: usize,
    places: usize,
    turn: usize,
    /// A guest who was put into a group and is to be taken out.
    owed: Option<Step>,
}

impl Plan {
    pub(super) fn new(workload: Workload, state: Arc<State>, place: usize, places: usize) -> Self {
        Self {
            workload,
            state,
            random: SmallRng::seed_from_u64(u64::try_from(place).unwrap_or_default()),
            place,
            places,
            turn: 0,
            owed: None,
        }
    }

    /// What is left to do when the time is over, so that the next measurement finds what this one found.
    pub(super) fn settle(&mut self) -> Option<Step> {
        self.owed.take()
    }

    /// The next request.
    pub(super) fn next(&mut self) -> Step {
        self.turn = self.turn.wrapping_add(1);
        let users = self.state.directory.users.len();
        match self.workload {
            Workload::Get => Step::GetUser(self.random.random_range(0..users)),
            Workload::Hit => Step::Hit(self.random.random_range(0..users)),
            Workload::Miss => Step::Miss(self.random.random()),
            Workload::Patch => self.set_active(),
            Workload::Post => Step::Create(self.state.next_created()),
            Workload::Members(size) | Workload::Group(size) => {
                let groups = &self.state.directory.groups;
                let group = groups.iter().rposition(|group| group.size == size).unwrap_or(0);
                match self.workload {
                    Workload::Group(_) => Step::GetGroup(group),
                    _ => self.member(group),
                }
            }
            Workload::FirstPage => Step::Page(0),
            Workload::DeepPage => Step::Page(users.saturating_sub(200 + self.random.random_range(0..100))),
            Workload::Cursor => Step::Cursor(match self.turn % 2 {
                0 => Part::Near,
                _ => Part::Far,
            }),
            Workload::Bulk => Step::Bulk(self.state.next_many_created(u64::from(BULK))),
            Workload::Mixed => match self.random.random_range(0..100) {
                0..60 => Step::Hit(self.random.random_range(0..users)),
                60..70 => Step::Miss(self.random.random()),
                70..85 => self.set_active(),
                85..95 => Step::Create(self.state.next_created()),
                _ => {
                    let group = self.random.random_range(0..self.state.directory.small_groups());
                    self.member(group)
                }
            },
        }
    }

    /// Every connection has users of its own, and takes them in turn.
    fn set_active(&mut self) -> Step {
        let users = self.state.directory.users.len();
        let user = (self.place + self.turn * self.places) % users.max(1);
        let active = self.state.toggle(user);
        Step::SetActive { user, active }
    }

    /// Every connection has guests of its own, takes one into a group and then out of it.
    fn member(&mut self, group: usize) -> Step {
        if let Some(step) = self.owed.take() {
            return step;
        }
        let guests = self.state.directory.guests.len();
        let own = (guests / self.places).max(1);
        let guest = (self.place + (self.turn % own) * self.places) % guests.max(1);
        self.owed = Some(Step::RemoveMember { group, guest });
        Step::AddMember { group, guest }
    }
}

#[cfg(test)]
mod tests {
    use super::super::directory::{Directory, Group};
    use super::*;

    fn plan(workload: Workload) -> Plan {
        let ids = |count: usize| (0..count).map(|number| number.to_string()).collect();
        let directory = Directory {
            users: ids(4),
            guests: ids(4),
            groups: vec![Group {
                id: "g".to_owned(),
                size: 100,
            }],
        };
        Plan::new(workload, Arc::new(State::new(Arc::new(directory))), 0, 2)
    }

    #[test]
    fn every_patch_changes_the_user() {
        let mut plan = plan(Workload::Patch);
        let mut active = [true; 4];
        for _ in 0..16 {
            let Step::SetActive { user, active: now } = plan.next() else {
                panic!("another step");
            };
            assert_ne!(active[user], now);
            active[user] = now;
        }
    }

    #[test]
    fn who_came_goes_again() {
        let mut plan = plan(Workload::Members(100));
        let Step::AddMember { group, guest } = plan.next() else {
            panic!("another step");
        };
        assert_eq!(plan.settle(), Some(Step::RemoveMember { group, guest }));
        assert_eq!(plan.settle(), None);
    }
}
