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
    #[must_use]
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
#[non_exhaustive]
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

    /// The same with another [`read_only_paths`](Self::read_only_paths).
    #[must_use]
    pub const fn with_read_only_paths(mut self, leniency: Leniency) -> Self {
        self.read_only_paths = leniency;
        self
    }

    /// The same with another [`unknown_paths`](Self::unknown_paths).
    #[must_use]
    pub const fn with_unknown_paths(mut self, leniency: Leniency) -> Self {
        self.unknown_paths = leniency;
        self
    }

    /// The same with another [`unmatched_paths`](Self::unmatched_paths).
    #[must_use]
    pub const fn with_unmatched_paths(mut self, leniency: Leniency) -> Self {
        self.unmatched_paths = leniency;
        self
    }

    /// The same with another [`malformed_references`](Self::malformed_references).
    #[must_use]
    pub const fn with_malformed_references(mut self, leniency: Leniency) -> Self {
        self.malformed_references = leniency;
        self
    }

    /// The same with another [`missing_patch_schemas`](Self::missing_patch_schemas).
    #[must_use]
    pub const fn with_missing_patch_schemas(mut self, leniency: Leniency) -> Self {
        self.missing_patch_schemas = leniency;
        self
    }
}

impl Default for Tolerance {
    /// [`Tolerance::STRICT`].
    fn default() -> Self {
        Self::STRICT
    }
}

impl Leniency {
    /// Whether the departure is let through.
    #[must_use]
    pub fn tolerates(self) -> bool {
        self == Self::Tolerate
    }
}
