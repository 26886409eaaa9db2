//! What happens, decided by the seed.

use std::collections::BTreeSet;

use rand::rngs::StdRng;
use rand::seq::{IteratorRandom, SliceRandom};
use rand::{Rng, SeedableRng};

use super::Scenario;

/// A user as it must be in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User {
    pub(super) title: String,
    pub(super) active: bool,
}

/// A group as it must be in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) renames: usize,
    pub(super) members: BTreeSet<usize>,
}

/// A change of an incremental cycle. In one cycle each user and each group changes once at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    Title {
        user: usize,
        title: String,
    },
    Active {
        user: usize,
        active: bool,
    },
    Members {
        group: usize,
        add: Vec<usize>,
        remove: Vec<usize>,
    },
    Rename {
        group: usize,
        renames: usize,
    },
}

/// All of it: the initial sync, the cycles, the end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) initial: Vec<Group>,
    pub(super) cycles: Vec<Vec<Change>>,
    pub(super) users: Vec<User>,
    pub(super) groups: Vec<Group>,
}

impl Plan {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let mut random = StdRng::seed_from_u64(scenario.seed);
        let users = vec![
            User {
                title: "Initial".to_owned(),
                active: true
            };
            scenario.users
        ];
        let groups: Vec<Group> = (0..scenario.groups)
            .map(|_| Group {
                renames: 0,
                members: (0..scenario.users)
                    .choose_multiple(&mut random, scenario.members_per_group)
                    .into_iter()
                    .collect(),
            })
            .collect();
        let mut plan = Self {
            initial: groups.clone(),
            cycles: Vec::new(),
            users,
            groups,
        };
        for number in 1..=scenario.cycles {
            let cycle = plan.cycle(number, &mut random);
            plan.cycles.push(cycle);
        }
        plan
    }

    /// One cycle: about every twentieth user and every third group changes.
    fn cycle(&mut self, number: usize, random: &mut StdRng) -> Vec<Change> {
        let mut changes = Vec::new();
        for user in some(self.users.len(), 20, random) {
            let Some(state) = self.users.get_mut(user) else {
                continue;
            };
            if random.random_bool(0.5) {
                state.title = format!("Cycle {number}");
                changes.push(Change::Title {
                    user,
                    title: state.title.clone(),
                });
            } else {
                state.active = !state.active;
                changes.push(Change::Active {
                    user,
                    active: state.active,
                });
            }
        }
        let everyone = self.users.len();
        for group in some(self.groups.len(), 3, random) {
            let Some(state) = self.groups.get_mut(group) else {
                continue;
            };
            if random.random_bool(0.2) {
                state.renames += 1;
                changes.push(Change::Rename {
                    group,
                    renames: state.renames,
                });
                continue;
            }
            let mut remove = state.members.iter().copied().choose_multiple(random, 3);
            let others = (0..everyone).filter(|user| !state.members.contains(user));
            let mut add = others.choose_multiple(random, 3);
            remove.sort_unstable();
            add.sort_unstable();
            state.members.retain(|member| !remove.contains(member));
            state.members.extend(&add);
            if !add.is_empty() || !remove.is_empty() {
                changes.push(Change::Members { group, add, remove });
            }
        }
        changes.shuffle(random);
        changes
    }
}

/// One of every so many, but at least one when there is any.
fn some(all: usize, of: usize, random: &mut StdRng) -> Vec<usize> {
    let mut chosen = (0..all).choose_multiple(random, all.div_ceil(of));
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::{Provider, Rate};

    fn scenario(seed: u64) -> Scenario {
        Scenario {
            provider: Provider::Okta,
            users: 40,
            groups: 6,
            members_per_group: 10,
            cycles: 3,
            concurrency: 1,
            rate: Rate::Flat,
            seed,
            keep: false,
        }
    }

    #[test]
    fn the_same_seed_plays_the_same() {
        assert_eq!(Plan::new(&scenario(7)), Plan::new(&scenario(7)));
        assert_ne!(Plan::new(&scenario(7)), Plan::new(&scenario(8)));
    }

    #[test]
    fn a_group_has_as_many_members_as_asked_for() {
        assert!(
            Plan::new(&scenario(7))
                .initial
                .iter()
                .all(|group| group.members.len() == 10)
        );
    }
}
