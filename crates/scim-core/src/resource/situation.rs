//! The one table that says what a client may do to an attribute, in every situation.

use crate::schema::Mutability;

/// What a client is doing with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Situation {
    /// POST: the resource does not exist yet.
    Create,
    /// PUT: the body takes the place of what was there.
    Replace,
    /// PATCH, an attribute that the path of an operation names.
    PatchPath,
    /// PATCH, an attribute among others in the value of an operation without a path.
    PatchValue,
}

/// What becomes of a value that a client sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is taken over.
    Accept,
    /// It is taken over if there is none yet; else it must be the one that is there (400 `mutability`).
    AcceptOnce,
    /// It is passed over, as RFC 7644 sections 3.3 and 3.5.1 have it for what the server alone writes.
    Ignore,
    /// 400 `mutability`.
    Refuse,
}

impl Situation {
    /// The table: RFC 7643 section 7 (`mutability`), RFC 7644 sections 3.3, 3.5.1 and 3.5.2.
    ///
    /// | | create | replace | PATCH by path | PATCH in a value |
    /// |---|---|---|---|---|
    /// | `readWrite`, `writeOnly` | accept | accept | accept | accept |
    /// | `immutable` | accept | once | once | once |
    /// | `readOnly` | ignore | ignore | refuse | ignore |
    pub fn verdict(self, mutability: Mutability) -> Verdict {
        match (mutability, self) {
            (Mutability::ReadWrite | Mutability::WriteOnly, _) => Verdict::Accept,
            (Mutability::Immutable, Self::Create) => Verdict::Accept,
            (Mutability::Immutable, _) => Verdict::AcceptOnce,
            (Mutability::ReadOnly, Self::PatchPath) => Verdict::Refuse,
            (Mutability::ReadOnly, _) => Verdict::Ignore,
        }
    }
}

/// Which departures from the RFCs are accepted. In [`Tolerance::STRICT`], none: each is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    /// A PATCH path names an attribute that is `readOnly`: passed over.
    pub read_only_paths: Leniency,
    /// A PATCH path names an attribute that no schema has: passed over.
    pub unknown_paths: Leniency,
    /// A value path matches no value: `replace` then does what `add` does, and `remove` nothing.
    pub unmatched_paths: Leniency,
    /// A reference is no URI: kept as it was sent.
    pub malformed_references: Leniency,
    /// A PATCH body has no `schemas`: taken as if it had.
    pub missing_patch_schemas: Leniency,
}

/// Whether a departure from the standard is let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leniency {
    /// It is an error.
    Refuse,
    /// It is let through.
    Tolerate,
}

impl Tolerance {
    /// RFC to the letter.
    pub const STRICT: Self = Self {
        read_only_paths: Leniency::Refuse,
        unknown_paths: Leniency::Refuse,
        unmatched_paths: Leniency::Refuse,
        malformed_references: Leniency::Refuse,
        missing_patch_schemas: Leniency::Refuse,
    };

    /// Everything let through.
    pub const LENIENT: Self = Self {
        read_only_paths: Leniency::Tolerate,
        unknown_paths: Leniency::Tolerate,
        unmatched_paths: Leniency::Tolerate,
        malformed_references: Leniency::Tolerate,
        missing_patch_schemas: Leniency::Tolerate,
    };
}

impl Leniency {
    /// Whether the departure is let through.
    pub fn tolerates(self) -> bool {
        self == Self::Tolerate
    }
}
