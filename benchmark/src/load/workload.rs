//! The workloads, and the requests that they are made of.

use serde::Serialize;

/// One request, whatever the server calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Reads a user by id.
    GetUser(usize),
    /// Looks up a `userName` that is there.
    Hit(usize),
    /// Looks up a `userName` that is not there.
    Miss(u64),
    /// Sets `active`.
    SetActive { user: usize, active: bool },
    /// Creates a user.
    Create(u64),
    /// Puts a guest into a group.
    AddMember { group: usize, guest: usize },
    /// Takes a guest out of a group.
    RemoveMember { group: usize, guest: usize },
    /// Reads a group.
    GetGroup(usize),
    /// Reads a page of users from that place, counted from 0.
    Page(usize),
    /// Reads a page of users by cursor: the first one, or one far behind.
    Cursor(Part),
    /// Creates [`BULK`] users in one request, with numbers from that on.
    Bulk(u64),
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Workload {
    /// GET of a user.
    Get,
    /// `userName eq`, found.
    Hit,
    /// `userName eq`, not found.
    Miss,
    /// PATCH of `active`.
    Patch,
    /// Adds a guest to a group with so many members, and removes it again.
    Members(usize),
    /// GET of a group with so many members.
    Group(usize),
    /// The first page of 100.
    FirstPage,
    /// A page of 100 near the end.
    DeepPage,
    /// Pages of [`CURSOR_PAGE`] by cursor (RFC 9865): the first one and the thousandth, in turn.
    Cursor,
    /// A bulk that creates [`BULK`] users (RFC 7644 section 3.7).
    Bulk,
    /// What Entra ID does all day: 60 % hits, 10 % misses, 15 % PATCH of active, 10 % POST, 5 % PATCH of a group of 50.
    Mixed,
    /// POST of a user.
    Post,
}

/// What of a workload is a row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// The requests that add a member.
    Add,
    /// The requests that remove a member.
    Remove,
    /// The requests for the first page.
    Near,
    /// The requests for the thousandth page.
    Far,
}

/// How many users a bulk creates.
pub(crate) const BULK: u32 = 1_000;
/// How many users a page has that is asked for by cursor.
pub(crate) const CURSOR_PAGE: usize = 10;
/// Which page is far.
pub(crate) const FAR_PAGE: usize = 1_000;

impl Workload {
    /// All of them on a directory of that many users, those last that make it grow.
    pub(crate) fn all(users: usize) -> Vec<Self> {
        let sizes = super::directory::LARGE.into_iter().filter(|size| *size <= users);
        let mut all = vec![Self::Get, Self::Hit, Self::Miss, Self::Patch];
        all.extend(sizes.map(Self::Members));
        if users >= 10_000 {
            all.push(Self::Group(10_000));
        }
        all.extend([Self::FirstPage, Self::DeepPage]);
        if users >= CURSOR_PAGE * FAR_PAGE {
            all.push(Self::Cursor);
        }
        all.extend([Self::Mixed, Self::Post, Self::Bulk]);
        all
    }

    /// The name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Patch => "patch",
            Self::Members(_) => "members",
            Self::Group(_) => "group",
            Self::FirstPage | Self::DeepPage => "page",
            Self::Cursor => "cursor",
            Self::Mixed => "mixed",
            Self::Post => "post",
            Self::Bulk => "bulk",
        }
    }

    /// The title of a row.
    pub(crate) fn title(self, part: Part) -> String {
        match (self, part) {
            (Self::Get, _) => "GET one user".to_owned(),
            (Self::Hit, _) => "userName eq, hit".to_owned(),
            (Self::Miss, _) => "userName eq, miss".to_owned(),
            (Self::Patch, _) => "PATCH active".to_owned(),
            (Self::Members(size), Part::Add) => format!("add a member to {}", thousands(size)),
            (Self::Members(size), Part::Remove) => format!("remove a member from {}", thousands(size)),
            (Self::Members(size), _) => format!("members of {}", thousands(size)),
            (Self::Group(size), _) => format!("GET group of {}", thousands(size)),
            (Self::FirstPage, _) => "page of 100, first".to_owned(),
            (Self::DeepPage, _) => "page of 100, deep".to_owned(),
            (Self::Cursor, Part::Far) => format!("cursor, page {}", thousands(FAR_PAGE)),
            (Self::Cursor, _) => "cursor, page 1".to_owned(),
            (Self::Bulk, _) => "Bulk of 1,000 creates".to_owned(),
            (Self::Mixed, _) => "mixed Entra cycle".to_owned(),
            (Self::Post, _) => "POST user".to_owned(),
        }
    }

    /// The rows it has.
    pub(crate) fn parts(self) -> &'static [Part] {
        match self {
            Self::Members(_) => &[Part::Add, Part::Remove],
            Self::Cursor => &[Part::Near, Part::Far],
            _ => &[Part::Whole],
        }
    }

    /// Whether it leaves more behind than it found, so that the next measurement needs a fresh database.
    pub(crate) fn grows(self) -> bool {
        matches!(self, Self::Mixed | Self::Post | Self::Bulk)
    }

    /// Whether one connection says it all: the cost of the request, not how requests share the machine.
    pub(crate) fn is_single(self) -> bool {
        matches!(
            self,
            Self::Members(_) | Self::Group(_) | Self::FirstPage | Self::DeepPage | Self::Cursor | Self::Bulk
        )
    }

    /// Whether the floors have something like it.
    pub(crate) fn has_floors(self) -> bool {
        !matches!(self, Self::Cursor | Self::Bulk)
    }
}

impl Step {
    /// The row that its time belongs to, in a workload that has several.
    pub(crate) fn part(self) -> Part {
        match self {
            Self::AddMember { .. } => Part::Add,
            Self::RemoveMember { .. } => Part::Remove,
            Self::Cursor(part) => part,
            _ => Part::Whole,
        }
    }
}

/// A number with commas.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
