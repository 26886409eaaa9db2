//! What a server was loaded with.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

/// How much is loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Users who are members of the groups.
    pub users: usize,
    /// Users who come and go in groups while measuring.
    pub guests: usize,
    /// Members of each group.
    pub groups: Vec<usize>,
}

/// How many members each of the many groups has.
pub(crate) const SMALL: usize = 50;
/// How many such groups there are.
const SMALL_GROUPS: usize = 100;
/// How many members the other groups have, as far as there are users.
pub(crate) const LARGE: [usize; 4] = [100, 1_000, 10_000, 100_000];
/// Users who come and go.
const GUESTS: usize = 1_000;

impl Layout {
    /// What requests are measured on.
    pub(crate) fn measured(users: usize) -> Self {
        let large = LARGE.into_iter().filter(|size| *size <= users);
        Self {
            users,
            guests: GUESTS,
            groups: std::iter::repeat_n(SMALL.min(users), SMALL_GROUPS)
                .chain(large)
                .collect(),
        }
    }

    /// What an identity provider sends first: all users, then a group for every 100 of them.
    pub(crate) fn sync(users: usize) -> Self {
        Self {
            users,
            guests: 0,
            groups: vec![100.min(users); users / 100],
        }
    }
}

/// A group that was loaded.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Group {
    /// Its id.
    pub id: String,
    /// How many members it has.
    pub size: usize,
}

/// The ids of what a server was loaded with.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Directory {
    /// Of users, by number.
    pub users: Vec<String>,
    /// Of guests, by number.
    pub guests: Vec<String>,
    /// Groups.
    pub groups: Vec<Group>,
}

impl Directory {
    /// Reads it from where it was kept.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        Ok(serde_json::from_slice(&std::fs::read(path)?)?)
    }

    /// Keeps it.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        Ok(std::fs::write(path, serde_json::to_vec(self)?)?)
    }

    /// How many of the groups are small; they come first.
    pub(crate) fn small_groups(&self) -> usize {
        self.groups.len().min(SMALL_GROUPS)
    }
}

/// A directory while requests change it; all connections share it.
#[derive(Debug)]
pub(crate) struct State {
    /// What was loaded.
    pub directory: Arc<Directory>,
    active: Vec<AtomicBool>,
    created: AtomicU64,
    /// The cursor of a page far behind.
    pub far: OnceLock<String>,
}

impl State {
    /// As it was loaded: everybody is active.
    pub(crate) fn new(directory: Arc<Directory>) -> Self {
        let active = directory.users.iter().map(|_| AtomicBool::new(true)).collect();
        Self {
            directory,
            active,
            created: AtomicU64::new(0),
            far: OnceLock::new(),
        }
    }

    /// Changes `active` of a user, and says what it is to be, so that no PATCH leaves things as they are.
    pub(crate) fn toggle(&self, user: usize) -> bool {
        self.active
            .get(user)
            .is_some_and(|active| !active.fetch_xor(true, Ordering::Relaxed))
    }

    /// The number of a user who is not there.
    pub(crate) fn next_created(&self) -> u64 {
        self.next_many_created(1)
    }

    /// The first of the numbers of that many users who are not there.
    pub(crate) fn next_many_created(&self, count: u64) -> u64 {
        self.created.fetch_add(count, Ordering::Relaxed)
    }
}
