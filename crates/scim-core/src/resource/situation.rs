//! The table of what a client may do to an attribute, by situation.

use crate::schema::Mutability;

/// The kind of write that a client requests.
///
/// Exhaustive on purpose: [`Situation::verdict`] covers every kind of write of RFC 7644. A new variant is a new major version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Situation {
    /// POST: the resource does not exist yet.
    Create,
    /// PUT: the body replaces the resource.
    Replace,
    /// PATCH: the path of an operation names the attribute.
    PatchPath,
    /// PATCH: the value of an operation without a path contains the attribute.
    PatchValue,
}

/// The treatment of a value that a client sends.
///
/// Exhaustive on purpose: code that writes attributes has to handle every case. A new variant is a new major version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The value is accepted.
    Accept,
    /// The value is accepted if the attribute has none yet, or the same; otherwise it is rejected with 400 `mutability`.
    AcceptOnce,
    /// The value is ignored, as RFC 7644 sections 3.3 and 3.5.1 require for read-only attributes.
    Ignore,
    /// The value is rejected with 400 `mutability`.
    Refuse,
}

impl Situation {
    /// Returns the treatment of a value by the mutability of its attribute (RFC 7643 section 7; RFC 7644 sections 3.3, 3.5.1 and
    /// 3.5.2).
    ///
    /// | | create | replace | PATCH by path | PATCH in a value |
    /// |---|---|---|---|---|
    /// | `readWrite`, `writeOnly` | accept | accept | accept | accept |
    /// | `immutable` | accept | once | once | once |
    /// | `readOnly` | ignore | ignore | refuse | ignore |
    ///
    /// ```
    /// use scim_core::resource::{Situation, Verdict};
    /// use scim_core::schema::Mutability;
    ///
    /// assert_eq!(Situation::Replace.verdict(Mutability::ReadOnly), Verdict::Ignore);
    /// assert_eq!(Situation::PatchPath.verdict(Mutability::ReadOnly), Verdict::Refuse);
    /// ```
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

/// The departures from the RFCs that are tolerated. [`Tolerance::STRICT`], the default, tolerates none: each is an error.
///
/// ```
/// use scim_core::resource::{Leniency, Tolerance};
///
/// let tolerance = Tolerance::STRICT.with_unknown_paths(Leniency::Tolerate);
/// assert!(tolerance.unknown_paths.tolerates() && !tolerance.read_only_paths.tolerates());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tolerance {
    /// A PATCH path names an attribute that is `readOnly`. Tolerated: the operation is ignored. Otherwise 400 `mutability`.
    pub read_only_paths: Leniency,
    /// A PATCH path names an attribute that no schema has. Tolerated: the operation is ignored. Otherwise 400 `invalidPath`.
    pub unknown_paths: Leniency,
    /// A value path matches no value. Tolerated: `replace` has the effect of `add`, and `remove` none. Otherwise 400 `noTarget`.
    pub unmatched_paths: Leniency,
    /// A reference is not a URI. Tolerated: it is kept as it was sent. Otherwise 400 `invalidValue`.
    pub malformed_references: Leniency,
    /// A PATCH body has no `schemas`. Tolerated: the body is read as a PatchOp. Otherwise 400 `invalidSyntax`.
    pub missing_patch_schemas: Leniency,
}

/// Whether a departure from the RFCs is tolerated.
///
/// Exhaustive on purpose: a departure is tolerated or not. A new variant is a new major version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leniency {
    /// The departure is an error.
    Refuse,
    /// The departure is tolerated.
    Tolerate,
}

impl Tolerance {
    /// The tolerance that makes every departure an error.
    pub const STRICT: Self = Self {
        read_only_paths: Leniency::Refuse,
        unknown_paths: Leniency::Refuse,
        unmatched_paths: Leniency::Refuse,
        malformed_references: Leniency::Refuse,
        missing_patch_schemas: Leniency::Refuse,
    };

    /// The tolerance that accepts every departure.
    pub const LENIENT: Self = Self {
        read_only_paths: Leniency::Tolerate,
        unknown_paths: Leniency::Tolerate,
        unmatched_paths: Leniency::Tolerate,
        malformed_references: Leniency::Tolerate,
        missing_patch_schemas: Leniency::Tolerate,
    };

    /// Sets [`read_only_paths`](Self::read_only_paths).
    #[must_use]
    pub const fn with_read_only_paths(mut self, leniency: Leniency) -> Self {
        self.read_only_paths = leniency;
        self
    }

    /// Sets [`unknown_paths`](Self::unknown_paths).
    #[must_use]
    pub const fn with_unknown_paths(mut self, leniency: Leniency) -> Self {
        self.unknown_paths = leniency;
        self
    }

    /// Sets [`unmatched_paths`](Self::unmatched_paths).
    #[must_use]
    pub const fn with_unmatched_paths(mut self, leniency: Leniency) -> Self {
        self.unmatched_paths = leniency;
        self
    }

    /// Sets [`malformed_references`](Self::malformed_references).
    #[must_use]
    pub const fn with_malformed_references(mut self, leniency: Leniency) -> Self {
        self.malformed_references = leniency;
        self
    }

    /// Sets [`missing_patch_schemas`](Self::missing_patch_schemas).
    #[must_use]
    pub const fn with_missing_patch_schemas(mut self, leniency: Leniency) -> Self {
        self.missing_patch_schemas = leniency;
        self
    }
}

impl Default for Tolerance {
    /// Returns [`Tolerance::STRICT`].
    fn default() -> Self {
        Self::STRICT
    }
}

impl Leniency {
    /// Returns whether this is [`Leniency::Tolerate`].
    #[must_use]
    pub fn tolerates(self) -> bool {
        self == Self::Tolerate
    }
}
